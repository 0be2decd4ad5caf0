// @ts-check
/** The focused annotation: what can be done with it, its parts, and its attributes, to be written. */
import { element, listen } from "./element.js";
import { extentsOf, isEntity } from "./schema.js";
import { valueOf } from "./refining.js";

const ENTITY = [["choose", "Label"], ["relate", "Relate"], ["propagate", "Others"]];
const RELATION = [["choose", "Label"], ["reverse", "Turn round"]];

/**
 * @typedef {import("./schema.js").Entity} Entity
 * @typedef {import("./schema.js").Relation} Relation
 */

/** A small form below the lists; it is there only while something labeled is focused. */
export class Details {
  /**
   * @param {object} parts
   * @param {import("./refining.js").Refining} parts.refining
   * @param {import("./wording.js").Wording} parts.wording
   * @param {import("./keymap.js").Keymap} parts.keymap
   * @param {(words: string) => void} parts.say
   * @param {() => void} parts.onLeave goes to the text
   */
  constructor({ refining, wording, keymap, say, onLeave }) {
    this.refining = refining;
    this.wording = wording;
    this.keymap = keymap;
    this.say = say;
    this.onLeave = onLeave;
    /** @type {Entity | Relation | undefined} */
    this.item = undefined;
    this.adding = false;
    this.root = element("section", { class: "details", "aria-label": "What is focused", hidden: true });
    this.ends = [
      listen(this.root, "change", (event) => this.#commit(event.target)),
      listen(this.root, "focusout", () => requestAnimationFrame(() => this.draw())),
      listen(this.root, "keydown", (event) => this.#key(event)),
      listen(this.root, "click", (event) => this.#click(event.target.closest("button"))),
    ];
  }

  /** Show what the focused annotation has; a field that is being written in is left alone. */
  draw() {
    const item = this.refining.qualified;
    if (item === this.item || (item?.id === this.item?.id && this.#isWriting())) return;
    if (item?.id !== this.item?.id) this.adding = false;
    this.item = item;
    this.#draw();
  }

  /** Go to the first attribute that can be written, or begin one. @param {boolean} [another] begin one in any case */
  edit(another = false) {
    this.draw();
    if (!this.item) return this.say("Go to an entity or a relation first.");
    if (another || !this.root.querySelector("input[data-value]")) return this.#add();
    this.#go("input[data-value]");
  }

  destroy() {
    this.ends.forEach((end) => end());
    this.root.remove();
  }

  #isWriting() {
    return document.activeElement instanceof HTMLInputElement && this.root.contains(document.activeElement);
  }

  #draw() {
    const { item } = this;
    const focused = /** @type {HTMLElement | null} */ (this.root.contains(document.activeElement) ? document.activeElement : null);
    this.root.hidden = !item;
    const blank = this.adding ? [this.#blank()] : [];
    this.root.replaceChildren(...(item ? [...this.#parts(item), ...this.#attributes(item), ...blank, this.#doing(item)] : []));
    if (!focused) return;
    const at = (/** @type {string} */ name) => /** @type {HTMLElement | null} */ (this.root.querySelector(`[data-at="${CSS.escape(name)}"]`));
    const again = at(focused.dataset.at ?? "") ?? at("add");
    if (again) again.focus({ preventScroll: true });
    else this.onLeave(); // what had the focus is gone
  }

  /** @param {Entity | Relation} item */
  #parts(item) {
    if (!isEntity(item) || !item.parts) return [];
    const chips = extentsOf(item).map(([start, end], index) => {
      const words = this.wording.words({ start, end }, 24);
      const remove = element("button", { type: "button", class: "cross", "data-part": index, "data-at": `part ${index}`, "aria-label": `Take “${words}” off`, title: "Take this part off" }, "✕");
      return element("span", { class: "part" }, element("bdi", {}, words), remove);
    });
    return [element("div", { class: "parts", role: "group", "aria-label": "Parts" }, element("small", {}, "Parts"), ...chips)];
  }

  /** Those that the label declares, and what was written beside. @param {Entity | Relation} item */
  #attributes(item) {
    const { attributes = {} } = item;
    const declared = new Map(this.refining.declared(item).map((each) => [each.name, each]));
    return [...new Set([...declared.keys(), ...Object.keys(attributes)])].map((name, index) => {
      const id = `attribute-${index}`;
      const value = Object.hasOwn(attributes, name) ? attributes[name] : "";
      const { values = [], required = false } = declared.get(name) ?? {};
      const label = element("label", { for: id, title: required ? `${name}: must be given` : name }, name, required ? " *" : "");
      const plain = { id, "data-value": name, "data-at": `value ${name}`, ...(required && { "aria-required": "true" }) };
      const field = values.length ? selection(plain, values, String(value)) : element("input", { ...plain, autocomplete: "off", maxlength: 2000, dir: "auto", value: String(value) });
      if (!Object.hasOwn(attributes, name)) return element("div", { class: "attribute" }, label, field);
      const remove = element("button", { type: "button", class: "cross", "data-remove": name, "data-at": `remove ${name}`, "aria-label": `Remove ${name}`, title: "Remove" }, "✕");
      return element("div", { class: "attribute" }, label, field, remove);
    });
  }

  /** What keys do with it, for the mouse. @param {Entity | Relation} item */
  #doing(item) {
    const fits = !isEntity(item) || this.refining.commands.tokens.fits(item);
    const acts = [...(isEntity(item) ? ENTITY : RELATION), ...(fits ? [] : [["fit", "Fit"]])];
    const add = element("button", { type: "button", "data-add": "", "data-at": "add", "aria-label": "Add an attribute", title: "Add an attribute" }, "Attribute", ...this.#sign("describe"));
    const remove = element("button", { type: "button", "data-command": "remove", title: `Delete (${this.keymap.keyOf("remove")})` }, "Delete");
    const others = acts.map(([command, words]) => element("button", { type: "button", "data-command": command }, words, ...this.#sign(command)));
    return element("div", { class: "doing", role: "group", "aria-label": "What can be done" }, ...others, add, remove);
  }

  /** @param {string} command */
  #sign(command) {
    const key = this.keymap.keyOf(command);
    return key ? [element("kbd", { "aria-hidden": "true" }, key)] : [];
  }

  /** The line of an attribute that is being made. */
  #blank() {
    const names = element("datalist", { id: "attribute-names" }, ...this.refining.attributeNames.map((value) => element("option", { value })));
    const plain = { autocomplete: "off", dir: "auto" };
    return element("div", { class: "attribute", "data-blank": "" },
      element("input", { ...plain, "data-name": "", "data-at": "name", "aria-label": "Name of the attribute", placeholder: "Name", maxlength: 60, list: "attribute-names" }),
      element("input", { ...plain, "data-new": "", "data-at": "new", "aria-label": "Its value", placeholder: "Value", maxlength: 2000 }), names);
  }

  #add() {
    this.adding = true;
    this.#draw();
    this.#go("[data-name]");
  }

  /** @param {string} selector */
  #go(selector) {
    const field = /** @type {HTMLInputElement | null} */ (this.root.querySelector(selector));
    field?.focus();
    field?.select();
  }

  /** @param {HTMLButtonElement | null} button */
  #click(button) {
    const { item } = this;
    if (!button || !item) return;
    const { part, remove, add } = button.dataset;
    if (add !== undefined) return this.#add();
    if (remove !== undefined) this.refining.setAttribute(item.id, remove, null);
    if (part !== undefined && isEntity(item)) this.refining.removePartAt(item, Number(part));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.target instanceof HTMLSelectElement && ["Escape", "Enter"].includes(event.key)) return this.#leave(event);
    if (!(event.target instanceof HTMLInputElement) || event.isComposing) return;
    if (event.key === "Escape") {
      event.target.value = event.target.defaultValue;
      return this.#leave(event);
    }
    if (event.key !== "Enter") return;
    if (event.target.dataset.name !== undefined) {
      event.preventDefault();
      return this.#go("[data-new]");
    }
    if (this.#commit(event.target)) this.#leave(event);
  }

  /** Back to the text; what was not finished is dropped. @param {KeyboardEvent} event */
  #leave(event) {
    event.preventDefault();
    event.stopPropagation();
    this.onLeave();
    this.adding = false;
    this.item = this.refining.qualified;
    this.#draw();
  }

  /** Keep what a field says; returns whether there was enough to keep. @param {HTMLInputElement | HTMLSelectElement} field */
  #commit(field) {
    const { item } = this;
    const { value: name } = field.dataset;
    const words = field.value.trim();
    if (!item) return false;
    if (name !== undefined) {
      if (field instanceof HTMLSelectElement) return this.refining.setAttribute(item.id, name, words || null); // as declared: a text
      return this.refining.setAttribute(item.id, name, words ? valueOf(words, item.attributes?.[name]) : null);
    }
    return field.dataset.new !== undefined && this.#create(item.id, words);
  }

  /** @param {string} id @param {string} words the value; none says that it simply is so */
  #create(id, words) {
    const field = /** @type {HTMLInputElement} */ (this.root.querySelector("[data-name]"));
    const name = field.value.trim();
    if (!name) {
      this.#go("[data-name]");
      return false;
    }
    const kept = this.refining.setAttribute(id, name, words ? valueOf(words) : true);
    this.adding = !kept;
    return kept;
  }
}

/** A choice of the values that are declared, and of none. @param {Record<string, string>} attributes @param {string[]} values @param {string} value that holds */
function selection(attributes, values, value) {
  const known = value && !values.includes(value) ? [...values, value] : values; // given before they were declared
  const options = ["", ...known].map((each) => element("option", { value: each, ...(each === value ? { selected: "" } : {}) }, each || "–"));
  return element("select", attributes, ...options);
}
