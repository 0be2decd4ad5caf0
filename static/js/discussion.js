// @ts-check
/** The list of comments in the panel, and the form to write one. */
import { element, listen } from "./element.js";
import { moment } from "./history.js";

/**
 * @typedef {import("./comments.js").Comment} Comment
 * @typedef {import("./comments.js").Thread} Thread
 */

/** Shows and takes comments. */
export class Discussion {
  /**
   * @param {object} parts
   * @param {import("./comments.js").Comments} parts.comments
   * @param {import("./wording.js").Wording} parts.wording
   * @param {(span: {start: number, end: number}) => void} parts.onGo shows a span in the text
   * @param {() => void} parts.onLeave goes to the text
   * @param {(words: string) => void} parts.say
   */
  constructor(parts) {
    this.parts = parts;
    this.list = element("div", { class: "threads", tabindex: 0, role: "region", "aria-label": "Comments" });
    this.about = element("p", { class: "about" });
    this.field = /** @type {HTMLTextAreaElement} */ (element("textarea", { rows: 3, maxlength: 4000, "aria-label": "Comment", dir: "auto" }));
    this.problem = element("p", { class: "problem", role: "alert" });
    this.form = element("form", { class: "compose" }, this.about, this.field, this.problem,
      element("div", { class: "buttons" }, element("small", {}, "Ctrl+Enter sends, Esc goes back"), element("button", { class: "small primary" }, "Send")));
    this.root = element("div", { class: "discussion" }, this.list, this.form);
    this.field.value = parts.comments.draft.body;
    this.ends = [
      listen(this.field, "input", () => parts.comments.write({ body: this.field.value })),
      listen(this.field, "keydown", (event) => this.#key(event)),
      listen(this.form, "submit", (event) => { event.preventDefault(); this.send(); }),
      listen(this.list, "click", (event) => this.#click(event.target.closest("button"))),
    ];
    this.draw();
  }

  /** Draw what is said and what is being written about. */
  draw() {
    const { threads } = this.parts.comments;
    const [open, settled] = [threads.filter(({ resolved }) => !resolved), threads.filter(({ resolved }) => resolved)];
    const focused = /** @type {HTMLElement | null} */ (this.list.contains(document.activeElement) ? document.activeElement : null);
    const unfolded = this.list.querySelector("details")?.open ?? false;
    this.list.replaceChildren(
      ...(open.length ? [list(open.map((thread) => this.#thread(thread)))] : [element("p", { class: "note" }, "Nothing is open. Curators read what you write here; other annotators do not.")]),
      ...(settled.length ? [element("details", { open: unfolded }, element("summary", {}, `${settled.length} resolved`), list(settled.map((thread) => this.#thread(thread))))] : []),
    );
    if (focused) this.#refocus(focused);
    this.#drawAbout();
  }

  /** Begin a comment on a span, on the document, or on a comment. @param {{start?: number, end?: number, parent?: number}} [about] */
  compose({ start, end, parent } = {}) {
    const { comments } = this.parts;
    comments.begin({ start: start ?? null, end: end ?? null, parent: parent ?? null });
    this.field.value = comments.draft.body;
    this.#drawAbout();
    this.field.focus();
  }

  /** Scroll a thread into view and go to it. @param {number} id */
  reveal(id) {
    const thread = this.list.querySelector(`[data-thread="${id}"]`);
    thread?.scrollIntoView({ block: "nearest" });
    /** @type {HTMLElement | null | undefined} */ (thread?.querySelector("button"))?.focus({ preventScroll: true });
  }

  /** Send what is written, and go back to the text. */
  async send() {
    const { comments, say, onLeave } = this.parts;
    if (!this.field.value.trim()) return this.#tell("Write something first.");
    this.#tell("");
    let isAll = false;
    try {
      isAll = await comments.send();
    } catch (error) {
      this.field.value = comments.draft.body;
      return this.#tell(`${/** @type {Error} */ (error).message} Your words are kept here: send them again.`);
    }
    this.field.value = comments.draft.body;
    this.#drawAbout();
    say("Your comment is kept. Curators can read it now.");
    if (isAll && this.form.contains(document.activeElement)) onLeave();
  }

  destroy() {
    this.ends.forEach((end) => end());
    this.root.remove();
  }

  // ---- one thread

  /** @param {Thread} thread */
  #thread(thread) {
    const { comments } = this.parts;
    const act = (/** @type {string} */ name, /** @type {string} */ words) =>
      element("button", { type: "button", class: "plain", "data-act": name, "data-of": thread.id, "aria-label": `${words}: ${thread.body.slice(0, 60)}` }, words);
    const acts = [!thread.resolved && act("answer", "Answer")];
    if (comments.mayResolve(thread)) acts.push(act("resolve", thread.resolved ? "Open again" : "Resolve"));
    const settled = thread.resolver && thread.resolved ? [element("small", {}, `Resolved by ${this.#name(thread.resolver)} · ${moment(thread.resolved)}`)] : [];
    const lines = [thread, ...thread.answers].map((comment) => this.#said(comment));
    const made = element("li", { "data-thread": thread.id }, ...this.#quote(thread), ...lines, ...settled);
    made.append(element("div", { class: "acts" }, .../** @type {HTMLElement[]} */ (acts.filter(Boolean))));
    return made;
  }

  /** @param {Comment} comment */
  #said(comment) {
    const role = comment.role === "annotator" ? "" : `, ${comment.role}`;
    const who = element("small", {}, element("b", {}, this.#name(comment.author)), `${role} · ${moment(comment.created)}`);
    const words = element("p", { dir: "auto" }, comment.body);
    const remove = element("button", { type: "button", class: "plain", "data-act": "remove", "data-of": comment.id, "aria-label": `Delete: ${comment.body.slice(0, 60)}` }, "Delete");
    return element("div", { class: "said" }, who, ...(this.parts.comments.mayRemove(comment) ? [remove] : []), words);
  }

  /** @param {Thread} thread */
  #quote({ id, start, end }) {
    if (start === null || end === null) return [];
    return [element("button", { type: "button", class: "quote", "data-act": "go", "data-of": id, dir: "auto" }, `“${this.parts.wording.words({ start, end }, 80)}”`)];
  }

  /** @param {string} name */
  #name(name) {
    return name === this.parts.comments.user ? "you" : name;
  }

  // ---- gestures

  /** @param {HTMLElement | null} button */
  async #click(button) {
    const { comments, onGo, say } = this.parts;
    const comment = comments.all.find(({ id }) => id === Number(button?.dataset.of));
    if (!button || !comment) return;
    const { act } = button.dataset;
    if (act === "go") return onGo(/** @type {any} */ (comment));
    if (act === "answer") return this.compose({ parent: comment.id });
    try {
      if (act === "remove") await comments.remove(comment.id);
      if (act === "resolve") await comments.resolve(comment.id, !comment.resolved);
    } catch (error) {
      return say(/** @type {Error} */ (error).message);
    }
    say(act === "remove" ? "The comment is deleted." : comment.resolved ? "The comment is open again." : "The comment is resolved.");
  }

  /** What was clicked may be drawn anew, or be gone: the focus stays as near as it can. @param {HTMLElement} before */
  #refocus({ dataset: { act, of } }) {
    const again = /** @type {HTMLElement | null} */ (act ? this.list.querySelector(`[data-act="${act}"][data-of="${of}"]`) : null);
    (again?.checkVisibility() ? again : this.list).focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    this.parts.onLeave();
  }

  // ---- the form

  #drawAbout() {
    const { comments } = this.parts;
    const { start, end, parent } = comments.draft;
    const answered = comments.all.find(({ id }) => id === parent);
    const whole = element("button", { type: "button", class: "plain", onclick: () => this.compose() }, "Comment on the document instead");
    if (answered) return this.about.replaceChildren(`Answer to ${this.#name(answered.author)} `, whole);
    if (start === null || end === null) return this.about.replaceChildren("On this document");
    return this.about.replaceChildren("On ", element("b", { dir: "auto" }, `“${this.parts.wording.words({ start, end }, 80)}”`), " ", whole);
  }

  /** @param {string} words */
  #tell(words) {
    this.problem.textContent = words;
    if (words) this.field.focus();
  }
}

/** @param {HTMLElement[]} lines */
function list(lines) {
  return element("ol", {}, ...lines);
}
