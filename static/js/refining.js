// @ts-check
/** What annotations may have beyond a span and a label: further parts, attributes; and labels of the document. */
import * as ops from "./ops.js";
import { extentsOf, isEntity, isRelation, untold } from "./schema.js";
import { same } from "./store.js";

/**
 * @typedef {import("./schema.js").Entity} Entity
 * @typedef {import("./schema.js").Relation} Relation
 * @typedef {string | number | boolean} Value of an attribute
 */

/** Commands on one open document, beside those of `Commands`, which does the edits. */
export class Refining {
  /** @param {import("./commands.js").Commands} commands */
  constructor(commands) {
    this.commands = commands;
    this.store = commands.store;
    this.scheme = commands.scheme;
    this.view = commands.view;
  }

  // ---- parts

  /** The entity that the selection would become a further part of: the one focused before it. @returns {Entity | undefined} */
  get grown() {
    return this.store.entity(this.view.look.last ?? "");
  }

  /** Add the selection, or the word at the cursor, to the entity focused before, as a part of its own. */
  addPart() {
    const { selection, caret, focus, guess } = this.view.look;
    const guessed = this.store.entity(guess ?? ""); // its words were selected for this
    const span = selection ?? guessed ?? (caret >= 0 && focus === null ? this.commands.tokens.span(caret) : null);
    const entity = this.grown;
    if (!span || !entity) return this.commands.say(`Go to an entity, then select what belongs to it elsewhere, and press ${this.commands.keymap.keyOf("addPart")}.`);
    const extents = this.#joined([...extentsOf(entity), [span.start, span.end]]);
    if (same(extents, extentsOf(entity))) return this.commands.say(`“${this.commands.wording.words(span)}” is part of it already.`);
    this.#consist(entity, extents, guessed);
  }

  /** Take a part off the focused entity: the one that the cursor is in, or else the last. */
  removePart() {
    const { focus, last, caret } = this.view.look;
    const entity = this.store.entity(focus ?? last ?? "");
    if (!entity) return this.commands.say("Go to an entity of several parts first.");
    const point = caret < 0 ? entity.end : this.commands.tokens.starts[caret];
    const found = extentsOf(entity).findIndex(([start, end]) => start <= point && point < end);
    this.removePartAt(entity, found < 0 ? extentsOf(entity).length - 1 : found);
  }

  /** @param {Entity} entity @param {number} index of the part */
  removePartAt(entity, index) {
    if (!entity.parts) return this.commands.say(`It has only one part; ${this.commands.keymap.keyOf("remove")} deletes it.`);
    this.#consist(entity, entity.parts.filter((_, place) => place !== index));
  }

  /** @param {Entity} entity @param {[number, number][]} extents @param {Entity} [other] that becomes a part of it */
  #consist(entity, extents, other) {
    const edit = [...ops.consist(entity, extents), ...(other ? ops.remove(this.store, [other], () => false) : [])];
    if (!this.commands.perform(edit, { joins: other !== undefined })) return;
    this.commands.focus(entity.id, { scroll: false });
    const words = this.commands.wording.words(/** @type {any} */ (edit[0].after));
    this.commands.say(extents.length > 1 ? `“${words}” has ${extents.length} parts now.` : `It reads “${words}” now.`);
  }

  /** Put in order, with those together that touch, overlap or have nothing but white space between them. @param {[number, number][]} extents */
  #joined(extents) {
    /** @type {[number, number][]} */
    const kept = [];
    for (const [start, end] of [...extents].sort((a, b) => a[0] - b[0])) {
      const last = kept.at(-1);
      const apart = !last || (start > last[1] && this.commands.text.slice(last[1], start).trim());
      if (apart) kept.push([start, end]);
      else last[1] = Math.max(last[1], end);
    }
    return kept;
  }

  // ---- attributes

  /** What can have attributes: the focused entity or relation, unless it is a suggestion. @returns {Entity | Relation | undefined} */
  get qualified() {
    const item = this.store.get(this.view.look.focus ?? "");
    return isEntity(item) || isRelation(item) ? item : undefined;
  }

  /** Give an annotation an attribute, or take it away: with `null`; returns whether a rule forbids nothing. @param {string} id @param {string} name @param {Value | null} value */
  setAttribute(id, name, value) {
    const item = this.store.get(id);
    if (!isEntity(item) && !isRelation(item)) return false;
    const before = item.attributes ?? {};
    const { [name]: _, ...others } = before;
    const after = value === null ? others : { ...before, [name]: value };
    if (same(before, after)) return true;
    if (!this.commands.perform(ops.qualify(item, after))) return false;
    const words = this.commands.wording.name(item);
    this.commands.say(value === null ? `${words} has no ${name} any more.` : `${words}: ${name} is ${value}.`);
    return true;
  }

  /** What the label of an annotation declares. @param {Entity | Relation} item @returns {import("./schema.js").DeclaredAttribute[]} */
  declared(item) {
    return (isEntity(item) ? this.scheme.entity(item.label) : this.scheme.relation(item.label))?.attributes ?? [];
  }

  /** Go to the first annotation that lacks an attribute that must be given, and say so; returns whether there is one. */
  goToUntold() {
    const { entities, relations } = this.store;
    const lacking = untold([...entities.sorted, ...relations.values()], this.scheme);
    if (!lacking.length) return false;
    const [{ item, name }] = lacking;
    this.commands.focus(item.id);
    const { wording, keymap } = this.commands;
    const others = lacking.length > 1 ? ` So must ${lacking.length - 1} more.` : "";
    this.commands.say(`Not done yet: ${wording.name(item)} must have its ${name}.${others} Give it with ${keymap.keyOf("describe")}.`);
    return true;
  }

  /** The names of attributes in this document, to be offered. @returns {string[]} */
  get attributeNames() {
    const names = [...this.store.items.values()].flatMap((item) => Object.keys(/** @type {Entity} */ (item).attributes ?? {}));
    return [...new Set(names)].sort();
  }

  // ---- labels of the document

  /** Give the document a label, or take it away; of those that share a group it has one. @param {string} name */
  categorize(name) {
    const given = [...this.store.categories.values()];
    const held = given.find(({ label }) => label === name);
    const wasSuggested = (/** @type {string} */ id) => this.commands.suggestions.byId.has(id);
    if (held) return this.commands.perform(ops.remove(this.store, [held], wasSuggested)) && this.commands.say(`The document is not labeled ${name} any more.`);
    const group = this.scheme.category(name)?.group;
    const others = group ? given.filter(({ label }) => this.scheme.category(label)?.group === group) : [];
    const proposed = this.commands.suggestions.openCategories.find(({ label }) => label === name);
    const made = proposed ? ops.accept(this.store, this.commands.suggestions, [proposed]) : [ops.create({ label: name })];
    if (!this.commands.perform([...ops.remove(this.store, others, wasSuggested), ...made])) return;
    this.commands.say(`The document is labeled ${name}${others.length ? `, no longer ${others[0].label}` : ""}.`);
  }
}

/**
 * What a person typed as the value of an attribute: `true`, `false` and numbers are such, unless
 * the value was words before.
 * @param {string} words @param {Value} [before] @returns {Value}
 */
export function valueOf(words, before) {
  if (typeof before === "string") return words;
  if (words === "true" || words === "false") return words === "true";
  const number = Number(words);
  return words !== "" && String(number) === words && Math.abs(number) < 2 ** 53 ? number : words;
}
