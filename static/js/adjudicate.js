// @ts-check
/** The page where a curator settles what annotators left different in one document. */
import { Api, freshToken } from "./api.js";
import { Decisions } from "./decisions.js";
import { byId, element, listen } from "./element.js";
import { Elsewhere } from "./elsewhere.js";
import { Frame, signIn } from "./frame.js";
import { chordOf, isTyping } from "./keymap.js";
import { newId } from "./ops.js";
import { browserStorage } from "./outbox.js";
import { Palette } from "./palette.js";
import { Passages, spansOf } from "./passage.js";
import { Questions } from "./questions.js";
import { Scheme } from "./schema.js";
import { blocksOf, DocumentText } from "./text.js";
import { Tokens } from "./tokens.js";

/** One document with its questions. */
export class Adjudication {
  /** @param {any} shown as the page carries it */
  constructor(shown) {
    this.shown = shown;
    this.current = -1;
    /** @type {any[]} */
    this.questions = [];
    /** @type {Map<string, {reason: string, note: string}>} what was said of a question before it is settled */
    this.why = new Map();
    this.frame = new Frame();
    /** @type {{key: string, question: string, everywhere?: boolean}[]} */
    this.past = [];
    /** @type {{key: string, question: string, everywhere?: boolean}[]} */
    this.future = [];
    this.#build();
    this.#take(shown);
    this.#go(this.#first());
    this.decisions.send();
    this.ends = [
      listen(document, "keydown", (event) => this.#key(event), { capture: true }),
      listen(document, "click", (event) => this.#clicked(event)),
      // A click that ends the typing must find what it was aimed at.
      listen(byId("questions"), "focusout", () => this.stale && (this.later = setTimeout(() => this.#drawQuestions(), 300))),
      listen(window, "online", () => this.decisions.send()),
      listen(window, "beforeunload", (event) => this.decisions.failed && this.decisions.waiting.length && event.preventDefault()),
    ];
  }

  destroy() {
    this.ends.forEach((end) => end());
    this.frame.destroy();
    this.elsewhere.destroy();
    this.palette.destroy();
  }

  #build() {
    const { document: article, scheme, layers, project, reasons } = this.shown;
    const token = /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=csrf-token]")).content;
    const api = new Api({ token, renew: freshToken });
    const text = new DocumentText(article.text);
    this.api = api;
    this.palette = new Palette(new Scheme(scheme));
    const tokens = new Tokens(article.tokens);
    const blocks = blocksOf(text, tokens);
    this.passages = new Passages({ root: byId("passages"), text, blocks, tokens, palette: this.palette, layers, language: project.language });
    this.panel = new Questions({
      root: byId("questions"), text, palette: this.palette, reasons,
      onPick: (index) => this.#go(index), onDecide: (answer) => this.#decide(answer),
      onExplain: (reason, note) => this.#explain(reason, note), onReopen: () => this.#reopen(),
    });
    this.decisions = new Decisions({
      api, document: article.id, storage: browserStorage(), onChange: () => this.#drawSaving(),
      onSaved: (answer) => this.#saved(answer), onRefused: (error) => this.#refused(error),
    });
    this.elsewhere = new Elsewhere({
      api, decisions: this.decisions, panel: this.panel, say: (words) => this.frame.say(words),
      onFound: (question, precedents) => this.question?.id === question.id && this.panel.tell(question, precedents),
      onSettled: (key, question) => this.#done(key, question.id, true),
    });
  }

  // ---- what is known

  get question() {
    return this.questions[this.current];
  }

  /** Take over how things stand. @param {any} answer */
  #take(answer) {
    const id = this.question?.id;
    this.gold = answer.gold;
    this.agreed = answer.agreed;
    this.status = answer.gold.status;
    this.questions = [...answer.questions].sort((a, b) => placeOf(a) - placeOf(b) || Number(a.about > b.about) - Number(a.about < b.about));
    const found = this.questions.findIndex((each) => each.id === id);
    this.current = found >= 0 ? found : Math.min(this.current, this.questions.length - 1);
  }

  /** @param {any} answer */
  #saved(answer) {
    if (this.decisions.waiting.length) return; // what follows tells more
    this.#take(answer);
    this.draw();
  }

  /** @param {import("./api.js").ApiError} error */
  async #refused(error) {
    this.frame.say(error.message);
    this.past = [];
    this.future = [];
    const answer = await this.api.get(this.decisions.root).catch(() => null);
    if (answer) this.#saved(answer);
  }

