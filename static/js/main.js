// @ts-check
/** The annotation screen: runs commands, goes from document to document. */
import { Api, ApiError, freshToken } from "./api.js";
import { Chooser } from "./chooser.js";
import { Chrome } from "./chrome.js";
import { showClashes } from "./dialogs.js";
import { byId, listen } from "./element.js";
import { keepGuesses, wantsGuesses } from "./guessing.js";
import { Keyboard } from "./keyboard.js";
import { Keymap, keymapFor } from "./keymap.js";
import { ownKeys, showKeys } from "./keys.js";
import { browserStorage, otherPages, Outbox } from "./outbox.js";
import { Reasons } from "./reasons.js";
import { goToNextRegion } from "./regions.js";
import { isRelation } from "./schema.js";
import { Session } from "./session.js";
import { Vault } from "./vault.js";
import { View } from "./view.js";
import { complete, fetchedAnew } from "./work.js";

const SAVED_BY = 6000; // milliseconds in which another window has saved what it is saving

/** The page with one document at a time. */
export class Page {
  /** @param {any} work */
  constructor(work) {
    const token = /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=csrf-token]")).content;
    this.api = new Api({ token, renew: freshToken });
    this.storage = browserStorage();
    this.vault = new Vault();
    this.view = new View();
    this.chooser = new Chooser();
    this.chrome = new Chrome(this.view, (...wish) => this.run(...wish));
    this.keymap = new Keymap([]);
    this.guesses = wantsGuesses(this.storage);
    /** Resolves once the first document can be worked on. */
    this.opened = this.#open(complete(work));
    this.keyboard = new Keyboard(this);
    this.end = listen(window, "popstate", () => this.#load(location.pathname.split("/").at(-2), false));
  }

  destroy() {
    this.end();
    this.keyboard.destroy();
    this.session?.destroy();
    this.chrome.destroy();
    this.chooser.destroy();
  }

