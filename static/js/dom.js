// @ts-check
/**
 * Between places in the text and places on the screen: the only user of Selection and Range.
 *
 * A place in the text is a code point; a place on the screen is a node with an offset in units,
 * or a pair of pixels.
 */
import { blockAt } from "./text.js";

const LEFTWARDS = /[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc\ud802\ud803\ud83a\ud83b]/; // in text that is written from right to left
const SIGNS = new Intl.Segmenter("und", { granularity: "grapheme" });
const TOUCH = 1.5; // pixels between letters that stand side by side

/** The blocks of one document as they stand in the page. */
export class Surface {
  /**
   * @param {HTMLElement} root that holds the block elements
   * @param {import("./text.js").DocumentText} text
   * @param {import("./text.js").Block[]} blocks
   * @param {HTMLElement[]} elements one a block
   */
  constructor(root, text, blocks, elements) {
    this.root = root;
    this.text = text;
    this.blocks = blocks;
    this.elements = elements;
  }

  /** Whether the page holds just the text, character for character. */
  isExact() {
    return this.elements.map((each) => each.textContent).join("") === this.text.text;
  }

  /** The code point under a pixel of the page; null outside of the text. @param {number} x @param {number} y */
  pointAt(x, y) {
    const place = caretAt(x, y);
    return place && (this.turningPointAt(x, y) ?? this.#pointOf(place.node, place.offset));
  }

  /**
   * The code point under a pixel of a block written from right to left, or both ways; null elsewhere.
   * Where two directions meet, a pixel lies at two places of the text, and the browser takes either of
   * them: here the letter under the pixel decides. @param {number} x @param {number} y
   */
  turningPointAt(x, y) {
    const element = document.elementFromPoint(x, y)?.closest("[data-block]");
    if (!element || !this.root.contains(element) || !LEFTWARDS.test(element.textContent ?? "")) return null;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const offset = offsetIn(/** @type {Text} */ (walker.currentNode), x, y);
      if (offset !== null) return this.#pointOf(walker.currentNode, offset);
    }
    return null;
  }

  /** What the person has selected in the text with the mouse or a finger; null for nothing. */
  selection() {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(this.root)) return null;
    const from = this.#pointOf(range.startContainer, range.startOffset);
    const to = this.#pointOf(range.endContainer, range.endOffset);
    // A selection that runs out of the text stays in the block that it is in.
    const start = from ?? (to === null ? 0 : blockAt(this.blocks, Math.max(0, to - 1)).start);
    const end = to ?? blockAt(this.blocks, start).end;
    return start < end ? { start, end } : null;
  }

  /** Show a stretch as selected. @param {number} start @param {number} end */
  select(start, end) {
    const { startContainer, startOffset, endContainer, endOffset } = this.range(start, end);
    document.getSelection()?.setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
  }

  /** Show nothing as selected. */
  deselect() {
    const selection = document.getSelection();
    if (selection?.rangeCount && selection.getRangeAt(0).intersectsNode(this.root)) selection.removeAllRanges();
  }

  /** Boxes of a stretch, one a line or piece, in pixels of the window. @param {number} start @param {number} end */
  boxes(start, end) {
    return [...this.range(start, end).getClientRects()].filter((box) => box.width > 0);
  }

  /** @param {number} start @param {number} end */
  range(start, end) {
    const range = document.createRange();
    range.setStart(...this.#placeOf(start, true));
    range.setEnd(...this.#placeOf(end, false));
    return range;
  }

  /** The block element that holds a code point. @param {number} point */
  elementAt(point) {
    return this.elements[blockAt(this.blocks, point).index];
  }

  /** Whether the text at a point is written from right to left. @param {number} point */
  isRightToLeft(point) {
    return getComputedStyle(this.elementAt(point)).direction === "rtl";
  }

  /** @param {Node} node @param {number} offset in units, or in children @returns {number | null} */
  #pointOf(node, offset) {
    const host = node instanceof Element ? node : node.parentElement;
    const element = /** @type {HTMLElement | null} */ (host?.closest("[data-block]") ?? null);
    if (!element || !this.root.contains(element)) return this.#pointBetweenBlocks(node, offset);
    const block = this.blocks[Number(element.dataset.block)];
    const range = document.createRange();
    range.setStart(element, 0);
    range.setEnd(node, offset);
    return this.text.point(this.text.unit(block.start) + range.toString().length);
  }

  /** @param {Node} node @param {number} offset */
  #pointBetweenBlocks(node, offset) {
    if (!this.root.contains(node)) return null;
    const place = document.createRange();
    place.setStart(node, offset);
    const after = this.elements.findIndex((each) => place.comparePoint(each, 0) >= 0);
    return after < 0 ? this.text.length : this.blocks[after].start;
  }

  /** @param {number} point @param {boolean} forward into the node that follows @returns {[Node, number]} */
  #placeOf(point, forward) {
    const block = blockAt(this.blocks, forward ? point : Math.max(0, point - 1));
    if (!block) return [this.root, 0];
    const walker = document.createTreeWalker(this.elements[block.index], NodeFilter.SHOW_TEXT);
    let rest = this.text.unit(point) - this.text.unit(block.start);
    /** @type {[Node, number]} */
    let place = [this.elements[block.index], 0];
    while (walker.nextNode()) {
      const { length } = /** @type {Text} */ (walker.currentNode);
      place = [walker.currentNode, Math.min(rest, length)];
      if (forward ? rest < length : rest <= length) return place;
      rest -= length;
    }
    return place;
  }
}

