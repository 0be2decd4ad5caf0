// @ts-check
/**
 * What people say of a document: threads, and the comment that is being written.
 *
 * A comment that was not sent yet waits in the browser's storage with the key it will have, so
 * that neither a page that dies nor an answer that is lost costs or doubles anything.
 */
import { newId } from "./ops.js";

/**
 * @typedef {{id: number, parent: number | null, key: string, author: string, role: string,
 *   start: number | null, end: number | null, body: string, created: string,
 *   resolved: string | null, resolver: string | null}} Comment
 * @typedef {Comment & {answers: Comment[]}} Thread
 * @typedef {{key: string, body: string, start: number | null, end: number | null,
 *   parent: number | null}} Draft
 */

/** The comments on one document. */
export class Comments {
  /**
   * @param {object} parts
   * @param {number} parts.document id
   * @param {Comment[]} parts.all
   * @param {import("./api.js").Api} parts.api
   * @param {string} parts.user name of the person
   * @param {boolean} parts.curates
   * @param {Storage | null} parts.storage
   * @param {(fresh: Comment[]) => void} parts.onChange gets what others wrote meanwhile
   */
  constructor({ document: id, all, api, user, curates, storage, onChange }) {
    this.path = `/documents/${id}/comments`;
    this.all = all;
    this.api = api;
    this.user = user;
    this.curates = curates;
    this.storage = storage;
    this.onChange = onChange;
    this.asked = Date.now(); // they came with the document
    this.place = `labeler.comment.${id}`;
    this.draft = this.#kept();
    /** @type {Draft | null} what is on its way */
    this.sending = null;
  }

  /** Threads in the order of the text, those on the whole document first. @returns {Thread[]} */
  get threads() {
    const begun = this.all.filter(({ parent }) => parent === null);
    const made = begun.map((one) => ({ ...one, answers: this.all.filter(({ parent }) => parent === one.id) }));
    return made.sort((a, b) => (a.start ?? -1) - (b.start ?? -1) || a.id - b.id);
  }

  /** Threads that nobody has settled. */
  get open() {
    return this.threads.filter(({ resolved }) => !resolved);
  }

  /** Whether this person may say that a thread is settled. @param {Comment} thread */
  mayResolve(thread) {
    return this.curates || thread.author === this.user;
  }

  /** Whether this person may delete a comment. @param {Comment} comment */
  mayRemove({ id, author }) {
    return author === this.user && !this.all.some(({ parent }) => parent === id);
  }

  /** Begin to write, or write something else of what was begun. @param {Partial<Draft>} changes */
  write(changes) {
    this.draft = { ...this.draft, ...changes };
    const kept = this.#withSent();
    try {
      if (kept.body.trim()) this.storage?.setItem(this.place, JSON.stringify(kept));
      else this.storage?.removeItem(this.place);
    } catch {
      // It stays in the page then.
    }
  }

  /** Begin to write about something: what is just being sent is none of it. @param {Partial<Draft>} about */
  begin(about) {
    this.write({ ...(this.draft === this.sending ? blank() : {}), ...about });
  }

  /** Send what was written; returns whether nothing else was written meanwhile. Rejects with what keeps it from being kept. @returns {Promise<boolean>} */
  async send() {
    const sent = this.draft;
    const { start, end, parent, key, body } = sent;
    this.sending = sent;
    const made = await this.api.post(this.path, parent === null ? { key, body, start, end } : { key, body, parent }).catch((error) => {
      this.#arrived(false);
      throw error;
    });
    this.all = [...this.all.filter(({ id }) => id !== made.id), made];
    const earlier = made.body !== body.trim() || made.start !== start || made.end !== end || made.parent !== parent;
    const isBegun = this.draft.key !== key; // something else was, meanwhile
    this.#arrived(!earlier);
    if (earlier && !isBegun) this.write({ key: newId() }); // it arrived before it was changed, and its answer was lost
    const isAll = this.draft === sent;
    if (isAll) this.#clear();
    this.onChange([]);
    return earlier && !isBegun ? this.send() : isAll;
  }

  /** What was begun meanwhile stands alone from now on, or behind what did not arrive. @param {boolean} isThere */
  #arrived(isThere) {
    const { body, key } = isThere ? this.draft : this.#withSent();
    const isBegun = this.sending !== null && this.sending.key !== key;
    this.sending = null;
    if (isBegun) this.write({ body });
  }

  /** What is written, with what is on its way as long as nobody knows that it arrives. @returns {Draft} */
  #withSent() {
    const { draft, sending } = this;
    if (!sending || sending.key === draft.key) return draft;
    return { ...draft, body: [sending.body, draft.body].filter(Boolean).join("\n\n") };
  }

  /** @param {number} id @param {boolean} resolved */
  async resolve(id, resolved) {
    const changed = await this.api.patch(`${this.path}/${id}`, { resolved });
    this.all = this.all.map((comment) => (comment.id === id ? changed : comment));
    this.onChange([]);
  }

  /** @param {number} id */
  async remove(id) {
    await this.api.delete(`${this.path}/${id}`);
    this.all = this.all.filter((comment) => comment.id !== id);
    this.onChange([]);
  }

  /** Fetch what others have said meanwhile, unless that was done just now. @param {number} [age] milliseconds */
  async refresh(age = 0) {
    if (Date.now() - this.asked < age) return;
    this.asked = Date.now();
    const { comments } = await this.api.get(this.path);
    if (JSON.stringify(comments) === JSON.stringify(this.all)) return;
    const known = new Set(this.all.map(({ id }) => id));
    this.all = comments;
    this.onChange(this.all.filter(({ id, author }) => !known.has(id) && author !== this.user));
  }

  #clear() {
    this.write({ body: "" });
    this.draft = blank();
  }

  /** @returns {Draft} */
  #kept() {
    try {
      const kept = JSON.parse(this.storage?.getItem(this.place) ?? "null");
      return kept && typeof kept.body === "string" ? { ...blank(), ...kept } : blank();
    } catch {
      return blank();
    }
  }
}

/** @returns {Draft} */
function blank() {
  return { key: newId(), body: "", start: null, end: null, parent: null };
}