  /** Do what a key or a button says; returns false when it is not for here. @param {string} command @param {string} [argument] @param {boolean} [clicked] by a mouse or finger */
  run(command, argument = "", clicked = false) {
    const { session, view } = this;
    if (!session) return false;
    const { answering, commands, relating, cursor, spreading } = session;
    /** @type {Record<string, () => any>} */
    const table = {
      label: () => this.#label(argument, clicked),
      relation: () => this.#relation(argument),
      move: () => cursor.move(argument),
      extend: () => cursor.extend(argument),
      step: () => commands.step(argument),
      choose: () => this.#choose(),
      category: () => session.refining.categorize(argument),
      categories: () => session.choosing.category(),
      addPart: () => session.refining.addPart(),
      removePart: () => session.refining.removePart(),
      describe: () => session.choosing.attribute(() => session.details.edit(true)) || session.details.edit(),
      propagate: () => commands.propagate(),
      spread: () => spreading.start(),
      copyPassage: () => session.copying.start(),
      remove: () => answering.remove(),
      resize: () => commands.resize(argument),
      fit: () => commands.fit(),
      relate: () => relating.start(),
      reverse: () => commands.reverse(),
      suggestion: () => this.#step(argument),
      accept: () => answering.accept(),
      reject: () => answering.reject(),
      acceptVisible: () => answering.acceptAll(session.reading.inView()),
      readOn: () => this.#readOn(),
      undo: () => commands.undo(),
      redo: () => commands.redo(),
      submit: () => this.#confirm(),
      skip: () => (view.look.spreading ? spreading.toggle() : this.#skip()),
      flag: () => this.#flag(),
      go: () => this.#go(argument === "next" ? session.work.next : session.work.previous),
      comment: () => session.comment(),
      send: () => session.discussion.send(),
      readTo: () => this.#readTo(),
      tokens: () => this.#showTokens(),
      guidelines: () => this.#guidelines(),
      guess: () => this.#switchGuesses(),
      help: () => showKeys(this.keymap, this.own ?? {}, (own) => this.#rebind(own), { on: this.guesses, onChange: () => this.#switchGuesses() }),
      whole: () => byId("article").classList.toggle("whole"),
      region: goToNextRegion,
      clashes: () => showClashes(session.sync, session.text),
      cancel: () => this.#cancel(),
    };
    return table[command]?.();
  }

  // ---- documents

  /**
   * Show a document, with the edits that wait in this browser: nobody sees it without, and then with them.
   * @param {any} work @param {any[]} [handed] edits that wait in the page before, in case that none could be stored
   */
  async #open(work, handed = []) {
    const { id } = work.layer;
    const outbox = new Outbox(id, location.pathname, this.storage, this.vault, () => this.session && this.chrome.drawSaving(this.session.sync));
    const waiting = outbox.seemsFull ? await outbox.read() : [];
    this.session?.destroy();
    this.own ??= ownKeys(work.user.keys, this.storage);
    this.keymap = keymapFor(work.scheme, this.own);
    byId("guide").innerHTML = work.project.guidelines || "<p>This project has no guidelines yet.</p>"; // made safe by the server
    const session = new Session(work, this, { outbox, waiting, onOutdated: () => this.#reopen(session) });
    this.session = session;
    this.chrome.drawGuesses(this.guesses);
    session.sync.resume(handed);
    this.#tellOthers();
    this.ahead = undefined;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#lookAhead(work.next), 1500);
  }

  /** Open the document anew, since its labels are others by now: what waits to be saved comes along. @param {Session} session */
  async #reopen(session) {
    const work = await fetchedAnew(this.api, session, () => this.session === session);
    if (!work) return;
    const { scrollTop } = byId("viewport");
    await this.#open(work, session.sync.waiting);
    byId("viewport").scrollTop = scrollTop;
    byId("viewport").focus({ preventScroll: true });
    this.chrome.say("The labels of this project were changed. Your changes are kept.");
  }

  /** Take over keys that were changed. @param {import("./keys.js").Own} own */
  #rebind(own) {
    const { session } = this;
    if (!session) return;
    this.own = own;
    this.keymap = keymapFor(session.work.scheme, own);
    this.chrome.show(session.work, session.palette, this.keymap);
    session.invalidate();
    this.run("help");
    this.api.put("/account/keys", { keys: own }).catch(() => this.chrome.say("These keys hold until this page is closed: the server cannot be reached."));
  }

  /** Fetch the document that probably comes next, so that it opens at once; that does not take it yet. @param {number | null} id */
  #lookAhead(id) {
    if (id === null) return;
    const work = this.api.get(`/documents/${id}/work?look=1`);
    work.catch(() => (this.ahead = undefined));
    this.ahead = { id, work };
  }

  /** Edits of other documents may wait since the browser was closed; what another window is just saving does not count. */
  async #tellOthers(before = /** @type {string[]} */ ([])) {
    const { session } = this;
    const found = await otherPages(this.storage, this.vault, location.pathname);
    if (session !== this.session) return; // another document is open by now
    const others = found.filter((page) => before.includes(page));
    const note = byId("waiting");
    note.hidden = !others.length;
    if (others.length) /** @type {HTMLAnchorElement} */ (byId("waiting-link")).href = others[0];
    clearTimeout(this.telling);
    if (found.length) this.telling = setTimeout(() => this.#tellOthers(found), SAVED_BY);
  }

