// @ts-check
/** A small menu of labels beside a selection; with many labels, found by typing. */
import { element, listen } from "./element.js";

const MANY = 10;

/** @typedef {{name: string, key: string, color: string, description: string, on?: boolean, words?: string}} Choice `words`: what it says, unless it is the name; `on`: it holds already */

/** At most one menu is open at a time. */
export class Chooser {
  constructor() {
    /** @type {HTMLElement | null} */
    this.menu = null;
    /** @type {Choice[]} */
    this.choices = [];
    this.active = 0;
    /** @type {(name: string) => void} */
    this.onChoose = () => {};
  }

  get isOpen() {
    return this.menu !== null;
  }

  /**
   * @param {{left: number, bottom: number, top: number}} place in pixels of the window
   * @param {string} title @param {Choice[]} choices
   * @param {(name: string) => void} onChoose
   * @param {{find?: boolean}} [options] `find`: offer a field to type into in any case
   */
  open(place, title, choices, onChoose, { find = choices.length > MANY } = {}) {
    this.close();
    this.all = choices;
    this.choices = choices;
    this.active = 0;
    this.onChoose = onChoose;
    this.list = element("ul", { role: "listbox", id: "chooser-list", "aria-label": title });
    this.field = element("input", {
      type: "text", placeholder: "Type to find", "aria-label": title, role: "combobox", autocomplete: "off",
      "aria-expanded": "true", "aria-controls": "chooser-list", spellcheck: "false",
    });
    this.menu = element("div", { class: "chooser", role: "dialog", "aria-label": title }, element("p", {}, title));
    if (find) this.menu.append(this.field);
    this.menu.append(this.list);
    document.body.append(this.menu);
    this.#draw();
    this.#place(place);
    this.back = find ? /** @type {HTMLElement | null} */ (document.activeElement) : null;
    if (find) this.field.focus();
    this.ends = [
      listen(this.menu, "pointerdown", (event) => event.target !== this.field && event.preventDefault()),
      listen(this.field, "input", () => this.#filter()),
      listen(this.field, "keydown", (event) => this.key(event)),
      listen(document, "pointerdown", (event) => this.menu?.contains(event.target) || this.close()),
    ];
  }

  close() {
    if (!this.menu) return;
    this.ends?.forEach((end) => end());
    const focused = this.menu.contains(document.activeElement);
    this.menu.remove();
    this.menu = null;
    if (focused) this.back?.focus({ preventScroll: true });
  }

  /** Take a key if it is for the menu; returns whether it was. @param {KeyboardEvent} event */
  key(event) {
    if (!this.menu || event.defaultPrevented) return false;
    const step = { ArrowDown: 1, ArrowUp: -1, Tab: event.shiftKey ? -1 : 1 }[event.key];
    if (step) this.#step(step);
    else if (event.key === "Enter") this.#choose(this.active);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  destroy() {
    this.close();
  }

  /** @param {number} step */
  #step(step) {
    const { length } = this.choices;
    if (length) this.active = (this.active + step + length) % length;
    this.#draw();
  }

  #filter() {
    const wanted = /** @type {HTMLInputElement} */ (this.field).value.toLowerCase();
    const rank = (/** @type {Choice} */ { name }) => name.toLowerCase().indexOf(wanted);
    this.choices = (this.all ?? []).filter((choice) => rank(choice) >= 0 || choice.key === wanted);
    this.choices.sort((a, b) => Number(rank(a) !== 0) - Number(rank(b) !== 0));
    this.active = 0;
    this.#draw();
  }

  #draw() {
    const rows = this.choices.map((choice, index) => this.#row(choice, index));
    this.list?.replaceChildren(...(rows.length ? rows : [element("li", { class: "none" }, "No label is called that.")]));
    this.list?.children[this.active]?.scrollIntoView({ block: "nearest" });
    this.field?.setAttribute("aria-activedescendant", `choice-${this.active}`);
  }

  /** @param {Choice} choice @param {number} index */
  #row({ name, key, color, description, on, words = name }, index) {
    const row = element("li", { id: `choice-${index}`, role: "option", "aria-selected": String(index === this.active), title: description, class: color });
    row.append(element("i", { class: "dot" }), element("span", {}, on ? `✓ ${words}` : words));
    if (key) row.append(element("kbd", {}, key));
    row.addEventListener("click", () => this.#choose(index));
    return row;
  }

  /** @param {number} index */
  #choose(index) {
    const choice = this.choices[index];
    if (!choice) return;
    this.close();
    this.onChoose(choice.name);
  }

  /** Below the place, or above where there is no room. @param {{left: number, bottom: number, top: number}} place */
  #place({ left, bottom, top }) {
    const menu = /** @type {HTMLElement} */ (this.menu);
    const { width, height } = menu.getBoundingClientRect();
    const x = Math.max(8, Math.min(left, innerWidth - width - 8));
    const below = bottom + 8 + height <= innerHeight;
    const y = below ? bottom + 8 : Math.max(8, top - height - 8);
    menu.style.setProperty("inset-inline-start", `${x}px`);
    menu.style.setProperty("inset-block-start", `${y}px`);
  }
}
