// @ts-check
/** The list of questions of a document, with their versions and what was decided. */
import { element } from "./element.js";

export const KINDS = {
  label: "label", boundary: "boundary", both: "label and boundary", missing: "missing", direction: "direction",
  type: "relation type", attributes: "attributes", revised: "changed since", stray: "nobody has it", ends: "ends do not fit", clash: "breaks a rule",
};
const HOWS = { vote: "by vote", competence: "by competence" };

/** Draws the questions. */
export class Questions {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.root
   * @param {import("./text.js").DocumentText} parts.text
   * @param {import("./palette.js").Palette} parts.palette
   * @param {Record<string, string>} parts.reasons
   * @param {(index: number) => void} parts.onPick
   * @param {(answer: string) => void} parts.onDecide
   * @param {(reason: string, note: string) => void} parts.onExplain
   * @param {() => void} parts.onReopen
   */
  constructor({ root, text, palette, reasons, onPick, onDecide, onExplain, onReopen }) {
    this.root = root;
    this.text = text;
    this.palette = palette;
    this.reasons = reasons;
    this.onPick = onPick;
    this.onDecide = onDecide;
    this.onExplain = onExplain;
    this.onReopen = onReopen;
  }

  /**
   * @param {any[]} questions
   * @param {number} current
   * @param {Map<string, {reason: string, note: string}>} why
   * @param {any} [precedents] how the words of the current question were settled before
   */
  draw(questions, current, why, precedents) {
    this.precedents = precedents;
    const cards = questions.map((question, index) =>
      this.#card(question, index, index === current, why.get(question.id) ?? { reason: question.decided?.reason ?? "", note: question.decided?.note ?? "" }));
    this.root.replaceChildren(...cards);
    this.root.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  /** What a question is about, in words. @param {any} question */
  title(question) {
    const [version] = question.versions;
    if (question.about === "entity") return this.#short(version.start, version.end);
    if (question.about === "document") return version.label;
    if (!version.head || !version.tail) return `relation ${version.label}`;
    return this.#relation(version);
  }

  /** A version in words; "" is none. @param {any} question @param {string} answer */
  version(question, answer) {
    const version = question.versions.find((/** @type {any} */ each) => each.answer === answer);
    if (!version) return "none of these";
    const more = Object.entries(version.attributes ?? {}).map(([name, value]) => ` · ${name}: ${value}`).join("");
    if (question.about === "relation") return (this.#turned(question) ? this.#relation(version) : version.label) + more;
    const bounds = new Set(question.versions.map((/** @type {any} */ each) => `${each.start} ${each.end} ${each.parts}`));
    if (question.about === "document" || bounds.size < 2) return version.label + more;
    const parts = version.parts?.length ? version.parts : [[version.start, version.end]];
    return `${parts.map((/** @type {number[]} */ [start, end]) => this.#short(start, end)).join(" … ")} · ${version.label}${more}`;
  }

  /** Whether the versions of a relation lead different ways. @param {any} question */
  #turned({ versions }) {
    return versions.every((/** @type {any} */ { head, tail }) => head && tail) && new Set(versions.map((/** @type {any} */ { head }) => head.slot)).size > 1;
  }

  /** A question for those who do not see the screen. @param {any} question @param {number} index @param {number} count */
  spoken(question, index, count) {
    const versions = question.versions.map((/** @type {any} */ version, /** @type {number} */ place) =>
      `${place + 1}: ${this.version(question, version.answer)}, ${version.by.join(", ") || "gold"}.`);
    const none = `0: none of these${question.absent.length ? `, as ${question.absent.join(", ")}` : ""}.`;
    return `Question ${index + 1} of ${count}: ${this.title(question)}, ${this.#kind(question)}. ${this.#state(question)} ${versions.join(" ")} ${none}`;
  }

  /** @param {any} question */
  #kind(question) {
    const kind = KINDS[/** @type {keyof typeof KINDS} */ (question.kind)] ?? "agreed";
    if (question.kind !== "missing" || question.about === "entity") return kind;
    return question.about === "relation" ? "missing relation" : "category";
  }

  /** @param {any} question */
  #state({ state, reopened }) {
    if (reopened) return "Open again: an annotator changed something since it was settled.";
    if (state === "settled") return "Settled.";
    return state === "moot" ? "Gone with its end." : "Open.";
  }

