// @ts-check
/** Spans kept in the order of the text, found by place. */

/** @typedef {{id: string, start: number, end: number}} Placed */

/** Order of the text; of two that begin together the longer comes first. @param {Placed} a @param {Placed} b */
export function inOrder(a, b) {
  return a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/**
 * A sorted list of spans.
 * @template {Placed} T
 */
export class SpanIndex {
  /** @param {Iterable<T>} [spans] */
  constructor(spans = []) {
    /** @type {T[]} */
    this.sorted = [...spans].sort(inOrder);
    /** Length of the longest span there ever was: how far back an overlap may begin. */
    this.longest = this.sorted.reduce((most, span) => Math.max(most, span.end - span.start), 0);
  }

  /** @param {T} span */
  add(span) {
    this.sorted.splice(this.#rank(span), 0, span);
    this.longest = Math.max(this.longest, span.end - span.start);
  }

  /** @param {T} span */
  remove(span) {
    const rank = this.#rank(span);
    if (this.sorted[rank]?.id === span.id) this.sorted.splice(rank, 1);
  }

  /** Spans that share a code point with a stretch, in order. @param {number} start @param {number} end */
  overlapping(start, end) {
    const found = [];
    for (let rank = this.#firstFrom(start - this.longest); rank < this.sorted.length; rank += 1) {
      const span = this.sorted[rank];
      if (span.start >= end) break;
      if (span.end > start) found.push(span);
    }
    return found;
  }

  /**
   * The span after a place in the order, or before it; round the ends.
   * @param {Placed} place @param {1 | -1} step @returns {T | undefined}
   */
  step(place, step) {
    const { length } = this.sorted;
    const rank = this.#rank(place);
    const here = this.sorted[rank]?.id === place.id;
    const target = step > 0 ? rank + (here ? 1 : 0) : rank - 1;
    return this.sorted[(target + length) % length];
  }

  /** @param {Placed} span */
  #rank(span) {
    return this.#search((other) => inOrder(other, span) < 0);
  }

  /** @param {number} start */
  #firstFrom(start) {
    return this.#search((other) => other.start < start);
  }

  /** @param {(span: T) => boolean} isBefore */
  #search(isBefore) {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.sorted[middle])) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
