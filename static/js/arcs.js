// @ts-check
/**
 * Draws relations as arcs above the lines, for what is in view only.
 *
 * Ends on one line are joined above it. Other arcs run through the margin, so that no line of text
 * is crossed; one whose other end is out of view stops there with a stub that leads to it.
 */
import { listen, svg } from "./element.js";
import { levels } from "./layout.js";
import { arrow, bracket, detour, pill, widthOf } from "./shapes.js";

const LEVEL = 13; // pixels between two arcs above a line
const RISE = 6.5; // pixels from a mark to the lowest arc
const LANE = 6; // pixels between two arcs in the margin
const MOST = 20; // characters of the words at an end out of view
const CROWD = 8; // levels above a line; arcs beyond share the highest, without their labels
const SAME_LINE = 10; // pixels that marks of one line may differ by

/**
 * @typedef {import("./schema.js").Relation} Relation
 * @typedef {{x: number, top: number, line: number, block: number}} Anchor a place above a mark
 * @typedef {{relation: Relation, open: boolean, head: Anchor | null, tail: Anchor | null,
 *   down: boolean}} Link `down` tells whether the missing end lies below
 * @typedef {{link: Link, line: number, block: number, left: number, right: number, level: number,
 *   crowded: boolean, from: number, to: number}} Run a piece of an arc above one line
 */

/** The arcs of one article. */
export class Arcs {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.paper the positioned element that holds the article
   * @param {HTMLElement} parts.viewport what scrolls
   * @param {import("./render.js").Article} parts.article
   * @param {import("./store.js").Store} parts.store
   * @param {import("./suggestions.js").Suggestions} parts.suggestions
   * @param {(id: string) => void} parts.onPick a relation was clicked
   * @param {(entity: string) => void} parts.onJump a stub was clicked
   * @param {(id: string | null) => void} parts.onHover
   * @param {() => void} parts.onRelease an arc that was pressed is let go: what was put off can be drawn
   */
  constructor(parts) {
    this.paper = parts.paper;
    this.viewport = parts.viewport;
    this.article = parts.article;
    this.store = parts.store;
    this.suggestions = parts.suggestions;
    this.parts = parts;
    this.layer = svg("svg", { class: "arcs", "aria-hidden": "true" });
    this.rubber = svg("path", { class: "rubber" });
    this.paper.append(this.layer);
    /** @type {Set<string>} relation labels left out */
    this.hidden = new Set();
    this.layer.addEventListener("click", (event) => this.#click(event));
    this.layer.addEventListener("pointerover", (event) => this.#hover(event));
    this.layer.addEventListener("pointerout", () => parts.onHover(null));
    this.layer.addEventListener("pointerdown", () => (this.pressed = true));
    this.ends = ["pointerup", "pointercancel"].map((sign) => listen(window, sign, () => this.#release()));
  }

  /**
   * Find out where the arcs in view lie; returns what draws them. Measuring and drawing are apart so
   * that the browser lays the page out once.
   * @param {Set<string>} strong ids of relations to be set off @returns {() => void}
   */
  measure(strong) {
    this.origin = this.paper.getBoundingClientRect();
    this.window = this.viewport.getBoundingClientRect();
    this.inset = this.article.root.getBoundingClientRect().left - this.origin.left;
    let runs = this.#layOut();
    if (this.#makeRoom(runs)) {
      this.origin = this.paper.getBoundingClientRect();
      runs = this.#layOut();
    }
    const arcs = this.#arcs(runs);
    arcs.sort((a, b) => Number(strong.has(a.id)) - Number(strong.has(b.id)));
    return () => {
      if (this.pressed) return; // what is replaced between press and release gets no click
      const drawn = arcs.map((arc) => arc.draw(strong.has(arc.id)));
      // Words lie above all lines, so that none crosses them.
      this.layer.replaceChildren(...drawn.map(({ lines }) => lines), ...drawn.map(({ words }) => words), this.rubber);
      this.layer.classList.toggle("some-strong", strong.size > 0);
    };
  }

  /** Show a line from an entity to the pointer; null takes it away. @param {{from: DOMRect, x: number, y: number} | null} line */
  stretch(line) {
    this.layer.append(this.rubber);
    if (!line) return this.rubber.removeAttribute("d");
    const { left, top } = this.paper.getBoundingClientRect();
    const [x1, y1] = [line.from.left + line.from.width / 2 - left, line.from.top - top];
    const [x2, y2] = [line.x - left, line.y - top];
    this.rubber.setAttribute("d", `M${x1} ${y1} C${x1} ${y1 - 30} ${x2} ${y2 - 40} ${x2} ${y2}`);
  }

  /** Where the label of an arc is, in pixels of the window; nothing where none is drawn. @param {string} id */
  pillOf(id) {
    return this.layer.querySelector(`.pill[data-id="${CSS.escape(id)}"]`)?.getBoundingClientRect();
  }

  destroy() {
    this.ends.forEach((end) => end());
    this.layer.remove();
  }

  #release() {
    if (!this.pressed) return;
    this.pressed = false;
    this.parts.onRelease();
  }

  // ---- layout

  /** @returns {Run[]} */
  #layOut() {
    /** @type {Map<string, Anchor | null>} */
    this.anchors = new Map();
    const links = this.#links();
    assignLines([...this.anchors.values()], links);
    this.#spread(links);
    const runs = links.flatMap((link) => this.#runs(link));
    for (const line of grouped(runs, (run) => run.line).values()) {
      levels(line).forEach((level, index) => {
        line[index].level = Math.min(level, CROWD);
        line[index].crowded = level > CROWD;
      });
    }
    return runs;
  }

  /** Relations with an end in view. @returns {Link[]} */
  #links() {
    const [from, to] = this.#range();
    return this.#relations(from, to).flatMap(([relation, open]) => {
      const [head, tail] = [this.suggestions.end(relation.head), this.suggestions.end(relation.tail)];
      if (!head || !tail || this.hidden.has(relation.label)) return [];
      const anchors = { head: this.#anchor(head, from, to), tail: this.#anchor(tail, from, to) };
      if (!anchors.head && !anchors.tail) return [];
      const down = (anchors.head ? tail : head).start > (anchors.head ? head : tail).start;
      return [{ relation, open, ...anchors, down }];
    });
  }

  /** Relations of the entities in a stretch, and all that are suggested. @param {number} from @param {number} to @returns {[Relation, boolean][]} */
  #relations(from, to) {
    const { store, suggestions } = this;
    const drawn = store.entities.overlapping(from, to).flatMap(({ id }) => store.relationsOf(id));
    const open = suggestions.openRelations.map(({ head, tail, ...rest }) => ({
      ...rest, head: suggestions.resolve(head), tail: suggestions.resolve(tail),
    }));
    return [
      ...[...new Set(drawn)].map((relation) => /** @type {[Relation, boolean]} */ ([relation, false])),
      ...open.map((relation) => /** @type {[Relation, boolean]} */ ([relation, true])),
    ];
  }

