// @ts-check
/**
 * Brings edits to the server: one request at a time, in order, until each is acknowledged.
 *
 * Edits wait in the browser's storage as well, so that they outlive the page. An answer that was
 * lost does no harm, since the server knows edits by their keys. When somebody else changed the
 * layer meanwhile, edits are put on top of theirs; one that no longer fits is a clash, which is
 * kept for the person to settle.
 */
import { ApiError } from "./api.js";
import { newId } from "./ops.js";
import { bodyOf, invert } from "./store.js";

/**
 * @typedef {import("./store.js").Op} Op
 * @typedef {{key: string, ops: Op[]}} Edit
 * @typedef {{edit: Edit, reason: string, actor?: string}} Clash
 * @typedef {"opening" | "saved" | "saving" | "waiting" | "clashing" | "signed-out" | "refused"} State
 */

const FIRST_WAIT = 1000; // milliseconds
const LONGEST_WAIT = 30_000; // milliseconds
const BATCH = 200; // edits in one request

/** Edits on their way to the server. */
export class Sync {
  /** @type {Edit[]} made here, not yet acknowledged */
  pending = [];
  /** @type {Clash[]} */
  clashes = [];
  /** What went wrong last, in words. */
  trouble = "";
  /** @type {State} */
  #blocked = "saved";
  #sending = false;
  #wait = FIRST_WAIT;
  #alone = false; // send one edit at a time, to find the one that is refused
  #destroyed = false;
  #lost = false;
  #resuming = false; // finding out what an earlier page left
  #taking = false; // it left something
  #outdated = false; // the labels are others by now: the document is opened anew, and this sends nothing more
  /** @type {any} */
  #timer = null;
  /** @type {{resolve: () => void, reject: (error: Error) => void}[]} */
  #flushed = [];

  /**
   * @param {object} parts
   * @param {import("./store.js").Store} parts.store
   * @param {{id: number, revision: number}} parts.layer
   * @param {import("./api.js").Api} parts.api
   * @param {import("./outbox.js").Outbox} parts.outbox where edits wait
   * @param {() => void} [parts.onChange] called whenever the state may be another
   * @param {(revision: number) => void} [parts.onSaved]
   * @param {number} [parts.schemeVersion] of the labels that this page knows
   * @param {() => void} [parts.onOutdated] called once, when the server has other labels by now
   */
  constructor({ store, layer, api, outbox, onChange = () => {}, onSaved = () => {}, schemeVersion, onOutdated = () => {} }) {
    this.store = store;
    this.path = `/layers/${layer.id}/edits`;
    this.revision = layer.revision;
    this.api = api;
    this.outbox = outbox;
    this.onChange = onChange;
    this.onSaved = onSaved;
    this.schemeVersion = schemeVersion;
    this.onOutdated = onOutdated;
    this.unsubscribe = store.subscribe((change) => {
      if (change.source !== "remote") this.#push({ key: newId(), ops: change.ops });
    });
  }

