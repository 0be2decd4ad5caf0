// @ts-check
/** The passage around a question, as gold and as each annotator has it. */
import { element } from "./element.js";
import { nest } from "./layout.js";
import { inOrder } from "./spans.js";

/**
 * @typedef {{id: string, start: number, end: number, label: string}} Entity
 * @typedef {{id: string, head: string, tail: string, label: string}} Relation
 * @typedef {{annotator: string, entities: Entity[], relations: Relation[]}} Layer
 * @typedef {{start: number, end: number}} Span
 */

/**
 * A stretch of a block: `full` is where the block ends, its line breaks included.
 * @typedef {{start: number, end: number, full: number, index: number}} Piece
 */

/** The spans that a question is about. @param {any} question @returns {Span[]} */
export function spansOf(question) {
  return question.versions.flatMap((/** @type {any} */ version) =>
    "start" in version ? [version] : [version.head, version.tail].filter(Boolean)); // a category is about no words
}

/** Gold with what was decided and is still on its way to the server. @param {Layer} gold @param {any[]} questions @returns {Layer} */
function decided(gold, questions) {
  const sent = questions.filter(({ about, pending, state }) => about === "entity" && pending && state === "settled");
  const held = new Set(sent.map((question) => question.held));
  const taken = sent.flatMap(({ id, versions, decided: { answer } }) =>
    versions.filter((/** @type {any} */ version) => version.answer === answer).map((/** @type {any} */ version) => ({ ...version, id: `+ ${id}` })));
  return { ...gold, entities: [...gold.entities.filter(({ id }) => !held.has(id)), ...taken] };
}

const AROUND = 100; // code points shown before and after what a question is about
const WHOLE = 260; // code points of a paragraph that is shown as a whole

/** Draws passages. */
export class Passages {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.root
   * @param {import("./text.js").DocumentText} parts.text
   * @param {import("./text.js").Block[]} parts.blocks
   * @param {import("./tokens.js").Tokens} parts.tokens
   * @param {import("./palette.js").Palette} parts.palette
   * @param {Layer[]} parts.layers those of the annotators
   * @param {string} parts.language
   */
  constructor({ root, text, blocks, tokens, palette, layers, language }) {
    this.root = root;
    this.text = text;
    this.blocks = blocks;
    this.tokens = tokens;
    this.palette = palette;
    this.layers = layers;
    root.lang = language;
  }

  /**
   * Show what gold and everybody have around a question; the whole text where there is none.
   * @param {Layer} gold @param {any[]} questions @param {any} current
   */
  draw(gold, questions, current) {
    const pieces = this.#piecesOf(current);
    const open = questions.filter((each) => each.about === "entity" && each.state === "open");
    const gaps = open.map((each) => ({ ...each.versions[0], id: `? ${each.id}`, label: "?", gap: true, on: each === current }));
    const panes = [this.#pane("Gold · what will be exported", decided(gold, questions), pieces, current, gaps)];
    if (current) panes.push(...this.layers.map((layer) => this.#pane(layer.annotator, layer, pieces, current, [])));
    this.root.replaceChildren(...panes);
    this.root.querySelector(".open")?.scrollIntoView({ block: "nearest" });
  }

  /** What to show of the text: paragraphs, or of a long one what is around the question. @param {any} question @returns {Piece[]} */
  #piecesOf(question) {
    const whole = this.blocks.map(({ start, body, end, index }) => ({ start, end: body, full: end, index }));
    if (!question) return whole;
    const spans = spansOf(question);
    if (!spans.length) return whole;
    return whole.flatMap((piece) => {
      const inside = spans.filter((span) => span.start < piece.full && span.end > piece.start);
      return inside.length ? this.#around(piece, inside) : [];
    });
  }

  /** @param {Piece} piece @param {Span[]} spans @returns {Piece[]} */
  #around(piece, spans) {
    if (piece.end - piece.start <= WHOLE) return [piece];
    /** @type {Piece[]} */
    const found = [];
    for (const span of [...spans].sort((a, b) => a.start - b.start)) {
      const start = this.#border(Math.max(piece.start, span.start - AROUND), piece);
      const end = this.#border(Math.min(piece.end, span.end + AROUND), piece);
      const last = found.at(-1);
      if (last && start <= last.end) last.end = Math.max(last.end, end);
      else found.push({ ...piece, start, end: Math.max(end, span.end) });
    }
    return found;
  }

  /** The border of a word near a point. @param {number} point @param {Piece} piece */
  #border(point, piece) {
    if (point <= piece.start || point >= piece.end) return point;
    const token = this.tokens.firstEndingAfter(point);
    return token < this.tokens.count ? Math.min(this.tokens.starts[token], piece.end) : piece.end;
  }

