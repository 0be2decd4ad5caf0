// @ts-check
/** What the person is looking at and about to do: everything on the screen that is not saved. */

/**
 * @typedef {import("./tokens.js").Span} Span
 * @typedef {{head: string, targets: string[], index: number, label: string | null, by: "key" | "drag"}} Relating
 * @typedef {object} Look
 * @property {string | null} focus id of the annotation or suggestion that commands act on
 * @property {string | null} last id of what was focused before nothing was: further parts go to it
 * @property {string | null} guess id of what is focused, if its label was guessed and nothing was done since
 * @property {boolean} fresh whether it was made by a held label just now, so keys still hold labels
 * @property {Span | null} selection
 * @property {number} anchor where the selection was begun, a code point
 * @property {number} caret index of the token that the cursor is on, -1 for none
 * @property {string | null} held entity label that every selection gets
 * @property {string | null} heldRelation relation label that every link gets where it may
 * @property {string | null} hover what the mouse is over
 * @property {string | null} pointed the suggestion that the mouse has moved onto since anything else was focused:
 *   keys of labels and answers act on it
 * @property {Relating | null} relating
 * @property {{of: string, spans: Span[], off: Set<number>, index: number} | null} spreading
 *   other occurrences of the focused entity's words, about to be labeled
 * @property {boolean} tokens whether token borders are shown
 * @property {Set<string>} hidden relation labels that are not drawn
 */

/** @returns {Look} */
const NOTHING = () => ({
  focus: null, last: null, guess: null, fresh: false, selection: null, anchor: 0, caret: -1, held: null, heldRelation: null,
  hover: null, pointed: null, relating: null, spreading: null, tokens: false, hidden: new Set(),
});

/** @type {(keyof Look)[]} what takes the keys back from the mouse, even if it stays the same */
const TAKES = ["focus", "selection", "caret", "relating", "spreading"];

/** Holds one look and tells when it changes. */
export class View {
  constructor() {
    this.look = NOTHING();
    /** @type {Set<(before: Look, after: Look) => void>} */
    this.listeners = new Set();
  }

  /** @param {Partial<Look>} changes */
  set(changes) {
    const before = this.look;
    const after = { ...before, ...changes };
    if (TAKES.some((name) => name in changes)) after.pointed = null;
    if (after.guess !== after.focus) after.guess = null;
    const names = /** @type {(keyof Look)[]} */ (Object.keys(after));
    if (names.every((name) => before[name] === after[name])) return;
    this.look = after;
    if (before.focus !== null && this.look.focus === null) this.look.last = before.focus;
    for (const listener of [...this.listeners]) listener(before, this.look);
  }

  /** Forget what belongs to a document; held labels and the like stay. */
  leave() {
    const { held, heldRelation, tokens, hidden } = this.look;
    this.set({ ...NOTHING(), held, heldRelation, tokens, hidden });
  }

  /** @param {(before: Look, after: Look) => void} listener */
  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