  /** The code points in view, by blocks. @returns {[number, number]} */
  #range() {
    const { blocks } = this.article;
    const { top, bottom } = /** @type {DOMRect} */ (this.window);
    const [first, last] = this.article.between(top, bottom);
    this.article.ready(first, last - 1);
    return [blocks[first]?.start ?? 0, blocks[last - 1]?.end ?? 0];
  }

  /** Where arcs leave an entity; null when it is out of view. @param {import("./schema.js").Entity} entity @param {number} from @param {number} to @returns {Anchor | null} */
  #anchor(entity, from, to) {
    if (entity.end <= from || entity.start >= to) return null;
    const known = this.anchors?.get(entity.id);
    if (known !== undefined) return known && { ...known };
    const mark = this.article.marks(entity.id)[0];
    const box = mark?.getClientRects()[0];
    const { top, bottom } = /** @type {DOMRect} */ (this.window);
    const visible = box && box.bottom > top && box.top < bottom;
    const anchor = visible ? this.#anchorOf(box, mark) : null;
    this.anchors?.set(entity.id, anchor);
    return anchor && { ...anchor };
  }

  /** @param {DOMRect} box @param {HTMLElement} mark @returns {Anchor} */
  #anchorOf(box, mark) {
    const { left, top } = /** @type {DOMRect} */ (this.origin);
    const block = Number(/** @type {HTMLElement} */ (mark.closest("[data-block]")).dataset.block);
    const y = box.top - top;
    return { x: box.left + box.width / 2 - left, top: y, line: 0, block };
  }

  /** Keep the arcs of one entity apart. @param {Link[]} links */
  #spread(links) {
    /** @type {Map<string, {anchor: Anchor, other: number}[]>} */
    const ends = new Map();
    const add = (/** @type {string} */ id, /** @type {Anchor | null} */ anchor, /** @type {Anchor | null} */ other) => {
      if (!anchor) return;
      if (!ends.has(id)) ends.set(id, []);
      ends.get(id)?.push({ anchor, other: other && other.line === anchor.line ? other.x : 0 });
    };
    for (const { relation, head, tail } of links) {
      add(relation.head, head, tail);
      add(relation.tail, tail, head);
    }
    for (const group of ends.values()) {
      group.sort((a, b) => a.other - b.other);
      group.forEach(({ anchor }, index) => (anchor.x += (index - (group.length - 1) / 2) * 8));
    }
  }

  /** @param {Link} link @returns {Run[]} */
  #runs(link) {
    const { head, tail } = link;
    const need = widthOf(this.#words(link)) + 12;
    if (head && tail && head.line === tail.line) return [run(link, head, head.x, tail.x, need)];
    const margin = this.#margin(head, tail);
    const runs = [];
    if (head) runs.push(run(link, head, head.x, margin, need));
    if (tail) runs.push(run(link, tail, margin, tail.x, head ? 0 : need));
    return runs;
  }

  /** The side that an arc takes between lines: the nearer one. @param {Anchor | null} head @param {Anchor | null} tail */
  #margin(head, tail) {
    const { width } = /** @type {DOMRect} */ (this.origin);
    const xs = [head, tail].flatMap((end) => (end ? [end.x] : []));
    return xs.reduce((sum, x) => sum + x, 0) / xs.length < width / 2 ? 0 : width;
  }

  /** Raise the lines of blocks that have many arcs; returns whether any was changed. @param {Run[]} runs */
  #makeRoom(runs) {
    let changed = false;
    for (const [block, group] of grouped(runs, (each) => each.block)) {
      const most = Math.max(...group.map((each) => each.level));
      const element = this.article.elements[block];
      if (Number(element.dataset.levels ?? 0) >= most) continue;
      element.dataset.levels = String(most);
      element.style.setProperty("--levels", String(most));
      changed = true;
    }
    return changed;
  }

  // ---- drawing

  /** @param {Run[]} runs */
  #arcs(runs) {
    const byLink = grouped(runs, (each) => each.link);
    const crossing = [...byLink].filter(([link, own]) => own.length > 1 || !link.head || !link.tail);
    const lanes = this.#lanes(crossing.map(([link]) => link));
    return [...byLink].map(([link, own]) => ({
      id: link.relation.id,
      draw: (/** @type {boolean} */ strong) => this.#arc(link, own, lanes.get(link) ?? 0, strong),
    }));
  }

  /** A lane in the margin for each arc that runs through it. @param {Link[]} links @returns {Map<Link, number>} */
  #lanes(links) {
    const lanes = new Map();
    for (const side of grouped(links, (link) => this.#margin(link.head, link.tail)).values()) {
      const heights = side.map(({ head, tail, down }) => {
        const [a, b] = [head ?? tail, tail ?? head].map((end) => /** @type {Anchor} */ (end).top);
        const stub = head && tail ? 0 : down ? 30 : -30;
        return { left: Math.min(a, b, a + stub), right: Math.max(a, b, a + stub) + 1 };
      });
      levels(heights).forEach((lane, index) => lanes.set(side[index], lane));
    }
    return lanes;
  }

  /** @param {Link} link @param {Run[]} runs @param {number} lane @param {boolean} strong */
  #arc(link, runs, lane, strong) {
    const { relation, head, tail } = link;
    const words = this.#words(link);
    const kind = this.store.scheme.relation(relation.label);
    const height = (/** @type {Anchor} */ end, /** @type {Run} */ own) => end.top - RISE - LEVEL * own.level;
    const [first] = runs;
    let path;
    let middle;
    if (head && tail && runs.length === 1) {
      const y = height(head, first);
      path = bracket(head, tail, y);
      middle = { x: (head.x + tail.x) / 2, y };
    } else if (head && tail) {
      path = detour(head, tail, height(head, runs[0]), height(tail, runs[1]), this.#column(link, lane));
      middle = { x: this.#beside(head, this.#column(link, lane), words), y: height(head, runs[0]) };
    } else {
      const end = /** @type {Anchor} */ (head ?? tail);
      const y = height(end, first);
      const x = this.#column(link, lane);
      path = `M${end.x} ${end.top} V${y} H${x} v${link.down ? 18 : -12}`;
      middle = { x: this.#beside(end, x, words), y };
    }
    const crowded = runs.some((each) => each.crowded);
    const classes = [strong && "strong", link.open && "open", crowded && "crowded"].filter(Boolean).join(" ");
    const lines = svg("g", { class: `arc ${classes}`, "data-id": relation.id });
    lines.append(svg("path", { class: "hit", d: path }), svg("path", { class: "line", d: path }));
    if (tail) lines.append(arrow(tail.x, tail.top));
    if (head && kind?.symmetric) lines.append(arrow(head.x, head.top));
    const jump = head && tail ? "" : head ? relation.tail : relation.head;
    const label = pill(words, middle.x, middle.y, { class: `pill ${classes}`, "data-id": relation.id, ...(jump && { "data-jump": jump }) });
    return { lines, words: label };
  }

  /** Where in the margin an arc runs. @param {Link} link @param {number} lane */
  #column({ head, tail }, lane) {
    const side = this.#margin(head, tail);
    const beside = Number(this.inset) - 4 - LANE * (lane % 5); // from the edge of the paper, where no text is
    return side === 0 ? beside : side - beside;
  }

  /** @param {Anchor} end @param {number} column @param {string} words */
  #beside(end, column, words) {
    const half = widthOf(words) / 2 + 4;
    return column < end.x ? Math.max(column + half, end.x - half) : Math.min(column - half, end.x + half);
  }

  /** What an arc is labeled with: where it leaves the view, where it leads to as well. @param {Link} link */
  #words({ relation, head, tail, down }) {
    if (head && tail) return relation.label;
    const end = this.suggestions.end(head ? relation.tail : relation.head);
    const words = end ? this.article.text.slice(end.start, Math.min(end.end, end.start + MOST)) : "";
    return `${relation.label} ${down ? "↓" : "↑"} ${words.replace(/\s+/g, " ")}`;
  }

  // ---- mouse

  /** @param {Event} event */
  #click(event) {
    const target = /** @type {Element} */ (event.target);
    const jump = target.closest("[data-jump]");
    const arc = target.closest("[data-id]");
    if (jump) this.parts.onJump(/** @type {HTMLElement} */ (jump).dataset.jump ?? "");
    else if (arc) this.parts.onPick(/** @type {HTMLElement} */ (arc).dataset.id ?? "");
  }

  /** @param {Event} event */
  #hover(event) {
    const arc = /** @type {Element} */ (event.target).closest("[data-id]");
    this.parts.onHover(/** @type {HTMLElement | null} */ (arc)?.dataset.id ?? null);
  }
}

/** Number the lines that ends of links lie on, from the top. @param {(Anchor | null)[]} anchors @param {Link[]} links */
function assignLines(anchors, links) {
  const tops = anchors.flatMap((anchor) => (anchor ? [anchor.top] : [])).sort((a, b) => a - b);
  const starts = tops.filter((top, index) => index === 0 || top - tops[index - 1] > SAME_LINE);
  for (const { head, tail } of links) {
    for (const end of [head, tail]) if (end) end.line = starts.findLastIndex((top) => top <= end.top);
  }
}

/** @param {Link} link @param {Anchor} anchor @param {number} from @param {number} to @param {number} need @returns {Run} */
function run(link, anchor, from, to, need) {
  const middle = (from + to) / 2;
  const half = Math.max(Math.abs(to - from), need) / 2 + 3;
  return { link, line: anchor.line, block: anchor.block, left: middle - half, right: middle + half, level: 0, crowded: false, from, to };
}

/**
 * @template T, K
 * @param {T[]} items @param {(item: T) => K} keyOf @returns {Map<K, T[]>}
 */
function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return groups;
}