  /**
   * Open a document without loading a page.
   * @param {number | string | null | undefined} id @param {boolean} [push]
   * @param {number} [finished] documents finished since what lies ahead was fetched
   */
  async #load(id, push = true, finished = 0) {
    if (id === null || id === undefined) return this.chrome.say("There is no further document.");
    const ahead = this.ahead?.id === Number(id) ? this.ahead.work : undefined;
    try {
      const work = complete(await (ahead ?? this.api.get(`/documents/${id}/work`)));
      if (ahead) work.progress.done += finished;
      if (work.layer.id === null) work.layer = await this.api.post(`/documents/${id}/layer`);
      const page = `/projects/${work.project.slug}/documents/${work.document.id}/label`;
      if (push) history.pushState(null, "", page);
      await this.#open(work);
      byId("viewport").focus({ preventScroll: true });
    } catch (error) {
      this.#trouble(error);
    }
  }

  /** Leave for another document once all is saved. @param {number | null} id */
  async #go(id) {
    const { session } = this;
    if (!session || id === null) return this.chrome.say("There is no further document.");
    try {
      await session.sync.flush();
      await this.#patch({});
      await this.#load(id);
    } catch (error) {
      this.#trouble(error);
    }
  }

  /** Say that a document is done or skipped, and open the next. @param {"done" | "skipped"} status @param {string | null} [reason] why it is skipped */
  async #finish(status, reason = null) {
    const { session } = this;
    if (!session || this.finishing) return;
    this.#setFinishing(true);
    try {
      await session.sync.flush();
      if (session.work.back) return location.assign(session.work.back);
      const { next, next_reason: why } = await this.#patch(reason ? { status, reason } : { status });
      if (next !== null) return await this.#load(next, true, session.layer.status === "open" ? 1 : 0);
      session.layer.status = status;
      this.chrome.say(why ?? "That was the last one: nothing is left to label here.");
      session.changed = true;
      session.invalidate();
    } catch (error) {
      this.#trouble(error);
    } finally {
      this.#setFinishing(false);
    }
  }

  /** What is done meanwhile would change a document that was said to be done. @param {boolean} finishing */
  #setFinishing(finishing) {
    this.finishing = finishing;
    byId("paper").setAttribute("aria-busy", String(finishing));
  }

  /** @param {object} changes */
  #patch(changes) {
    const { layer, clock } = /** @type {Session} */ (this.session);
    return this.api.patch(`/layers/${layer.id}`, { ...changes, seconds: clock.take() });
  }

  /** Flag the document for the lead of the project, with a reason. */
  #flag() {
    const { layer } = /** @type {Session} */ (this.session);
    this.#reasons.askFlag(layer.flag ?? "", (flag) => this.#state({ flag }, flag ? `Flagged: ${flag}.` : "The flag is gone."));
  }

  /** Set the document aside, with a reason if there is one, and go on. */
  #skip() {
    if (this.session?.work.back) return this.#finish("skipped");
    this.#reasons.askSkip((reason) => this.#finish("skipped", reason));
  }

  get #reasons() {
    const offered = JSON.parse(/** @type {HTMLElement} */ (document.querySelector("main")).dataset.reasons ?? "{}");
    return new Reasons(/** @type {Session} */ (this.session).work.project.slug, offered, this.storage);
  }

  async #readTo() {
    const { session, view } = this;
    const { caret } = view.look;
    if (!session) return;
    const read = caret < 0 ? null : session.signs.ends[caret];
    if ((session.layer.read_to ?? null) === null && read === null) return this.chrome.say("Go to the last word that you have read, then do this again.");
    await this.#state({ read_to: read }, read === null ? "Nothing is said any more about how far it was read." : "Marked as read up to here.");
  }

  /** @param {any} changes @param {string} words */
  async #state(changes, words) {
    const { session } = this;
    try {
      await this.#patch(changes);
      Object.assign(/** @type {Session} */ (session).layer, changes);
      this.chrome.say(words);
      if (session) session.changed = true;
      session?.invalidate();
    } catch (error) {
      this.#trouble(error);
    }
  }

  /** @param {any} error */
  #trouble(error) {
    const away = error instanceof ApiError && (error.status === 0 || error.status >= 500);
    this.chrome.say(away ? "The server cannot be reached. Your changes are kept here; try again in a moment." : error.message);
    if (!(error instanceof ApiError) && error.name === "TypeError") throw error;
  }

  // ---- commands that are not about annotations

  /** Tab goes through what is on offer: targets, occurrences or suggestions. @param {string} way */
  #step(way) {
    const { session, view } = this;
    const step = way === "next" ? 1 : -1;
    if (view.look.relating) session?.relating.step(step);
    else if (view.look.spreading) session?.spreading.step(step);
    else session?.answering.step(way);
  }

  /** Enter takes what is on offer, or submits. */
  #confirm() {
    const { session, view } = this;
    if (view.look.relating) session?.relating.confirm();
    else if (view.look.spreading) session?.spreading.confirm();
    else if (!session?.refining.goToUntold()) this.#finish("done");
  }

  /** Accept what is in view and go on, to what was not in view yet or to the next document. */
  #readOn() {
    const { relating, spreading } = this.view.look;
    if (!relating && !spreading) {
      if (!this.session?.reading.goOn()) return;
      this.chrome.hush(); // nothing can be undone in the next one
    }
    this.#confirm();
  }

  /** @param {string} name @param {boolean} clicked */
  #label(name, clicked) {
    if (this.view.look.relating) return;
    this.session?.commands.label(name, clicked);
  }

  /** Open the menu of labels; what is pointed at is meant by it. */
  #choose() {
    const { pointed } = /** @type {Session} */ (this.session).commands;
    if (pointed) this.session?.commands.focus(pointed.id, { scroll: false });
    this.session?.choosing.label(true);
  }

  /** Relate with this label, give it to the focused relation, or hold it. @param {string} name */
  #relation(name) {
    const { session, view } = this;
    if (!session) return;
    const { focused: item, pointed } = session.commands;
    const relation = [pointed, item].find(isRelation);
    if (relation) return session.commands.relabelRelation(relation, name);
    if (item && !session.commands.isOpen(item)) return session.relating.start(name);
    const held = view.look.heldRelation === name ? null : name;
    view.set({ heldRelation: held });
    this.chrome.say(held ? `Relations become ${held} where they may.` : "No relation label is held.");
  }

  #switchGuesses() {
    this.guesses = !this.guesses;
    keepGuesses(this.storage, this.guesses);
    this.chrome.drawGuesses(this.guesses);
    this.chrome.say(this.guesses ? "What you drag over gets its likeliest label at once." : "What you drag over waits for its label.");
  }

  #showTokens() {
    this.view.set({ tokens: !this.view.look.tokens });
    this.chrome.say(this.view.look.tokens ? "The tokens that a model learns from are underlined." : "Tokens are hidden.");
  }

  #guidelines() {
    const guide = byId("guidelines");
    guide.hidden = !guide.hidden;
    byId("side").classList.toggle("guided", !guide.hidden);
    for (const button of document.querySelectorAll("[data-command=guidelines]")) button.setAttribute("aria-expanded", String(!guide.hidden));
    this.chrome.speak(guide.hidden ? "The guidelines are closed." : "The guidelines are open beside the text.");
  }

  #cancel() {
    const { view, session } = this;
    const { relating, selection, focus, held, heldRelation } = view.look;
    this.chrome.hush();
    if (this.chooser.isOpen) return this.chooser.close();
    if (relating) return session?.relating.cancel();
    if (view.look.spreading) return session?.spreading.cancel();
    if (selection || focus) {
      session?.surface.deselect();
      return view.set({ selection: null, focus: null, fresh: false });
    }
    if (held || heldRelation) return view.set({ held: null, heldRelation: null });
    if (!byId("guidelines").hidden) return this.#guidelines();
    view.set({ caret: -1 });
    if (document.activeElement !== byId("viewport")) return byId("viewport").focus({ preventScroll: true });
    this.leaving = true; // whoever works without a mouse must be able to leave the text
    this.chrome.speak("Tab leaves the text now.");
  }
}