/** @param {number} x @param {number} y @returns {{node: Node, offset: number} | null} */
function caretAt(x, y) {
  const modern = /** @type {any} */ (document).caretPositionFromPoint?.(x, y);
  if (modern) return { node: modern.offsetNode, offset: modern.offset };
  const older = /** @type {any} */ (document).caretRangeFromPoint?.(x, y);
  return older ? { node: older.startContainer, offset: older.startOffset } : null;
}

/** The place beside the letter under a pixel, on the side that is nearer; null where none of the node's is. @param {Text} node @param {number} x @param {number} y */
function offsetIn(node, x, y) {
  const range = document.createRange();
  const boxOf = (/** @type {{index: number, segment: string} | undefined} */ sign) => {
    if (!sign) return null;
    range.setStart(node, sign.index);
    range.setEnd(node, sign.index + sign.segment.length);
    return [...range.getClientRects()].find((box) => box.width > 0) ?? null;
  };
  const holds = (/** @type {DOMRect | null} */ box) => box !== null && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  range.selectNodeContents(node);
  if (![...range.getClientRects()].some(holds)) return null;
  const signs = [...SIGNS.segment(node.data)];
  const index = signs.findIndex((sign) => holds(boxOf(sign)));
  const box = boxOf(signs[index]);
  if (!box) return null;
  const leftwards = isLeftwards(box, boxOf(signs[index - 1]), boxOf(signs[index + 1])) ?? LEFTWARDS.test(signs[index].segment);
  const after = x > (box.left + box.right) / 2 !== leftwards;
  return signs[index].index + (after ? signs[index].segment.length : 0);
}

/** Whether a letter is written from right to left, by those beside it; nothing where none is. @param {DOMRect} box @param {DOMRect | null} before @param {DOMRect | null} after */
function isLeftwards(box, before, after) {
  const isRightOf = (/** @type {DOMRect} */ one, /** @type {DOMRect} */ other) => Math.abs(one.left - other.right) < TOUCH && Math.abs(one.top - other.top) < one.height / 2;
  if (after && (isRightOf(after, box) || isRightOf(box, after))) return isRightOf(box, after);
  if (before && (isRightOf(before, box) || isRightOf(box, before))) return isRightOf(before, box);
  return undefined;
}
