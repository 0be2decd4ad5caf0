// @ts-check
/** A list of any length that draws only the rows in view; one stop of the Tab key, arrows inside. */
import { element, listen } from "./element.js";

const ROW = 30; // pixels
const SPARE = 8; // rows drawn beyond the edges

/** @typedef {{id: string, heading: boolean, draw: () => HTMLElement}} Row */

/** Rows of one height, some of them headings. */
export class List {
  /**
   * @param {string} name for those who do not see it
   * @param {(id: string) => void} onPick
   * @param {(id: string | null) => void} onHover
   * @param {() => void} onLeave Enter goes from the list to the text
   */
  constructor(name, onPick, onHover, onLeave) {
    this.onPick = onPick;
    this.onLeave = onLeave;
    /** @type {Row[]} */
    this.rows = [];
    /** @type {string | null} */
    this.current = null;
    /** @type {string | null} */
    this.lit = null;
    this.inner = element("div", { class: "rows", role: "presentation" });
    this.root = element("div", { class: "list", role: "listbox", tabindex: 0, "aria-label": name }, this.inner);
    this.top = 0;
    this.height = 0;
    this.ends = [
      listen(this.root, "scroll", () => { this.top = this.root.scrollTop; this.draw(); }, { passive: true }),
      listen(this.root, "click", (event) => this.#click(event)),
      listen(this.root, "keydown", (event) => this.#key(event)),
      listen(this.root, "pointerover", (event) => onHover(idOf(event))),
      listen(this.root, "pointerleave", () => onHover(null)),
    ];
    this.observer = new ResizeObserver(([entry]) => { this.height = entry.contentRect.height; this.draw(); });
    this.observer.observe(this.root);
  }

  /** @param {Row[]} rows @param {string | null} current @param {string | null} [lit] pointed at in the text */
  show(rows, current, lit = this.lit) {
    const [others, moved] = [rows !== this.rows, current !== this.current];
    const pointed = lit !== this.lit;
    this.rows = rows;
    this.current = current;
    this.lit = lit;
    if (others) this.inner.style.setProperty("block-size", `${rows.length * ROW}px`);
    if (moved && current) this.#reveal();
    if (others) this.draw();
    else if (moved || pointed) this.#select();
  }

  /** Show the first rows: what is taken out of the page has lost its place, and tells nobody. */
  rewind() {
    if (this.top) this.root.scrollTop = 0; // only then: it has the whole page laid out
    this.top = 0;
  }

  /** Draw the rows in view. */
  draw() {
    const first = Math.max(0, Math.floor(this.top / ROW) - SPARE);
    const last = Math.min(this.rows.length, first + Math.ceil(this.height / ROW) + 2 * SPARE);
    this.inner.replaceChildren(...this.rows.slice(first, last).map((row, index) => this.#row(row, first + index)));
    this.#select();
  }

  destroy() {
    this.observer.disconnect();
    this.ends.forEach((end) => end());
    this.root.remove();
  }

  /** @param {Row} row @param {number} index */
  #row(row, index) {
    const made = row.draw();
    made.style.setProperty("inset-block-start", `${index * ROW}px`);
    if (row.heading) return made;
    made.id = `row-${row.id}`;
    made.dataset.row = row.id;
    made.setAttribute("role", "option");
    return made;
  }

  #select() {
    this.root.removeAttribute("aria-activedescendant");
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (this.inner.querySelectorAll("[data-row]"))) {
      const chosen = row.dataset.row === this.current;
      row.setAttribute("aria-selected", String(chosen));
      row.classList.toggle("lit", row.dataset.row === this.lit);
      if (chosen) this.root.setAttribute("aria-activedescendant", row.id);
    }
  }

  #reveal() {
    const index = this.rows.findIndex((row) => row.id === this.current);
    if (index < 0) return;
    const from = index * ROW;
    if (from < this.top) this.root.scrollTop = from - ROW;
    else if (from + 2 * ROW > this.top + this.height) this.root.scrollTop = from + 2 * ROW - this.height;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const id = idOf(event);
    if (id && !(/** @type {Element} */ (event.target).closest("button"))) this.onPick(id);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Enter") this.onLeave();
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || event.target !== this.root || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = this.rows.filter((row) => !row.heading);
    if (!rows.length) return;
    const here = rows.findIndex((row) => row.id === this.current);
    const next = Math.min(rows.length - 1, Math.max(0, here + step));
    event.preventDefault();
    event.stopPropagation();
    this.show(this.rows, rows[next].id); // the next key may come before the next frame
    this.onPick(rows[next].id);
  }
}

/** @param {Event} event */
function idOf(event) {
  const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-row]"));
  return row?.dataset.row ?? null;
}
