// @ts-check
/**
 * Draws the text with its entities: text nodes, and a mark only where an entity is.
 *
 * A block is drawn again only when an entity in it has changed. Text is set as text, never parsed.
 */
import { element } from "./element.js";
import { lanes, nest } from "./layout.js";
import { extentsOf } from "./schema.js";
import { blockAt, classesOf } from "./text.js";
import { inOrder } from "./spans.js";

const SHORT = 1000; // tokens up to which scrolling may paint the text anew
const LONG = 3000; // tokens from which blocks out of view are left unpainted
const FIRST = 8000; // code points whose entities are drawn at once; the rest follows
const SLICE = 6; // milliseconds of drawing the rest at a time
const CHARACTERS = 64; // a line has about so many
const LINE = 42; // pixels

/**
 * @typedef {import("./schema.js").Entity} Entity
 * @typedef {Entity & {follows?: boolean, followed?: boolean}} Part what is drawn of an entity: all, or one of its parts
 * @typedef {import("./layout.js").Node<Part>} Piece
 */

/** The article on the page. */
export class Article {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.root
   * @param {import("./text.js").DocumentText} parts.text
   * @param {import("./text.js").Block[]} parts.blocks
   * @param {import("./tokens.js").Tokens} parts.tokens
   * @param {import("./store.js").Store} parts.store
   * @param {import("./suggestions.js").Suggestions} parts.suggestions
   * @param {import("./palette.js").Palette} parts.palette
   * @param {string} parts.title "" for none; the first block is a heading when it says just this
   */
  constructor({ root, text, blocks, tokens, store, suggestions, palette, title }) {
    this.root = root;
    this.text = text;
    this.blocks = blocks;
    this.tokens = tokens;
    this.store = store;
    this.suggestions = suggestions;
    this.palette = palette;
    /** @type {Set<number>} blocks to be drawn again */
    this.stale = new Set();
    /** @type {Map<string, string>} classes that single entities have at the moment */
    this.decorations = new Map();
    /** @type {{start: number, end: number, index: number, off: boolean, aimed: boolean}[]} what a command would label */
    this.preview = [];
    this.showTokens = false;
    this.root.classList.toggle("moved", tokens.count > SHORT);
    this.root.classList.toggle("long", tokens.count > LONG);
    this.elements = blocks.map((block) => this.#frame(block, title));
    /** @type {Set<number>} blocks that show their text, but not yet their entities */
    this.plain = new Set();
    blocks.forEach((block) => this.#begin(block));
    root.replaceChildren(...this.elements);
    this.#goOn();
  }

  /** Have the blocks of a stretch drawn again. @param {import("./tokens.js").Span} span */
  touch({ start, end }) {
    const last = blockAt(this.blocks, Math.max(start, end - 1)).index;
    for (let index = blockAt(this.blocks, start).index; index <= last; index += 1) this.stale.add(index);
  }

  /** Have all blocks drawn again. */
  touchAll() {
    this.blocks.forEach((block) => this.stale.add(block.index));
  }

  /** Draw what was touched; returns whether anything was: what the browser had selected there is not any more. */
  draw() {
    const some = this.stale.size > 0;
    for (const index of this.stale) this.#fill(this.blocks[index]);
    this.stale.clear();
    return some;
  }

  /** Draw the entities of some blocks now, if that is still to come: keys may be faster than frames. @param {number} first @param {number} last */
  ready(first, last) {
    for (let index = first; (this.plain.size || this.stale.size) && index <= last; index += 1) {
      if (this.stale.delete(index) || this.plain.has(index)) this.#fill(this.blocks[index]);
    }
  }

  /** Give entities classes until told others. @param {Map<string, string>} decorations by id */
  decorate(decorations) {
    for (const [id, names] of this.decorations) {
      if (decorations.get(id) !== names) this.marks(id).forEach((mark) => mark.classList.remove(...names.split(" ")));
    }
    for (const [id, names] of decorations) {
      if (this.decorations.get(id) !== names) this.marks(id).forEach((mark) => mark.classList.add(...names.split(" ")));
    }
    this.decorations = decorations;
  }

  /** The marks of an entity or suggestion, in the order of the text. @param {string} id @returns {HTMLElement[]} */
  marks(id) {
    const span = this.store.entity(id) ?? /** @type {Entity | undefined} */ (this.suggestions.byId.get(id));
    if (!span || !("start" in span) || !this.blocks.length) return [];
    const first = blockAt(this.blocks, span.start).index;
    const last = blockAt(this.blocks, Math.max(span.start, span.end - 1)).index;
    this.ready(first, last);
    const selector = `[data-id="${CSS.escape(id)}"]`;
    return this.elements.slice(first, last + 1).flatMap((each) => [.../** @type {NodeListOf<HTMLElement>} */ (each.querySelectorAll(selector))]);
  }

  /** The blocks between two heights of the window: the first, and the one after the last. @param {number} top @param {number} bottom @returns {[number, number]} */
  between(top, bottom) {
    const { elements } = this;
    const first = firstIndex(elements.length, (index) => elements[index].getBoundingClientRect().bottom > top);
    return [first, firstIndex(elements.length, (index) => elements[index].getBoundingClientRect().top >= bottom)];
  }

  destroy() {
    clearTimeout(this.timer);
    this.root.replaceChildren();
  }

  /** Show a block; entities far down follow when the page is up. @param {import("./text.js").Block} block */
  #begin(block) {
    if (block.start < FIRST) return this.#fill(block);
    this.elements[block.index].append(this.text.slice(block.start, block.body), ...this.#breaks(block));
    this.plain.add(block.index);
  }

  /** Draw the rest a little at a time, so that nobody waits for it. */
  #goOn() {
    if (!this.plain.size) return;
    this.timer = setTimeout(() => {
      const end = performance.now() + SLICE;
      for (const index of this.plain) {
        this.#fill(this.blocks[index]);
        if (performance.now() > end) break;
      }
      this.#goOn();
    }, SLICE);
  }

  /** @param {import("./text.js").Block} block */
  #breaks({ body, end }) {
    return end > body ? [element("span", { class: "break" }, this.text.slice(body, end))] : [];
  }

