// @ts-check
/** Moving a cursor over the tokens and extending a selection with the keyboard. */
import { blockAt } from "./text.js";

/** The cursor of one document; it changes the view only. */
export class Cursor {
  /**
   * @param {object} parts
   * @param {import("./text.js").DocumentText} parts.text
   * @param {import("./text.js").Block[]} parts.blocks
   * @param {import("./tokens.js").Tokens} parts.tokens
   * @param {import("./dom.js").Surface} parts.surface
   * @param {import("./view.js").View} parts.view
   * @param {HTMLElement} parts.paper
   * @param {string} parts.language
   * @param {(words: string) => void} parts.speak tells those who do not see the cursor where it is
   */
  constructor({ text, blocks, tokens, surface, view, paper, language, speak }) {
    this.text = text;
    this.blocks = blocks;
    this.tokens = tokens;
    this.surface = surface;
    this.view = view;
    this.paper = paper;
    this.language = language;
    this.speak = speak;
    this.box = document.createElement("div");
    this.box.className = "cursor";
    this.box.hidden = true;
    paper.append(this.box);
  }

  /** Put the cursor on the token that stands `way` of it. @param {string} way */
  move(way) {
    const next = this.#next(this.view.look.caret, way);
    if (next < 0) return;
    this.surface.deselect();
    this.view.set({ caret: next, selection: null, focus: null, fresh: false });
    this.speak(this.text.slice(this.tokens.starts[next], this.tokens.ends[next]));
    this.reveal(this.tokens.starts[next]);
  }

  /** Extend the selection to the token that stands `way` of its moving end. @param {string} way */
  extend(way) {
    const { selection, anchor } = this.view.look;
    const here = this.view.look.caret;
    const to = this.#next(here, way);
    if (to < 0) return;
    const from = selection ? this.tokens.nearest(anchor) : here < 0 ? to : here;
    const [first, last] = from <= to ? [from, to] : [to, from];
    const span = { start: this.tokens.starts[first], end: this.tokens.ends[last] };
    this.view.set({ caret: to, anchor: this.tokens.starts[from], selection: span, focus: null, fresh: false });
    this.surface.select(span.start, span.end);
    this.speak(`Selected: ${this.text.slice(span.start, span.end)}`);
    this.reveal(this.tokens.starts[to]);
  }

  /** Put the cursor where a person clicked. @param {number} point */
  place(point) {
    this.view.set({ caret: this.tokens.nearest(point), selection: null });
  }

  /** Find out where the cursor stands; returns what draws it. @returns {() => void} */
  measure() {
    const { caret, selection, focus } = this.view.look;
    const box = caret >= 0 && !selection && !focus && this.#boxOf(caret);
    const { left, top } = this.paper.getBoundingClientRect();
    return () => {
      this.box.hidden = !box;
      if (!box) return;
      this.box.style.setProperty("translate", `${box.left - left - 2}px ${box.top - top - 1}px`);
      this.box.style.setProperty("inline-size", `${box.width + 4}px`);
      this.box.style.setProperty("block-size", `${box.height + 2}px`);
    };
  }

  /** Scroll so that a point of the text can be seen. @param {number} point */
  reveal(point) {
    const element = this.surface.elementAt(point);
    element?.scrollIntoView({ block: "nearest" }); // a block out of view has no lines to measure yet
    const [box] = this.surface.boxes(point, Math.min(point + 1, this.text.length));
    const viewport = this.paper.parentElement;
    if (!box || !viewport) return;
    const { top, bottom } = viewport.getBoundingClientRect();
    if (box.top < top + 70) viewport.scrollBy(0, box.top - top - 90);
    else if (box.bottom > bottom - 50) viewport.scrollBy(0, box.bottom - bottom + 90);
  }

  destroy() {
    this.box.remove();
  }

  /** @param {number} index @param {string} way */
  #next(index, way) {
    const last = this.tokens.count - 1;
    if (last < 0) return -1;
    if (index < 0) return this.#firstInView();
    const step = way === "left" || way === "right" ? this.#step(index, way) : 0;
    if (step) return Math.min(last, Math.max(0, index + step));
    if (way === "up" || way === "down") return this.#vertical(index, way === "up" ? -1 : 1);
    const back = way.endsWith("back");
    const starts = way.startsWith("sentence") ? this.#sentences(index, back) : this.#paragraphs();
    const here = this.tokens.starts[index];
    const found = back ? starts.findLast((start) => start < here) : starts.find((start) => start > here);
    return found === undefined ? (back ? 0 : last) : this.tokens.firstEndingAfter(found);
  }

  #firstInView() {
    const { top } = /** @type {HTMLElement} */ (this.paper.parentElement).getBoundingClientRect();
    const block = this.blocks.find((each) => each.body > each.start && this.surface.elements[each.index].getBoundingClientRect().bottom > top);
    return block ? Math.min(this.tokens.count - 1, this.tokens.firstEndingAfter(block.start)) : 0;
  }

  /** One token on in the direction of the screen. @param {number} index @param {string} way */
  #step(index, way) {
    const turned = this.surface.isRightToLeft(this.tokens.starts[index]);
    return (way === "right") === turned ? -1 : 1;
  }

  /** The token nearest above or below on another line. @param {number} index @param {1 | -1} step */
  #vertical(index, step) {
    const from = this.#boxOf(index);
    if (!from) return index;
    const middle = from.left + from.width / 2;
    let best = -1;
    let distance = Infinity;
    let line = 0;
    for (let token = index + step; token >= 0 && token < this.tokens.count; token += step) {
      const box = this.#boxOf(token) ?? this.#unfold(token);
      const off = box ? (box.top - from.top) * step : 0;
      if (!box || off < 8) continue;
      if (best >= 0 && Math.abs(box.top - line) > 8) break;
      const away = Math.abs(box.left + box.width / 2 - middle);
      if (away < distance) [best, distance, line] = [token, away, box.top];
      else if (best < 0) line = box.top;
    }
    return best < 0 ? index : best;
  }

  /** @param {number} token */
  #boxOf(token) {
    return this.surface.boxes(this.tokens.starts[token], this.tokens.ends[token])[0];
  }

  /** Bring the block of a token into view so that it has boxes. @param {number} token */
  #unfold(token) {
    this.surface.elementAt(this.tokens.starts[token]).scrollIntoView({ block: "nearest" });
    return this.#boxOf(token);
  }

  #paragraphs() {
    return this.blocks.filter((block) => this.text.slice(block.start, block.body).trim()).map((block) => block.start);
  }

  /** Starts of the sentences around a token. @param {number} index @param {boolean} back */
  #sentences(index, back) {
    const here = blockAt(this.blocks, this.tokens.starts[index]).index;
    const near = this.blocks.slice(Math.max(0, here - (back ? 3 : 0)), here + (back ? 1 : 4));
    const segmenter = new Intl.Segmenter(this.language || "en", { granularity: "sentence" });
    return near.flatMap((block) => {
      const unit = this.text.unit(block.start);
      const line = this.text.slice(block.start, block.body);
      return [...segmenter.segment(line)].filter(({ segment }) => segment.trim()).map((each) => this.text.point(unit + each.index));
    });
  }
}
