// @ts-check
/** Where comments are: the words are tinted, and a sign stands in the margin. */
import { element, listen, svg } from "./element.js";

const NAME = "commented"; // of the highlight, in the style sheet
const LINE = 12; // pixels: signs nearer than this share one

/** The signs beside one document. */
export class Margin {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.paper
   * @param {import("./dom.js").Surface} parts.surface
   * @param {import("./comments.js").Comments} parts.comments
   * @param {(id: number) => void} parts.onPick opens a thread
   */
  constructor({ paper, surface, comments, onPick }) {
    this.paper = paper;
    this.surface = surface;
    this.comments = comments;
    this.layer = element("div", { class: "margin" });
    this.end = listen(this.layer, "click", (event) => {
      const sign = event.target.closest("button");
      if (sign) onPick(Number(sign.dataset.thread));
    });
    paper.append(this.layer);
  }

  /** Find out where commented words stand; returns what tints them and puts the signs there. @returns {() => void} */
  measure() {
    const placed = this.comments.open.filter(({ start }) => start !== null);
    if (!placed.length) return () => { this.layer.replaceChildren(); tint([]); };
    const { top } = this.paper.getBoundingClientRect();
    /** @type {{y: number, threads: import("./comments.js").Thread[]}[]} */
    const lines = [];
    for (const thread of placed) {
      const [box] = this.surface.boxes(Number(thread.start), Number(thread.end));
      if (!box) continue;
      const y = box.top - top;
      const line = lines.find((other) => Math.abs(other.y - y) < LINE);
      if (line) line.threads.push(thread);
      else lines.push({ y, threads: [thread] });
    }
    const ranges = placed.map(({ start, end }) => this.surface.range(Number(start), Number(end)));
    return () => {
      this.layer.replaceChildren(...lines.map(sign));
      tint(ranges);
    };
  }

  destroy() {
    this.end();
    this.layer.remove();
    tint([]);
  }
}

/** Tint words without touching the elements that hold them; older browsers show the signs only. @param {Range[]} ranges */
function tint(ranges) {
  const { Highlight, CSS } = /** @type {any} */ (globalThis);
  if (Highlight && CSS.highlights) CSS.highlights.set(NAME, new Highlight(...ranges));
}

/** @param {{y: number, threads: import("./comments.js").Thread[]}} line */
function sign({ y, threads }) {
  const words = threads.map(({ body }) => body.slice(0, 200)).join("\n");
  const bubble = svg("svg", { viewBox: "0 0 16 16", width: 15, height: 15, "aria-hidden": "true" },
    svg("path", { d: "M3 2.5h10a1.5 1.5 0 0 1 1.5 1.5v6a1.5 1.5 0 0 1-1.5 1.5H8l-3.5 3v-3H3A1.5 1.5 0 0 1 1.5 10V4A1.5 1.5 0 0 1 3 2.5z" }));
  const made = element("button", { type: "button", tabindex: -1, title: words, "aria-label": `Comment: ${words}`, "data-thread": threads[0].id }, bubble);
  if (threads.length > 1) made.append(String(threads.length));
  made.style.setProperty("inset-block-start", `${y}px`);
  return made;
}
