// @ts-check
/** A finger that rests on a word selects it, and more as it moves on; one that moves at once scrolls. */
import { listen } from "./element.js";

const HOLD = 350; // milliseconds: before the browser would select by itself
const SLIP = 10; // pixels that a resting finger may move
const NAME = "pressed"; // of the highlight, in the style sheet

/** Selecting by touch on one article. */
export class Press {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.root
   * @param {import("./dom.js").Surface} parts.surface
   * @param {import("./tokens.js").Tokens} parts.tokens
   */
  constructor({ root, surface, tokens }) {
    this.root = root;
    this.surface = surface;
    this.tokens = tokens;
    /** @type {{x: number, y: number} | null} where a finger rests */
    this.at = null;
    /** @type {import("./tokens.js").Span | null} the word that it came to rest on */
    this.first = null;
    /** @type {import("./tokens.js").Span | null} what is selected so far */
    this.span = null;
    this.end = listen(root, "contextmenu", (event) => this.at && event.preventDefault());
  }

  /** A finger is put down. @param {PointerEvent} event */
  down({ clientX: x, clientY: y }) {
    this.cancel();
    this.at = { x, y };
    this.timer = setTimeout(() => this.#begin(), HOLD);
  }

  /** @param {PointerEvent} event */
  move({ clientX, clientY }) {
    if (!this.at) return;
    if (!this.first) {
      if (Math.hypot(clientX - this.at.x, clientY - this.at.y) > SLIP) this.cancel();
      return;
    }
    const point = this.surface.pointAt(clientX, clientY);
    const word = point === null ? null : this.tokens.span(this.tokens.nearest(point));
    if (word) this.#show({ start: Math.min(word.start, this.first.start), end: Math.max(word.end, this.first.end) });
  }

  /** Whether a finger has come to rest on a word. */
  get selects() {
    return this.first !== null;
  }

  /** The finger is lifted: what it selected, null where it did not rest. */
  up() {
    const { span } = this;
    this.cancel();
    return span;
  }

  cancel() {
    clearTimeout(this.timer);
    if (this.first) this.#paint(null);
    this.root.classList.remove("pressing");
    this.at = this.first = this.span = null;
  }

  /** The word under a pixel, with some room for fingers; null beside the text. @param {number} x @param {number} y */
  wordAt(x, y) {
    const point = this.surface.pointAt(x, y);
    const index = point === null ? -1 : this.tokens.nearest(point);
    if (index < 0) return null;
    const word = this.tokens.span(index);
    const isNear = (/** @type {DOMRect} */ box) => x > box.left - SLIP && x < box.right + SLIP && y > box.top - SLIP && y < box.bottom + SLIP;
    return this.surface.boxes(word.start, word.end).some(isNear) ? word : null;
  }

  destroy() {
    this.cancel();
    this.end();
  }

  #begin() {
    this.first = this.at && this.wordAt(this.at.x, this.at.y);
    if (!this.first) return;
    this.root.classList.add("pressing");
    navigator.vibrate?.(10);
    this.#show(this.first);
  }

  /** @param {import("./tokens.js").Span} span */
  #show(span) {
    this.span = span;
    this.#paint(this.surface.range(span.start, span.end));
  }

  /** @param {Range | null} range */
  #paint(range) {
    const { Highlight, CSS } = /** @type {any} */ (globalThis);
    if (Highlight && CSS.highlights) CSS.highlights.set(NAME, new Highlight(...(range ? [range] : [])));
  }
}
