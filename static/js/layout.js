// @ts-check
/** Where spans and arcs lie so that they do not hide one another: pure geometry. */
import { overlaps } from "./schema.js";

/**
 * A stretch of text inside a block: plain (`span` is null) or inside a mark that holds others.
 * @template T
 * @typedef {{span: T | null, start: number, end: number, first: boolean, last: boolean,
 *   children: Node<T>[]}} Node
 */

/**
 * Nest spans into a tree over `[start, end)` that covers every code point once.
 *
 * Where spans cross, the one that began later is cut in two. `first` and `last` tell whether a
 * piece holds the beginning and the end of its span.
 * @template {{start: number, end: number}} T
 * @param {T[]} spans sorted by start, longer first @param {number} start @param {number} end
 * @param {number} [whole] a span that ends up to here counts as ended at `end`
 * @returns {Node<T>[]}
 */
export function nest(spans, start, end, whole = end) {
  /** @type {Node<T>} */
  const root = { span: null, start, end, first: true, last: true, children: [] };
  /** @type {Node<T>[]} */
  const open = [root];
  const queue = spans.filter((span) => span.start < end && span.end > start);
  let point = start;
  while (point < end) {
    while (queue.length && queue[0].start <= point) {
      const span = /** @type {T} */ (queue.shift());
      push(open, span, point, span.start >= start);
    }
    const stop = Math.min(end, queue[0]?.start ?? end, ...open.slice(1).map((node) => nodeEnd(node)));
    open[open.length - 1].children.push({ span: null, start: point, end: stop, first: false, last: false, children: [] });
    point = stop;
    close(open, point, end);
  }
  for (const node of open.splice(1)) {
    node.end = end;
    node.last = nodeEnd(node) <= whole;
  }
  return root.children;
}

/** @template {{start: number, end: number}} T @param {Node<T>} node */
function nodeEnd(node) {
  return /** @type {T} */ (node.span).end;
}

/** @template {{start: number, end: number}} T @param {Node<T>[]} open @param {T} span @param {number} point @param {boolean} first */
function push(open, span, point, first) {
  /** @type {Node<T>} */
  const node = { span, start: point, end: point, first, last: false, children: [] };
  open[open.length - 1].children.push(node);
  open.push(node);
}

/**
 * Close what ends at a point; what was opened inside it and goes on is opened again.
 * @template {{start: number, end: number}} T @param {Node<T>[]} open @param {number} point
 * @param {number} limit where nothing is opened any more
 */
function close(open, point, limit) {
  const lowest = open.findIndex((node) => node.span !== null && nodeEnd(node) <= point);
  if (lowest < 0) return;
  const closed = open.splice(lowest);
  for (const node of closed) {
    node.end = point;
    node.last = nodeEnd(node) === point;
  }
  for (const node of closed) {
    if (!node.last && point < limit) push(open, /** @type {T} */ (node.span), point, false);
  }
}

/**
 * A lane for each span so that those which overlap differ; shorter ones lie on lower lanes.
 * @template {{start: number, end: number}} T
 * @param {T[]} spans @returns {Map<T, number>}
 */
export function lanes(spans) {
  /** @type {Map<T, number>} */
  const lane = new Map();
  const byLength = [...spans].sort((a, b) => a.end - a.start - (b.end - b.start) || a.start - b.start);
  for (const span of byLength) {
    let least = 0;
    for (const [other, taken] of lane) if (overlaps(span, other)) least = Math.max(least, taken + 1);
    lane.set(span, least);
  }
  return lane;
}

/**
 * A level for each interval so that those which overlap differ; shorter ones lie lower.
 * @param {{left: number, right: number}[]} intervals
 * @returns {number[]} levels from 0, in the order given
 */
export function levels(intervals) {
  const order = intervals.map((_, index) => index);
  const width = (/** @type {number} */ index) => intervals[index].right - intervals[index].left;
  order.sort((a, b) => width(a) - width(b) || intervals[a].left - intervals[b].left);
  /** @type {{left: number, right: number}[][]} */
  const rows = [];
  const result = new Array(intervals.length).fill(0);
  for (const index of order) {
    const { left, right } = intervals[index];
    let level = rows.findIndex((row) => row.every((other) => right <= other.left || other.right <= left));
    if (level < 0) level = rows.push([]) - 1;
    rows[level].push(intervals[index]);
    result[index] = level;
  }
  return result;
}
