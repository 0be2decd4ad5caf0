// @ts-check
/** How far a document was read: a bar at the place, and paler words after it. */
import { element } from "./element.js";

const NAME = "unread"; // of the highlight, in the style sheet

/** The mark in one document. */
export class ReadMark {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.paper
   * @param {import("./dom.js").Surface} parts.surface
   * @param {number} parts.length of the text, in code points
   * @param {() => number | null} parts.readTo the code point up to which it was read, null for nothing said
   */
  constructor({ paper, surface, length, readTo }) {
    this.paper = paper;
    this.surface = surface;
    this.length = length;
    this.readTo = readTo;
    this.bar = element("i", { class: "read-to", hidden: true, title: "Read up to here", "aria-hidden": "true" });
    paper.append(this.bar);
  }

  /** Find out where the place is; returns what draws the mark. @returns {() => void} */
  measure() {
    const point = this.readTo();
    if (!point || point >= this.length) return () => this.#draw(undefined, []);
    const { left, top } = this.paper.getBoundingClientRect();
    const box = this.surface.boxes(point - 1, point).at(-1);
    const side = this.surface.isRightToLeft(point - 1) ? "left" : "right";
    const place = box && { x: box[side] - left, y: box.top - top, height: box.height };
    return () => this.#draw(place, [this.surface.range(point, this.length)]);
  }

  destroy() {
    this.bar.remove();
    tint([]);
  }

  /** @param {{x: number, y: number, height: number} | undefined} place @param {Range[]} unread */
  #draw(place, unread) {
    tint(unread);
    this.bar.hidden = !place;
    if (!place) return;
    this.bar.style.setProperty("translate", `${place.x}px ${place.y}px`);
    this.bar.style.setProperty("block-size", `${place.height}px`);
  }
}

/** @param {Range[]} ranges */
function tint(ranges) {
  const { Highlight, CSS } = /** @type {any} */ (globalThis);
  if (!Highlight || !CSS.highlights) return; // the bar alone shows it then
  if (ranges.length) CSS.highlights.set(NAME, new Highlight(...ranges));
  else CSS.highlights.delete(NAME);
}
