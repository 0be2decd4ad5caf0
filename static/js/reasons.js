// @ts-check
/** Why documents are flagged or skipped: what the project offers, and what this person wrote before. */

import { askReason } from "./dialogs.js";

const OWN = 3; // reasons of one's own that are remembered

/** @typedef {"flag" | "skip"} Kind */

/** The reasons of one project. */
export class Reasons {
  /** @param {string} project slug @param {Record<Kind, string[]>} offered by the project @param {Storage | null} storage */
  constructor(project, offered, storage) {
    this.offered = offered;
    this.place = `labeler.reasons.${project}`;
    this.storage = storage;
  }

  /** What to choose from: the project's first, so that each keeps its digit. @param {Kind} kind @returns {string[]} */
  of(kind) {
    const own = (this.#own()[kind] ?? []).filter((reason) => !this.offered[kind].includes(reason));
    return [...this.offered[kind], ...own];
  }

  /** Ask why a document is flagged. @param {string} now the reason that it is flagged for @param {(reason: string | null) => void} onChoose */
  askFlag(now, onChoose) {
    this.#ask("flag", onChoose, { title: "Flag this document", hint: "What should the lead of the project know?", now });
  }

  /** Ask why a document is skipped. @param {(reason: string | null) => void} onChoose */
  askSkip(onChoose) {
    this.#ask("skip", onChoose, { title: "Skip this document", hint: "Why? Enter goes on without a reason.", optional: true });
  }

  /** @param {Kind} kind @param {(reason: string | null) => void} onChoose @param {{title: string, hint: string, now?: string, optional?: boolean}} question */
  #ask(kind, onChoose, question) {
    askReason({ ...question, reasons: this.of(kind), onChoose: (reason) => {
      if (reason) this.keep(kind, reason);
      onChoose(reason);
    } });
  }

  /** Remember what was written. @param {Kind} kind @param {string} reason */
  keep(kind, reason) {
    if (this.offered[kind].includes(reason)) return;
    const own = this.#own();
    const kept = { ...own, [kind]: [reason, ...(own[kind] ?? []).filter((other) => other !== reason)].slice(0, OWN) };
    try {
      this.storage?.setItem(this.place, JSON.stringify(kept));
    } catch {
      // It is written again then.
    }
  }

  /** @returns {Partial<Record<Kind, string[]>>} */
  #own() {
    try {
      const own = JSON.parse(this.storage?.getItem(this.place) ?? "{}");
      const words = (/** @type {unknown} */ kept) => (Array.isArray(kept) ? kept.filter((each) => typeof each === "string") : []);
      return { flag: words(own?.flag), skip: words(own?.skip) };
    } catch {
      return {};
    }
  }
}