  /** The question that the address asks for, or the first that is open. */
  #first() {
    const wanted = new URLSearchParams(location.search).get("at");
    if (wanted === null) return Math.max(0, this.#nextOpen(-1));
    const at = Number(wanted);
    const away = (/** @type {any} */ each) => Math.min(...spansOf(each).map(({ start, end }) => (at >= start && at < end ? 0 : Math.abs(at - start))));
    const distances = this.questions.map(away);
    return distances.indexOf(Math.min(...distances));
  }

  /** @param {number} from */
  #nextOpen(from) {
    const count = this.questions.length;
    const order = this.questions.map((_, step) => (from + 1 + step) % count);
    return order.find((index) => this.questions[index].state === "open") ?? -1;
  }

  // ---- drawing

  draw() {
    const left = this.questions.filter(({ state }) => state === "open").length;
    const count = this.questions.length;
    byId("counts").textContent = `${count - left} of ${count} settled · ${this.agreed} agreed and taken`;
    this.passages.draw(this.gold, this.questions, this.question);
    this.#drawQuestions();
    byId("nothing").hidden = count > 0;
    byId("accept").classList.toggle("ready", left === 0);
    byId("accepted").hidden = this.status !== "done" || left > 0;
    /** @type {HTMLButtonElement} */ (byId("undo")).disabled = !this.past.length;
    /** @type {HTMLButtonElement} */ (byId("redo")).disabled = !this.future.length;
    this.#drawSaving();
  }

  /** The list is left alone while somebody types in it. */
  #drawQuestions() {
    clearTimeout(this.later);
    this.stale = isTyping(document.activeElement) && byId("questions").contains(document.activeElement);
    if (!this.stale) this.panel.draw(this.questions, this.current, this.why, this.elsewhere.precedents(this.question));
  }

  #drawSaving() {
    const { state, failed, waiting } = this.decisions;
    const again = element("button", { type: "button", class: "small", "data-command": "retry" }, "Save now");
    const ways = { waiting: [again], "signed-out": [signIn(), again], saved: [], saving: [] };
    this.frame.showSaving(state, failed && waiting.length > 0, ways[state]);
  }

  // ---- commands

  /** @param {number} index @param {string} [said] what to tell first */
  #go(index, said = "") {
    this.current = index;
    this.draw();
    this.elsewhere.lookUp(this.question);
    if (this.question) this.frame.speak(`${said} ${this.panel.spoken(this.question, index, this.questions.length)}`.trim());
    else if (said) this.frame.speak(said);
  }

  /** @param {number} step */
  #step(step) {
    const count = this.questions.length;
    if (count) this.#go((this.current + step + count) % count);
  }

  /** @param {string} answer */
  #decide(answer) {
    const { question } = this;
    if (!question) return;
    const why = this.why.get(question.id) ?? { reason: question.decided?.reason ?? "", note: question.decided?.note ?? "" };
    this.#settle(question, answer, why);
    const left = this.questions.filter(({ state }) => state === "open").length;
    const said = `${this.panel.title(question)}: ${this.panel.version(question, answer)}. ${left} ${left === 1 ? "question" : "questions"} left.`;
    const next = this.#nextOpen(this.current);
    this.#go(next >= 0 ? next : this.current, said);
  }

  /** @param {any} question @param {string} answer @param {{reason: string, note: string}} why */
  #settle(question, answer, why) {
    const key = newId();
    this.#done(key, question.id);
    Object.assign(question, { state: "settled", pending: true, direct: false, reopened: false, decided: { answer, how: "decided", from: question.versions.find((/** @type {any} */ each) => each.answer === answer)?.by ?? [], ...why } });
    this.decisions.add("", key, { choices: [{ question: question.id, answer, seen: question.seen, ...why }] });
  }

  /** @param {string} reason @param {string} note */
  #explain(reason, note) {
    const { question } = this;
    if (!question) return;
    this.why.set(question.id, { reason, note: note.trim() });
    if (question.state === "settled" && question.decided) this.#settle(question, question.decided.answer, { reason, note: note.trim() });
  }

  #reopen() {
    const { question } = this;
    if (!question || question.state !== "settled") return;
    const key = newId();
    this.#done(key, question.id);
    Object.assign(question, { state: "open", pending: true });
    this.decisions.add("/reopen", key, { question: question.id });
    this.draw();
    this.frame.speak("The question is open again.");
  }

  /** @param {string} key @param {string} question @param {boolean} [everywhere] */
  #done(key, question, everywhere = false) {
    this.past.push({ key, question, everywhere });
    this.future = [];
  }

  /** Take back the last change, or what was taken back. @param {"past" | "future"} from @param {"past" | "future"} to */
  #travel(from, to) {
    const last = this[from].pop();
    if (!last) return this.frame.say(from === "past" ? "There is nothing to undo." : "There is nothing to redo.");
    const key = newId();
    if (!last.everywhere) this[to].push({ key, question: last.question });
    this.decisions.add(last.everywhere ? "/undo-alike" : "/undo", key, { undone: last.key });
    const index = this.questions.findIndex(({ id }) => id === last.question);
    this.#go(index >= 0 ? index : this.current, from === "past" ? "Undone." : "Done again.");
  }

  async #accept() {
    const open = this.#nextOpen(this.current - 1);
    if (open >= 0) {
      this.#go(open);
      return this.frame.say("Questions are open. Settle them first, and accept then.");
    }
    try {
      await this.decisions.flush();
      const { page } = await this.api.post(`${this.decisions.root}/accept`, {});
      location.assign(page ?? this.shown.list);
    } catch (error) {
      this.frame.say(/** @type {Error} */ (error).message);
    }
  }

  #skip() {
    location.assign(`${this.shown.list}/next?after=${this.shown.document.id}`);
  }

  async #direct() {
    await this.decisions.flush().then(() => location.assign(this.shown.direct), (error) => this.frame.say(error.message));
  }

  /** @param {string} command @param {string} [argument] @returns {any} */
  run(command, argument = "") {
    /** @type {Record<string, () => any>} */
    const table = {
      next: () => this.#step(1),
      previous: () => this.#step(-1),
      open: () => this.#go(Math.max(0, this.#nextOpen(this.current))),
      decide: () => this.#choose(Number(argument)),
      alike: () => this.elsewhere.settle(this.question, Number(argument), this.why.get(this.question?.id)),
      reopen: () => this.#reopen(),
      undo: () => this.#travel("past", "future"),
      redo: () => this.#travel("future", "past"),
      reason: () => document.getElementById("reason")?.focus(),
      note: () => document.getElementById("note")?.focus(),
      accept: () => this.#accept(),
      skip: () => this.#skip(),
      direct: () => this.#direct(),
      retry: () => this.decisions.send(),
      leave: () => this.#leave(),
    };
    return table[command]?.();
  }

  /** @param {number} number */
  #choose(number) {
    const { question } = this;
    if (!question) return;
    if (number === 0) return this.#decide("");
    const version = question.versions[number - 1];
    if (version) this.#decide(version.answer);
    else this.frame.say(`There is no version ${number} of this question.`);
  }

  /** Whoever works without a mouse must be able to leave the questions. */
  #leave() {
    const typing = isTyping(document.activeElement);
    /** @type {HTMLElement} */ (document.activeElement)?.blur();
    if (typing) return;
    this.leaving = true;
    this.frame.speak("Tab leaves the questions now.");
  }

  // ---- keys and clicks

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const chord = chordOf(event);
    const [command, argument] = KEYS[chord] ?? [];
    if (!command) return;
    if (isTyping(target) && !(chord === "Escape" || (chord === "Enter" && target.tagName === "INPUT"))) return;
    if (isTyping(target)) return this.#leaveField(event, target);
    const control = target.closest("button, a, summary, input, select");
    if (control && ["Enter", "Space"].includes(chord)) return;
    if (chord.endsWith("Tab") && (this.leaving || target.closest("header, footer, details"))) {
      this.leaving = false;
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat || chord.endsWith("Tab")) this.run(command, argument);
  }

  /** @param {KeyboardEvent} event @param {HTMLElement} target */
  #leaveField(event, target) {
    event.preventDefault();
    event.stopPropagation();
    target.blur(); // which tells of a change
  }

  /** @param {any} event */
  #clicked(event) {
    const button = event.target.closest?.("[data-command]");
    if (button) this.run(button.dataset.command, button.dataset.argument);
  }
}

/** Where a question comes in the list: a relation after both its ends. @param {any} question */
function placeOf(question) {
  const starts = spansOf(question).map(({ start }) => start);
  return question.about === "entity" ? Math.min(...starts) : Math.max(...starts, -1);
}

const digits = Array.from({ length: 10 }, (_, digit) => [
  [String(digit), ["decide", String(digit)]],
  [`Shift+${digit}`, ["alike", String(digit)]],
]).flat();

/** What each key does. @type {Record<string, string[]>} */
const KEYS = {
  Tab: ["next"], "Shift+Tab": ["previous"], ArrowDown: ["next"], ArrowUp: ["previous"],
  J: ["open"], Backspace: ["reopen"], Delete: ["reopen"], "Mod+Z": ["undo"], "Mod+Shift+Z": ["redo"], "Mod+Y": ["redo"],
  R: ["reason"], N: ["note"], Enter: ["accept"], Space: ["skip"], E: ["direct"], Escape: ["leave"], ...Object.fromEntries(digits),
};

const carried = document.getElementById("case");
if (carried) new Adjudication(JSON.parse(carried.textContent ?? "null"));