  /** @param {any} question @param {number} index @param {boolean} on @param {{reason: string, note: string}} why */
  #card(question, index, on, why) {
    const done = question.state !== "open";
    const names = ["question", on && "on", done && "done", question.pending && "pending"].filter(Boolean).join(" ");
    const head = element("button", { type: "button", class: "about", onclick: () => this.onPick(index) },
      element("b", { dir: "auto" }, this.title(question)), element("span", { class: "kind" }, this.#kind(question)));
    const attributes = { class: names, "aria-current": on ? "true" : null, "data-question": question.id };
    if (done && !on) return element("li", attributes, head, element("p", { class: "outcome" }, this.#outcome(question)));
    const parts = [head];
    if (question.reopened) parts.push(element("p", { class: "again" }, `Open again: it was ${question.direct ? "labeled directly in gold" : `settled as ${this.version(question, question.decided.answer)}`}, and an annotator changed something since.`));
    parts.push(this.#options(question, on));
    if (on && this.precedents) parts.push(...this.#before(question));
    if (done) parts.push(element("p", { class: "outcome" }, this.#outcome(question), " ", element("button", { type: "button", class: "small", onclick: () => this.onReopen() }, "Open again")));
    if (on && question.state !== "moot") parts.push(this.#why(why));
    return element("li", attributes, ...parts);
  }

  /** @param {any} question @param {boolean} on */
  #options(question, on) {
    const options = question.versions.map((/** @type {any} */ version, /** @type {number} */ place) => this.#option(question, version, String(place + 1), on));
    if (on) options.push(this.#option(question, null, "0", on));
    return element("div", { class: "options", role: "group", "aria-label": "Versions" }, ...options);
  }

  /** @param {any} question @param {any} version @param {string} key @param {boolean} on */
  #option(question, version, key, on) {
    const answer = version?.answer ?? "";
    const chosen = question.state === "settled" && question.decided?.answer === answer && !question.direct;
    const body = [
      element("kbd", { "aria-hidden": "true" }, key),
      ...(version && question.about === "entity" ? [element("i", { class: `dot ${this.palette.of(version.label)}` })] : []),
      element("span", { class: "version" }, element("span", { class: "wording", dir: "auto" }, this.version(question, answer)), " ", element("span", { class: "holders" }, this.#holders(question, version))),
      ...(chosen ? [element("span", { class: "chosen", "aria-label": "chosen" }, "✓")] : []),
    ];
    return element("button", { type: "button", class: chosen ? "option taken" : "option", disabled: !on, onclick: () => this.onDecide(answer) }, ...body);
  }

  /** Who has a version, or nothing there. @param {any} question @param {any} version */
  #holders({ absent, direct }, version) {
    if (version) return !version.by.length && direct ? "gold, by hand" : version.by.join(", ");
    return absent.length ? `${absent.join(", ")} marked nothing` : "";
  }

  /** Add to the card that is looked at how its words were settled before. @param {any} question @param {any} precedents */
  tell(question, precedents) {
    this.precedents = precedents;
    const card = this.root.querySelector("[aria-current]");
    card?.querySelector(".before")?.remove();
    card?.querySelector(".options")?.after(...this.#before(question));
  }

  /** What was made of the same words before, and where else they are open. @param {any} question */
  #before(question) {
    const { settled, documents } = this.precedents;
    const said = settled.slice(0, 3).map((/** @type {any} */ { label, count }) => `${label || "nothing"} ${count} ${count === 1 ? "time" : "times"}`);
    const usual = question.versions.findIndex((/** @type {any} */ { label }) => label === settled[0]?.label);
    const parts = [];
    if (said.length) parts.push(`Same words settled as ${said.join(", ")} before`);
    if (documents > 1) {
      if (parts.length) parts.push(" · ");
      parts.push(element("kbd", {}, `⇧${settled[0]?.label === "" ? 0 : Math.max(usual, 0) + 1}`), ` settles all, in ${documents} documents with them`);
    }
    return parts.length ? [element("p", { class: "before" }, ...parts)] : [];
  }

  /** @param {any} question */
  #outcome(question) {
    if (question.state === "moot") return "Gone with its end";
    if (question.direct && question.decided?.how !== "decided") return "✓ labeled directly in gold";
    const { answer, how, from } = question.decided ?? {};
    if (!question.decided) return "✓ settled";
    const way = HOWS[/** @type {keyof typeof HOWS} */ (how)];
    const source = from?.length ? `, as ${from.join(", ")}` : "";
    if (!answer) return `✓ none of these${way ? ` ${way}` : ""}`;
    return `✓ ${this.version(question, answer)}${way ? ` ${way}` : source}`;
  }

  /** @param {{reason: string, note: string}} why */
  #why({ reason, note }) {
    const select = /** @type {HTMLSelectElement} */ (element("select", { id: "reason", "aria-label": "Reason" },
      element("option", { value: "" }, "Reason"), ...Object.entries(this.reasons).map(([code, words]) => element("option", { value: code }, words))));
    select.value = reason;
    const field = /** @type {HTMLInputElement} */ (element("input", { id: "note", "aria-label": "Note", placeholder: "Note", maxlength: 1000, autocomplete: "off" }));
    field.value = note;
    const tell = () => this.onExplain(select.value, field.value);
    select.addEventListener("change", tell);
    field.addEventListener("change", tell);
    return element("div", { class: "because" }, select, field);
  }

  /** @param {any} version */
  #relation({ head, tail, label }) {
    return `${this.#short(head.start, head.end)} —${label}→ ${this.#short(tail.start, tail.end)}`;
  }

  /** @param {number} start @param {number} end */
  #short(start, end) {
    const words = this.text.slice(start, end).replace(/\s+/g, " ");
    return words.length > 60 ? `${words.slice(0, 59)}…` : words;
  }
}
