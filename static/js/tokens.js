// @ts-check
/** Token borders of a document: what selections snap to. Offsets are code points. */

/** A half-open stretch of text. @typedef {{start: number, end: number}} Span */

const JOINS = /[\p{M}\p{Emoji_Modifier}\p{Regional_Indicator}\u200c\u200d\uff9e\uff9f]/u;
const SIGNS = new Intl.Segmenter("und", { granularity: "grapheme" });
const CLUSTER = 32; // code points: no sign that people write is longer

/** Borders of the tokens that are not white space, in the order of the text. */
export class Tokens {
  /** @param {{gaps: number[], lengths: number[]}} tokens their lengths, and the gaps from the end of the one before */
  constructor({ gaps, lengths }) {
    this.count = lengths.length;
    this.starts = new Int32Array(this.count);
    this.ends = new Int32Array(this.count);
    let end = 0;
    for (let index = 0; index < this.count; index += 1) {
      this.starts[index] = end + gaps[index];
      end = this.starts[index] + lengths[index];
      this.ends[index] = end;
    }
  }

  /**
   * These tokens with those joined that a reader takes for one sign: a tokenizer may part a family
   * of emoji, a flag or a letter and its mark. What a cursor goes over and a selection snaps to.
   * @param {import("./text.js").DocumentText} text
   */
  joined(text) {
    if (!JOINS.test(text.text)) return this;
    /** @type {{gaps: number[], lengths: number[]}} */
    const { gaps, lengths } = { gaps: [], lengths: [] };
    let end = 0;
    for (let index = 0; index < this.count; index += 1) {
      const gap = this.starts[index] - end;
      const length = this.ends[index] - this.starts[index];
      if (gap === 0 && index > 0 && this.#isInside(text, index)) lengths[lengths.length - 1] += length;
      else {
        gaps.push(gap);
        lengths.push(length);
      }
      end = this.ends[index];
    }
    return new Tokens({ gaps, lengths });
  }

  /** Whether a token begins within a sign that the one before began. @param {import("./text.js").DocumentText} text @param {number} index */
  #isInside(text, index) {
    const start = this.starts[index];
    if (!JOINS.test(text.slice(start - 1, start + 1))) return false;
    const from = Math.max(0, start - CLUSTER);
    const before = text.slice(from, start);
    const signs = [...SIGNS.segment(before + text.slice(start, start + CLUSTER))];
    return !signs.some((sign) => sign.index === before.length);
  }

  /** The first token that ends after a point; `count` where none does. @param {number} point */
  firstEndingAfter(point) {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle] <= point) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The token at a point, or the closest one; -1 in a text without tokens. @param {number} point */
  nearest(point) {
    const next = this.firstEndingAfter(point);
    if (next === this.count) return this.count - 1;
    if (this.starts[next] <= point || next === 0) return next;
    return point - this.ends[next - 1] < this.starts[next] - point ? next - 1 : next;
  }

  /** The extent of a token. @param {number} index @returns {Span} */
  span(index) {
    return { start: this.starts[index], end: this.ends[index] };
  }

  /**
   * The whole tokens that a stretch touches; null where it touches none.
   * @param {number} start @param {number} end @returns {Span | null}
   */
  snap(start, end) {
    const first = this.firstEndingAfter(start);
    let last = this.firstEndingAfter(end);
    if (last === this.count || this.starts[last] >= end) last -= 1;
    return first <= last ? { start: this.starts[first], end: this.ends[last] } : null;
  }

  /** Whether a span begins and ends at borders of tokens. @param {Span} span */
  fits({ start, end }) {
    const snapped = this.snap(start, end);
    return snapped !== null && snapped.start === start && snapped.end === end;
  }

  /**
   * The span of whole tokens that differs least from a span that does not fit.
   * @param {Span} span @returns {Span | null}
   */
  fit({ start, end }) {
    const wide = this.snap(start, end);
    if (!wide) return null;
    const first = this.firstEndingAfter(start);
    const last = this.firstEndingAfter(wide.end - 1);
    const from = first < last && closer(start, this.starts[first], this.starts[first + 1]) ? first + 1 : first;
    const to = last > from && closer(end, this.ends[last], this.ends[last - 1]) ? last - 1 : last;
    return { start: this.starts[from], end: this.ends[to] };
  }
}

/** @param {number} point @param {number} near @param {number} far */
function closer(point, near, far) {
  return Math.abs(far - point) < Math.abs(near - point);
}
