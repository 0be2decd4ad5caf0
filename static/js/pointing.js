// @ts-check
/**
 * Which suggestion the mouse points at: keys act on it before what is focused, since the last gesture wins.
 *
 * The mouse claims them by moving onto a suggestion and staying for a moment. A text that scrolls or is
 * drawn anew under a resting mouse claims nothing, nor does a hand that trembles after a key. Whatever
 * focuses, selects or moves the cursor takes the claim back: see view.js.
 */
import { listen } from "./element.js";

const DWELL = 100; // milliseconds: what is passed over on the way elsewhere is not pointed at
const REACH = 5; // pixels from where the mouse lay when something else was done

/** @typedef {{x: number, y: number}} Place in pixels of the window */

/** The mouse on one article. */
export class Pointing {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.paper
   * @param {import("./view.js").View} parts.view
   * @param {import("./suggestions.js").Suggestions} parts.suggestions
   */
  constructor({ paper, view, suggestions }) {
    this.view = view;
    this.suggestions = suggestions;
    /** @type {Place} where the mouse was seen last */
    this.last = { x: -1, y: -1 };
    /** @type {Place | null} where it lay when something else was done, until it has moved on from there */
    this.still = null;
    /** @type {string | null} */
    this.over = null;
    this.ends = [
      listen(paper, "pointerover", (event) => this.#moved(event)),
      listen(paper, "pointermove", (event) => this.#moved(event)),
      listen(paper, "pointerleave", (event) => this.#left(event)),
      view.subscribe((before, after) => this.#looked(before, after)),
    ];
  }

  destroy() {
    clearTimeout(this.timer);
    this.ends.forEach((end) => end());
  }

  /** @param {PointerEvent} event also those that the browser makes up when what lies under the mouse is another */
  #moved({ clientX: x, clientY: y, buttons, pointerType, target }) {
    if (pointerType === "touch") return;
    const moved = x !== this.last.x || y !== this.last.y;
    this.last = { x, y };
    if (buttons || !moved) this.still = this.last;
    else if (this.still && Math.hypot(x - this.still.x, y - this.still.y) >= REACH) this.still = null;
    const id = buttons ? null : idAt(/** @type {Element} */ (target));
    if (id === undefined) return; // on the way to tick and cross
    this.#come(id);
    if (moved && !this.still && id !== this.view.look.pointed && this.suggestions.open(id)) this.timer ??= setTimeout(() => this.#claim(id), DWELL);
  }

  /** @param {PointerEvent} event */
  #left({ clientX: x, clientY: y }) {
    this.last = { x, y };
    this.still = null;
    this.#come(null);
  }

  /** Another one lies under the mouse, or none. @param {string | null} id */
  #come(id) {
    if (id === this.over) return;
    this.over = id;
    this.#forget();
    if (this.view.look.pointed !== id) this.view.set({ pointed: null });
  }

  /** @param {string | null} id */
  #claim(id) {
    this.#forget();
    const { selection, relating, spreading } = this.view.look; // these wait for a key themselves
    if (!selection && !relating && !spreading) this.view.set({ pointed: id });
  }

  #forget() {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** @param {import("./view.js").Look} before @param {import("./view.js").Look} after */
  #looked(before, after) {
    if (before.focus === after.focus && before.selection === after.selection && before.caret === after.caret) return;
    this.still = this.last;
    this.#forget();
  }
}

/** The annotation at an element, null for none; nothing where tick and cross are. @param {Element} target */
function idAt(target) {
  if (target.closest(".verdict")) return undefined;
  const found = /** @type {HTMLElement | null} */ (target.closest("mark[data-id], .arcs [data-id]"));
  return found?.dataset.id ?? null;
}