  /** @param {string} title @param {Layer} layer @param {Piece[]} pieces @param {any} current @param {any[]} gaps */
  #pane(title, layer, pieces, current, gaps) {
    const isGold = title !== layer.annotator || gaps.length > 0;
    const about = current ? spansOf(current) : [];
    const isOpen = (/** @type {any} */ span) => span.on ?? (!span.gap && about.some((each) => each.start < span.end && span.start < each.end && this.#meant(span, current)));
    const spans = [...layer.entities, ...gaps].sort(inOrder);
    const lines = pieces.flatMap((piece, place) => {
      const far = place > 0 && pieces[place - 1].index + 1 < piece.index;
      const line = element("p", { dir: "auto" }, ...this.#line(piece, spans, isOpen));
      return far ? [element("p", { class: "far" }, "…"), line] : [line];
    });
    const links = current?.about === "relation" ? [this.#links(layer, current)] : [];
    return element("section", { class: isGold ? "layer gold" : "layer", "aria-label": title }, element("h2", {}, title), ...lines, ...links);
  }

  /** Whether an entity is a version of the question, or an end of one. @param {any} span @param {any} current */
  #meant(span, current) {
    if (span.id === current.held) return true;
    return spansOf(current).some((each) => each.start === span.start && each.end === span.end && /** @type {any} */ (each).label === span.label);
  }

  /** @param {Piece} piece @param {any[]} spans @param {(span: any) => boolean} isOpen */
  #line({ start, end, full, index }, spans, isOpen) {
    const inside = spans.filter((span) => span.start < end && span.end > start);
    const whole = this.blocks[index].body === end ? full : end;
    const nodes = nest(inside, start, end, whole).map((node) => this.#node(node, isOpen));
    const cut = (/** @type {boolean} */ is) => (is ? [element("span", { class: "cut" }, "… ")] : []);
    return [...cut(start > this.blocks[index].start), ...nodes, ...cut(whole === end)];
  }

  /** @param {any} piece @param {(span: any) => boolean} isOpen @returns {Node} */
  #node(piece, isOpen) {
    const { span } = piece;
    if (!span) return document.createTextNode(this.text.slice(piece.start, piece.end));
    const names = [span.gap ? "gap" : this.palette.of(span.label), isOpen(span) && "open"].filter(Boolean).join(" ");
    const children = piece.children.map((/** @type {any} */ child) => this.#node(child, isOpen));
    const tag = piece.last ? [element("span", { class: "tag", "data-label": span.label })] : [];
    return element("mark", { class: names }, ...children, ...tag);
  }

  /** The relations of a layer between the places that a question is about. @param {Layer} layer @param {any} current */
  #links(layer, current) {
    const ends = spansOf(current);
    const entities = new Map(layer.entities.map((entity) => [entity.id, entity]));
    const near = (/** @type {Entity | undefined} */ entity) => entity && ends.some((end) => end.start < entity.end && entity.start < end.end);
    const found = layer.relations.filter(({ head, tail }) => near(entities.get(head)) && near(entities.get(tail)));
    const words = (/** @type {string} */ id) => {
      const entity = /** @type {Entity} */ (entities.get(id));
      return this.text.slice(entity.start, entity.end);
    };
    const said = found.map(({ head, tail, label }) => element("span", { class: "link" }, words(head), element("b", {}, ` —${label}→ `), words(tail)));
    return element("div", { class: "links" }, ...(said.length ? said : [element("span", { class: "none" }, "No relation here")]));
  }
}
