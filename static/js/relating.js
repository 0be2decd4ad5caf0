// @ts-check
/** Drawing a relation: from a head, by keys or by dragging, to one of the targets that it may have. */
import { contentOf, isEntity, isRelation } from "./schema.js";

/**
 * @typedef {import("./schema.js").Entity} Entity
 * @typedef {import("./schema.js").RelationLabel} RelationLabel
 */

/** One relation being drawn, or none. */
export class Relating {
  /**
   * @param {object} parts
   * @param {import("./store.js").Store} parts.store
   * @param {import("./suggestions.js").Suggestions} parts.suggestions
   * @param {import("./view.js").View} parts.view
   * @param {import("./commands.js").Commands} parts.commands
   * @param {(id: string, title: string, names: string[], onChoose: (name: string) => void) => void} parts.choose
   *   asks for one of several relation labels beside an entity
   * @param {(head: string, tail: string, names: string[], otherwise: () => void) => void} parts.guess
   *   draws it by the likeliest label, if there is one
   * @param {(words: string) => void} parts.say
   */
  constructor({ store, suggestions, view, commands, choose, guess, say }) {
    this.store = store;
    this.suggestions = suggestions;
    this.scheme = store.scheme;
    this.view = view;
    this.commands = commands;
    this.choose = choose;
    this.guess = guess;
    this.say = say;
  }

  /** Begin at the focused entity, by keys. @param {string | null} [label] the only label wanted */
  start(label = null) {
    const { focused: item, keymap, wording } = this.commands;
    const head = isRelation(item) ? this.store.entity(item.head) : item;
    if (!isEntity(head) || this.commands.isOpen(head)) {
      return this.say(`Go to the entity that the relation shall begin at, then press ${keymap.keyOf("relate")}.`);
    }
    if (this.begin(head.id, "key", label)) {
      const [next, take, stop] = [keymap.keyOf("suggestion", "next"), keymap.keyOf("submit"), keymap.keyOf("cancel")];
      this.say(`From ${wording.end(head.id)}: ${next} goes through what it may lead to, ${take} takes it, ${stop} cancels.`);
    }
  }

  /**
   * Light the targets of a head; says why when there are none.
   * @param {string} id @param {"key" | "drag"} by @param {string | null} [label]
   */
  begin(id, by, label = null) {
    const head = this.suggestions.end(id);
    if (!head) return false;
    const targets = this.#targets(head, by, label);
    if (!targets.length) {
      this.say(this.#whyNone(head, label));
      return false;
    }
    this.view.set({ relating: { head: id, targets, index: -1, label, by } });
    return true;
  }

  /** Go to the next or previous target. @param {1 | -1} step */
  step(step) {
    const { relating } = this.view.look;
    if (!relating) return;
    const { length } = relating.targets;
    const from = relating.index < 0 && step < 0 ? 0 : relating.index;
    const index = (from + step + length) % length;
    this.view.set({ relating: { ...relating, index } });
    const target = this.suggestions.end(relating.targets[index]);
    if (!target) return;
    this.commands.reveal(target.start);
    const names = this.#labels(relating.head, target.id, relating.label).map((label) => label.name);
    this.say(`${this.commands.text.slice(target.start, target.end)}, ${target.label}: ${names.join(", ")}`);
  }

  /** Take the target that was stepped to, or the nearest. */
  confirm() {
    const { relating } = this.view.look;
    if (relating) this.pick(relating.targets[Math.max(0, relating.index)]);
  }

  /** Draw the relation to a target; where more than one label fits, by the likeliest, or asks for it. @param {string} target */
  pick(target) {
    const { relating } = this.view.look;
    if (!relating) return;
    const { head } = relating;
    const labels = this.#labels(head, target, relating.label);
    this.view.set({ relating: null });
    if (!labels.length) return this.say(this.#whyNot(head, target));
    const held = labels.find(({ name }) => name === this.view.look.heldRelation);
    const relate = (/** @type {string} */ name) => this.commands.relate(head, target, name);
    if (held || labels.length === 1) return relate((held ?? labels[0]).name);
    const names = labels.map(({ name }) => name);
    this.guess(head, target, names, () => this.choose(target, "Choose the relation", names, relate));
  }

  cancel() {
    this.view.set({ relating: null });
  }

  /** @param {Entity} head @param {"key" | "drag"} by @param {string | null} label @returns {string[]} nearest first */
  #targets(head, by, label) {
    const proposed = by === "drag" ? this.suggestions.openEntities.sorted : [];
    const fits = this.#fitting(head.label, label);
    const all = [...this.store.entities.sorted, ...proposed];
    const allowed = all.filter((each) => each.id !== head.id && fits(each.label) && this.#labels(head.id, each.id, label).length);
    const away = (/** @type {Entity} */ each) => Math.max(0, each.start - head.end, head.start - each.end);
    const order = (/** @type {Entity} */ a, /** @type {Entity} */ b) => away(a) - away(b) || b.start - a.start;
    return allowed.sort(order).map(({ id }) => id);
  }

  /** Whether a tail's label is allowed at all: asked once a label, not once an entity. @param {string} head @param {string | null} label */
  #fitting(head, label) {
    /** @type {Map<string, boolean>} */
    const known = new Map();
    return (/** @type {string} */ tail) => {
      if (!known.has(tail)) known.set(tail, this.scheme.between(head, tail).some(({ name }) => !label || name === label));
      return known.get(tail);
    };
  }

  /** Labels that a relation may have which is not there yet. @param {string} head @param {string} tail @param {string | null} only */
  #labels(head, tail, only) {
    const [from, to] = [this.suggestions.end(head), this.suggestions.end(tail)];
    if (!from || !to) return [];
    const isNew = (/** @type {RelationLabel} */ { name, symmetric }) =>
      !this.#has(head, tail, name) && !(symmetric && this.#has(tail, head, name));
    return this.scheme.between(from.label, to.label).filter((label) => (!only || label.name === only) && isNew(label));
  }

  /** @param {string} head @param {string} tail @param {string} label */
  #has(head, tail, label) {
    return this.store.contents.has(contentOf({ id: "", head, tail, label }));
  }

  /** @param {Entity} head @param {string | null} label */
  #whyNone(head, label) {
    const kinds = this.scheme.from(head.label).filter(({ name }) => !label || name === label);
    if (!kinds.length) {
      const ends = this.scheme.relations.filter((each) => each.tail.includes(head.label) && (!label || each.name === label));
      const hint = ends.length ? ` It may be where ${ends[0].name} ends: begin at the other entity.` : "";
      return `${label ?? "No relation"} ${label ? "may not" : "may"} begin at ${head.label}.${hint}`;
    }
    const tails = new Set(kinds.flatMap((kind) => (kind.tail.length ? kind.tail : ["any entity"])));
    return `From ${head.label} it may lead to ${[...tails].join(", ")}, and no other of these is labeled here.`;
  }

  /** @param {string} head @param {string} tail */
  #whyNot(head, tail) {
    const [from, to] = [this.suggestions.end(head), this.suggestions.end(tail)];
    if (!from || !to) return "That entity is gone.";
    if (this.scheme.between(from.label, to.label).length) return "These two have that relation already.";
    return `No relation may lead from ${from.label} to ${to.label}.`;
  }

  /** Why a relation cannot end where it was dropped. @param {string} target */
  refuse(target) {
    const { relating } = this.view.look;
    if (relating && target !== relating.head) this.say(this.#whyNot(relating.head, target));
    this.cancel();
  }
}