  /** @returns {State} */
  get state() {
    if (this.clashes.length) return "clashing";
    if (this.#lost) return "refused";
    if (!this.pending.length && this.#resuming) return this.#taking ? "saving" : "opening";
    if (!this.pending.length) return this.#blocked === "refused" ? "refused" : "saved";
    return this.#blocked === "saved" ? "saving" : this.#blocked;
  }

  /**
   * Make the edits that an earlier page left, if all of them were made on the revision that is open:
   * the server has none of these yet, and nobody has to be asked before they are drawn.
   * @param {Edit[] & {base: number}[]} waiting oldest first
   */
  take(waiting) {
    if (waiting.every(({ base }) => base === this.revision)) this.#apply(waiting);
  }

  /**
   * Take up what an earlier page left waiting; tries until the server tells which of it has arrived.
   * @param {(Edit & {base: number})[]} [handed] over by it, in case that nothing could be stored
   */
  async resume(handed = []) {
    this.#resuming = true;
    this.onChange(); // nothing is known to be saved yet
    const stored = await this.outbox.read();
    const waiting = [...stored, ...handed.filter(({ key }) => !stored.some((edit) => edit.key === key))];
    const left = waiting.filter(({ key }) => !this.pending.some((edit) => edit.key === key)); // not what was made meanwhile
    this.#taking = left.length > 0;
    if (!left.length) return this.#resumed();
    this.onChange();
    try {
      const oldest = Math.min(...left.map((edit) => edit.base), this.revision);
      const edits = await this.#editsAfter(oldest);
      const missed = edits.filter((/** @type {any} */ edit) => edit.revision > this.revision);
      if (missed.length) this.#rebase(missed, missed[missed.length - 1].revision);
      const known = new Set(edits.map((/** @type {any} */ edit) => edit.key));
      this.outbox.remove(left.filter((edit) => known.has(edit.key)));
      this.#apply(left.filter((edit) => !known.has(edit.key)));
    } catch {
      if (!this.#destroyed) this.#timer = setTimeout(() => this.resume(handed), LONGEST_WAIT / 10);
      return;
    }
    this.#resumed();
  }

  #resumed() {
    this.#resuming = this.#taking = false;
    if (this.#destroyed) return;
    this.#report();
    if (this.pending.length) this.retry();
  }

  /** Resolves once everything is acknowledged; rejects when that needs the person. */
  flush() {
    return /** @type {Promise<void>} */ (
      new Promise((resolve, reject) => {
        this.#flushed.push({ resolve, reject });
        this.#settle();
        if (this.#flushed.length) this.retry();
      })
    );
  }

  /** Try again now rather than later. */
  retry() {
    clearTimeout(this.#timer);
    this.#wait = FIRST_WAIT;
    this.#send();
  }

  /** Every edit after a revision, oldest first. @param {number} revision @returns {Promise<any[]>} */
  async #editsAfter(revision) {
    const found = [];
    for (let after = revision; after !== null; ) {
      const { edits, next, scheme_version: version } = await this.api.get(`${this.path}?after=${after}`);
      this.#notice(version);
      found.push(...edits);
      after = next ?? null;
    }
    return found;
  }

  /** Fetch what others changed, unless edits are about to tell. */
  async pull() {
    if (this.pending.length || this.#sending) return;
    const edits = await this.#editsAfter(this.revision);
    if (this.#outdated || !edits.length || this.pending.length || edits[0].revision !== this.revision + 1) return;
    this.#rebase(edits, edits[edits.length - 1].revision);
  }

  /** Settle a clash: make the edit on what is there now, or let it go. @param {Clash} clash @param {boolean} mine */
  settle(clash, mine) {
    this.clashes = this.clashes.filter((other) => other !== clash);
    this.outbox.remove([clash.edit]);
    if (mine) this.#remake(clash.edit);
    this.#report();
  }

  /** Send what waits, once more if it is under way, without staying to hear the answer. */
  farewell() {
    if (!this.pending.length) return;
    const edits = this.pending.slice(0, BATCH);
    this.api.post(this.path, { base: this.revision, edits }, { keepalive: true }).catch(() => {});
  }

  destroy() {
    this.#destroyed = true;
    clearTimeout(this.#timer);
    this.unsubscribe();
    const reason = this.#outdated ? "Labels were changed meanwhile. Look, and do it again." : "The document was left.";
    this.#flushed.splice(0).forEach(({ reject }) => reject(new Error(reason)));
  }

  /** What waits, as another page takes it up. */
  get waiting() {
    return this.pending.map((edit) => ({ ...edit, base: this.revision }));
  }

  /** @param {Edit} edit */
  #push(edit) {
    this.pending.push(edit);
    this.outbox.add(edit, this.revision);
    this.onChange();
    if (this.#blocked === "saved" || this.#blocked === "refused") this.#send();
  }

  async #send() {
    if (this.#sending || this.#resuming || !this.pending.length || this.#destroyed || this.#lost || this.#outdated) return;
    this.#sending = true;
    const edits = this.pending.slice(0, this.#alone ? 1 : BATCH);
    try {
      const { revision, scheme_version: version } = await this.api.post(this.path, { base: this.revision, edits });
      this.#sending = false;
      this.#notice(version);
      this.#acknowledge(edits, revision);
    } catch (error) {
      this.#sending = false;
      this.#fail(error instanceof ApiError ? error : new ApiError(500, { message: String(error) }), edits);
    }
    this.#report();
  }

  /** @param {Edit[]} edits @param {number} revision */
  #acknowledge(edits, revision) {
    this.revision = Math.max(this.revision, revision);
    this.pending = this.pending.filter((edit) => !edits.includes(edit));
    this.outbox.remove(edits);
    this.#blocked = "saved";
    this.#alone = this.#alone && this.pending.length > 0;
    this.#wait = FIRST_WAIT;
    this.onSaved(this.revision);
    this.#send();
  }

  /** @param {ApiError} error @param {Edit[]} edits */
  #fail(error, edits) {
    if (this.#destroyed) return;
    this.trouble = error.message;
    if (error.status === 409 && error.body.missed?.length) return this.#stale(error);
    if (error.status === 422) return this.#refused(error, edits);
    this.#blocked = "waiting";
    if (error.status === 401) this.#blocked = "signed-out";
    if ([400, 403, 404, 409, 413].includes(error.status)) this.#blocked = "refused";
    this.#flushed.splice(0).forEach(({ reject }) => reject(error));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
  }

  /** @param {ApiError} error */
  #stale(error) {
    this.#blocked = "saved";
    this.#notice(error.body.scheme_version);
    if (this.#outdated) return; // by the new labels they are put on top of those missed
    this.#rebase(error.body.missed, error.body.revision);
    this.#send();
  }

  /** Tell once when the server has other labels than this page. @param {number | undefined} version */
  #notice(version) {
    if (this.#outdated || !version || !this.schemeVersion || version === this.schemeVersion) return;
    this.#outdated = true;
    this.onOutdated();
  }

  /** Find the edit that breaks a rule, take it back, and keep the others. @param {ApiError} error @param {Edit[]} edits */
  #refused(error, edits) {
    this.#blocked = "saved";
    if (edits.length > 1) this.#alone = true;
    else this.#giveUp(edits[0], error.problems[0]?.message ?? error.message);
    this.#send();
  }

  /** @param {Edit} refused @param {string} reason */
  #giveUp(refused, reason) {
    const later = this.pending.filter((edit) => edit !== refused);
    this.#takeBack();
    this.#clash(refused, reason);
    this.#apply(later);
  }

  /** Put the pending edits on top of those missed. @param {any[]} missed @param {number} revision */
  #rebase(missed, revision) {
    const mine = this.pending;
    const arrived = new Set(missed.map((edit) => edit.key));
    const actor = missed.find((edit) => !mine.some((own) => own.key === edit.key))?.actor;
    try {
      this.#takeBack();
      for (const edit of missed) this.store.receive(edit.ops);
    } catch {
      return this.#astray();
    }
    this.revision = revision;
    this.outbox.remove(mine.filter((edit) => arrived.has(edit.key)));
    this.#apply(mine.filter((edit) => !arrived.has(edit.key)), actor);
    this.#report();
  }

  /** What this page shows is not what the server's log leads to: only opening it anew helps. */
  #astray() {
    this.#blocked = "refused";
    this.trouble = "This page is out of step with the server. Reload it: your changes are kept.";
    this.#lost = true;
    this.#flushed.splice(0).forEach(({ reject }) => reject(new Error(this.trouble)));
    this.onChange();
  }

  #takeBack() {
    for (const edit of [...this.pending].reverse()) this.store.receive(invert(edit.ops));
    this.pending = [];
  }

  /** Make edits again, as far as they fit. @param {Edit[]} edits @param {string} [actor] who came in between */
  #apply(edits, actor) {
    /** @type {Map<string, string>} what was made elsewhere as well, by the id that it has here */
    const twins = new Map();
    for (const { key, ops } of edits) {
      const edit = { key, ops: this.#withoutTwins(this.store.renewed(ops), twins) };
      if (!edit.ops.length) this.outbox.remove([edit]);
      else this.#redo(edit, actor);
    }
  }

  /** @param {Edit} edit @param {string} [actor] */
  #redo(edit, actor) {
    const problem = this.store.problems(edit.ops)[0];
    if (!this.store.holds(edit.ops)) return this.#clash(edit, "It was changed elsewhere meanwhile.", actor);
    if (problem) return this.#clash(edit, problem.message, actor);
    this.store.receive(edit.ops);
    this.pending.push(edit);
    this.outbox.add(edit, this.revision);
  }

  /**
   * Leave out what the layer holds already under another id, and point to that instead.
   * @param {Op[]} ops @param {Map<string, string>} twins
   */
  #withoutTwins(ops, twins) {
    return ops.flatMap((op) => {
      const after = withEnds(op.after, twins);
      const before = withEnds(op.before, twins);
      const id = twins.get(op.id) ?? op.id;
      const twin = before === null && after && this.store.twin(/** @type {any} */ ({ id, ...after }));
      if (!twin || twin.id === id) return [{ id, before, after }];
      twins.set(id, twin.id);
      return [];
    });
  }

