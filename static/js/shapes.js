// @ts-check
/** What an arc is drawn of: its path, its arrows and the pill with its label. Lengths are pixels. */
import { svg } from "./element.js";

const PILL = 12; // its height: with it, it fits between a mark and the underline of the line above
const LETTER = 6.1; // what a letter of a label takes, about
const RADIUS = 5;

/** @typedef {{x: number, top: number}} Place where an arc begins or ends, above a mark */

/** How wide the pill with these words is. @param {string} words */
export function widthOf(words) {
  return words.length * LETTER + 12;
}

/** The path between two places on one line. @param {Place} head @param {Place} tail @param {number} y of its level */
export function bracket(head, tail, y) {
  const on = Math.sign(tail.x - head.x) || 1;
  const r = Math.min(RADIUS, Math.abs(tail.x - head.x) / 2);
  return `M${head.x} ${head.top} V${y + r} q0 ${-r} ${on * r} ${-r} H${tail.x - on * r} q${on * r} 0 ${on * r} ${r} V${tail.top}`;
}

/**
 * The path between two lines, through the margin.
 * @param {Place} head @param {Place} tail
 * @param {number} y1 level above the line of the head @param {number} y2 above that of the tail @param {number} x in the margin
 */
export function detour(head, tail, y1, y2, x) {
  const out = Math.sign(x - head.x) || 1;
  const on = Math.sign(y2 - y1) || 1;
  const r = Math.min(RADIUS, Math.abs(y2 - y1) / 2);
  return `M${head.x} ${head.top} V${y1 + r} q0 ${-r} ${out * r} ${-r} H${x - out * r}
    q${out * r} 0 ${out * r} ${on * r} V${y2 - on * r} q0 ${on * r} ${-out * r} ${on * r}
    H${tail.x + out * r} q${-out * r} 0 ${-out * r} ${r} V${tail.top}`;
}

/** @param {number} x @param {number} y of its tip */
export function arrow(x, y) {
  return svg("path", { class: "head", d: `M${x - 4} ${y - 6} L${x} ${y} L${x + 4} ${y - 6} Z` });
}

/** The pill. @param {string} words @param {number} x of its middle @param {number} y of its middle @param {Record<string, string>} attributes */
export function pill(words, x, y, attributes) {
  const width = widthOf(words);
  const group = svg("g", attributes);
  group.append(svg("rect", { x: x - width / 2, y: y - PILL / 2, width, height: PILL, rx: PILL / 2 }));
  group.append(svg("text", { x, y: y + 3.3, "text-anchor": "middle" }, words));
  return group;
}