  /** @param {import("./text.js").Block} block @param {string} title */
  #frame(block, title) {
    const names = classesOf(this.text, block, title);
    const made = element("p", { class: names.join(" "), dir: "auto", "data-block": block.index });
    const height = Math.max(1, Math.ceil((block.end - block.start) / CHARACTERS)) * LINE;
    made.style.setProperty("contain-intrinsic-block-size", `auto ${names.includes("empty") ? 0 : height}px`);
    return made;
  }

  /** @param {import("./text.js").Block} block */
  #fill(block) {
    const labeled = this.store.entities.overlapping(block.start, block.end).flatMap(partsOf);
    const proposed = this.suggestions.openEntities.overlapping(block.start, block.end).flatMap(partsOf);
    const previews = this.#previews(block);
    const borders = this.showTokens ? this.#tokenSpans(block) : [];
    const spans = [...labeled, ...proposed, ...previews, ...borders].sort(inOrder);
    const lane = lanes(spans.filter((span) => span.label));
    const tree = nest(spans, block.start, block.body, block.end);
    this.elements[block.index].replaceChildren(...tree.map((piece) => this.#node(piece, lane)), ...this.#breaks(block));
    this.plain.delete(block.index);
  }

  /** @param {import("./text.js").Block} block */
  #previews(block) {
    const inside = this.preview.filter((span) => span.start < block.end && span.end > block.start);
    return inside.map((span) => ({ id: `preview ${span.index}`, label: "", ...span }));
  }

  /** @param {import("./text.js").Block} block */
  #tokenSpans(block) {
    const spans = [];
    for (let index = this.tokens.firstEndingAfter(block.start); index < this.tokens.count; index += 1) {
      if (this.tokens.starts[index] >= block.body) break;
      spans.push({ id: "token", label: "", ...this.tokens.span(index) });
    }
    return spans;
  }

  /** @param {Piece} piece @param {Map<Part, number>} lane @returns {Node} */
  #node(piece, lane) {
    const { span } = piece;
    if (!span) return document.createTextNode(this.text.slice(piece.start, piece.end));
    const children = piece.children.map((child) => this.#node(child, lane));
    if (span.id === "token") return element("span", { class: "token" }, ...children);
    if (!span.label) return this.#offer(/** @type {any} */ (span), children);
    return this.#mark(piece, span, lane.get(span) ?? 0, children);
  }

  /** @param {{index: number, off: boolean, aimed: boolean}} offered @param {Node[]} children */
  #offer({ index, off, aimed }, children) {
    const names = ["preview", off && "off", aimed && "aimed"].filter(Boolean).join(" ");
    return element("span", { class: names, "data-index": index }, ...children);
  }

  /** @param {Piece} piece @param {Part} span @param {number} lane @param {Node[]} children */
  #mark(piece, span, lane, children) {
    const mark = document.createElement("mark");
    mark.className = this.#classes(piece, span);
    mark.dataset.id = span.id;
    mark.append(...children);
    if (piece.last && !span.followed) mark.append(this.#tag(span));
    if (lane) mark.style.setProperty("--lane", String(lane));
    return mark;
  }

  /** @param {Piece} piece @param {Part} span */
  #classes(piece, span) {
    const names = [this.palette.of(span.label)];
    if (!this.store.items.has(span.id)) names.push("suggestion");
    else if (!this.tokens.fits(span)) names.push("misfit");
    if (span.followed) names.push("followed");
    if (span.follows) names.push("follows");
    if (!piece.first) names.push("cut-start");
    if (!piece.last) names.push("cut-end");
    const own = this.decorations.get(span.id);
    if (own) names.push(own);
    return names.join(" ");
  }

  /** The label behind an entity, drawn by the style sheet so that it is no part of the text. @param {Entity} span */
  #tag(span) {
    const tag = document.createElement("span");
    tag.className = "tag";
    const score = span.origin?.score;
    const open = !this.store.items.has(span.id);
    tag.dataset.label = open && score !== undefined ? `${span.label} ${Math.round(100 * score)}%` : span.label;
    return tag;
  }
}

/** The stretches of an entity that are marked; the label stands behind the last. @param {Entity} entity @returns {Part[]} */
function partsOf(entity) {
  if (!entity.parts) return [entity];
  const last = entity.parts.length - 1;
  return extentsOf(entity).map(([start, end], index) => ({ ...entity, start, end, follows: index > 0, followed: index < last }));
}

/** The first index for which a test holds that holds for all that follow. @param {number} length @param {(index: number) => boolean} test */
function firstIndex(length, test) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