  /** @param {Edit} edit @param {string} reason @param {string} [actor] */
  #clash(edit, reason, actor) {
    this.clashes.push({ edit, reason, actor });
    this.#flushed.splice(0).forEach(({ reject }) => reject(new Error(reason)));
  }

  /** Do an edit on what is there now. @param {Edit} edit */
  #remake({ ops }) {
    const fresh = ops
      .map(({ id, after }) => ({ id, before: bodyOf(this.store.get(id)), after }))
      .filter(({ before, after }) => before || after);
    const problem = this.store.problems(fresh)[0];
    if (problem) this.trouble = problem.message;
    else if (fresh.length) this.store.edit(fresh);
  }

  #report() {
    this.#settle();
    this.onChange();
  }

  #settle() {
    if (this.clashes.length) {
      this.#flushed.splice(0).forEach(({ reject }) => reject(new Error("Changes clash: settle them first.")));
    }
    if (this.pending.length || this.#sending || this.#resuming) return;
    this.#flushed.splice(0).forEach(({ resolve }) => resolve());
  }
}

/** @param {any} body @param {Map<string, string>} twins */
function withEnds(body, twins) {
  if (!body || !("head" in body) || (!twins.has(body.head) && !twins.has(body.tail))) return body;
  return { ...body, head: twins.get(body.head) ?? body.head, tail: twins.get(body.tail) ?? body.tail };
}
