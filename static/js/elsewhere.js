// @ts-check
/** The words of a question in other documents: how they were settled before, and settling them all alike. */
import { dialog } from "./dialogs.js";
import { element } from "./element.js";
import { newId } from "./ops.js";

const PAUSE = 150; // milliseconds that somebody stays at a question before it is asked

/** What other documents say to the questions of one document. */
export class Elsewhere {
  /** @type {Map<string, any>} how the words of a question were settled before, once it is known */
  #precedents = new Map();

  /**
   * @param {object} parts
   * @param {import("./api.js").Api} parts.api
   * @param {import("./decisions.js").Decisions} parts.decisions
   * @param {import("./questions.js").Questions} parts.panel which names questions and their versions
   * @param {(words: string) => void} parts.say
   * @param {(question: any, precedents: any) => void} parts.onFound told how words were settled before
   * @param {(key: string, question: any) => void} parts.onSettled told by which key all can be taken back
   */
  constructor({ api, decisions, panel, say, onFound, onSettled }) {
    this.api = api;
    this.decisions = decisions;
    this.panel = panel;
    this.say = say;
    this.onFound = onFound;
    this.onSettled = onSettled;
  }

  destroy() {
    clearTimeout(this.timer);
  }

  /** How the words of a question were settled before, as far as it is known. @param {any} question */
  precedents(question) {
    return this.#precedents.get(question?.id);
  }

  /** Ask how the same words were settled before, when somebody stays at a question. @param {any} question */
  lookUp(question) {
    clearTimeout(this.timer);
    if (question?.about !== "entity" || this.#precedents.has(question.id)) return;
    const [{ start, end }] = question.versions;
    this.timer = setTimeout(async () => {
      const found = await this.api.get(`${this.decisions.root}/precedents?start=${start}&end=${end}`).catch(() => null);
      if (!found) return; // it only helps
      this.#precedents.set(question.id, found);
      this.onFound(question, found);
    }, PAUSE);
  }

  /**
   * Settle the same words alike in all documents, once it was said how many.
   * @param {any} question @param {number} number of the version, 0 for none @param {{reason: string, note: string} | undefined} why
   */
  async settle(question, number, why) {
    const version = number ? question?.versions[number - 1] : undefined;
    if (!question || question.about !== "entity" || (number && !version)) return this.say("Only words that differ can be settled alike everywhere.");
    const choice = { question: question.id, answer: version?.answer ?? "", seen: question.seen, reason: "", note: "", ...why };
    try {
      await this.decisions.flush();
      const { documents, questions } = await this.api.post(`${this.decisions.root}/alike`, { key: newId(), choice, preview: true });
      this.#confirm(question, choice, documents, questions);
    } catch (error) {
      this.say(/** @type {Error} */ (error).message);
    }
  }

  /** @param {any} question @param {any} choice @param {number} documents @param {number} questions */
  #confirm(question, choice, documents, questions) {
    if (!questions) return this.say("No open question is about these words.");
    const words = `“${this.panel.title(question)}” as ${this.panel.version(question, choice.answer)}`;
    const counted = `${questions} open ${questions === 1 ? "question" : "questions"} in ${documents} ${documents === 1 ? "document" : "documents"}`;
    const asked = dialog("Settle everywhere",
      element("p", {}, `Settle ${words}: ${counted}.`),
      element("form", { method: "dialog", class: "buttons" },
        element("button", { value: "cancel" }, "Cancel"), element("button", { value: "settle", class: "primary" }, "Settle all")));
    /** @type {HTMLElement | null} */ (asked.querySelector(".primary"))?.focus();
    asked.addEventListener("close", () => {
      if (asked.returnValue !== "settle") return;
      const key = newId();
      this.#precedents.clear();
      this.onSettled(key, question);
      this.decisions.add("/alike", key, { choice, preview: false });
      this.say(`${counted}: settled. Undo takes all back.`);
    });
  }
}
