// @ts-check
/**
 * The annotations of one layer, and the only way to change them.
 *
 * A change is a list of ops that is done, undone and redone as a whole. Undoing is a change like
 * any other: whoever saves changes saves it too.
 */
import { check, contentOf, isCategory, isEntity, isRelation } from "./schema.js";
import { SpanIndex } from "./spans.js";

/**
 * @typedef {import("./schema.js").Annotation} Annotation
 * @typedef {{id: string, before: object | null, after: object | null}} Op
 * @typedef {"edit" | "undo" | "redo" | "remote"} Source
 * @typedef {{source: Source, ops: Op[]}} Change
 */

/** An annotation without its id, as ops carry it. @param {Annotation | undefined} item */
export function bodyOf(item) {
  if (!item) return null;
  const { id, ...body } = item;
  return body;
}

/** Two edits as one; what one made and the other took away is not in it. @param {Op[]} first @param {Op[]} then @returns {Op[]} */
export function joined(first, then) {
  /** @type {Map<string, Op>} */
  const ops = new Map(first.map((op) => [op.id, op]));
  for (const { id, before, after } of then) ops.set(id, { id, before: ops.has(id) ? ops.get(id)?.before ?? null : before, after });
  return [...ops.values()].filter(({ before, after }) => before || after);
}

/** The ops that take back others. @param {Op[]} ops @returns {Op[]} */
export function invert(ops) {
  return ops.map(({ id, before, after }) => ({ id, before: after, after: before })).reverse();
}

/** Whether two plain values are equal, whatever the order of their fields. @param {any} a @param {any} b */
export function same(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => name in b && same(a[name], b[name]));
}

/** What is annotated now. */
export class Store {
  /** @type {Op[][]} */
  #past = [];
  /** @type {Op[][]} */
  #future = [];
  /** @type {Set<(change: Change) => void>} */
  #listeners = new Set();
  /** @type {Map<string, string> | null} ids by content, once somebody asks: a long document opens without */
  #contents = null;
  /** What says of each annotation made here where it comes from; none says nothing. @type {object | null} */
  origin = null;

  /**
   * @param {import("./schema.js").Scheme} scheme
   * @param {number} length of the text, in code points
   * @param {Iterable<Annotation>} [items]
   */
  constructor(scheme, length, items = []) {
    this.scheme = scheme;
    this.length = length;
    /** @type {Map<string, Annotation>} */
    this.items = new Map();
    /** @type {SpanIndex<import("./schema.js").Entity>} */
    this.entities = new SpanIndex();
    /** @type {Map<string, import("./schema.js").Relation>} */
    this.relations = new Map();
    /** @type {Map<string, import("./schema.js").Category>} */
    this.categories = new Map();
    /** @type {Map<string, Set<string>>} relations by the entities at their ends */
    this.links = new Map();
    const all = [...items].map((item) => scheme.renewed(item));
    for (const item of all) this.#put(item, false);
    this.entities = new SpanIndex(all.filter(isEntity));
  }

  /** Ids by content. */
  get contents() {
    this.#contents ??= new Map([...this.items.values()].map((item) => [contentOf(item), item.id]));
    return this.#contents;
  }

  /** @param {string} id */
  get(id) {
    return this.items.get(id);
  }

  /** @param {string} id @returns {import("./schema.js").Entity | undefined} */
  entity(id) {
    const item = this.items.get(id);
    return isEntity(item) ? item : undefined;
  }

  /** The relations that begin or end at an entity. @param {string} id */
  relationsOf(id) {
    const ids = [...(this.links.get(id) ?? [])];
    return ids.flatMap((relation) => this.relations.get(relation) ?? []);
  }

  /** The annotation that says the same, if there is one. @param {Annotation} item */
  twin(item) {
    const id = this.contents.get(contentOf(item));
    return id === undefined ? undefined : this.items.get(id);
  }

  /** Whether each op finds what it takes for granted. @param {Op[]} ops */
  holds(ops) {
    return ops.every(({ id, before }) => same(bodyOf(this.items.get(id)), before));
  }

  /** What would break a rule if these ops were done. @param {Op[]} ops */
  problems(ops) {
    const nearby = this.#neighbourhood(ops);
    const touched = new Set(ops.map((op) => op.id));
    for (const { id } of ops) for (const relation of this.links.get(id) ?? []) touched.add(relation);
    return check(nearby, this.scheme, this.length, [...touched].filter((id) => nearby.has(id)));
  }

  /**
   * Do a change; throws when it takes something for granted that is not so.
   * @param {Op[]} ops @param {boolean} [joins] undone together with the one before, where that is about the same
   */
  edit(ops, joins = false) {
    if (this.origin) ops = ops.map((op) => this.#signed(op));
    const ids = new Set(ops.map(({ id }) => id));
    const before = joins && this.#past.at(-1)?.some(({ id }) => ids.has(id)) ? this.#past.pop() : undefined;
    const whole = before ? joined(before, ops) : ops;
    if (whole.length) this.#past.push(whole);
    this.#future = [];
    return this.#change("edit", ops);
  }

  /** Take in what was changed elsewhere: it cannot be undone here. @param {Op[]} ops */
  receive(ops) {
    return this.#change("remote", this.renewed(ops));
  }

  /** Ops with labels by their present names. @param {Op[]} ops @returns {Op[]} */
  renewed(ops) {
    return ops.map(({ id, before, after }) => ({ id, before: this.scheme.renewed(before), after: this.scheme.renewed(after) }));
  }

  /** Take back the last change that can be; null where there is none. */
  undo() {
    return this.#travel("undo", this.#past, this.#future);
  }

  /** Do again what was taken back; null where there is nothing. */
  redo() {
    return this.#travel("redo", this.#future, this.#past);
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** Be told of each change; returns what ends that. @param {(change: Change) => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param {Op} op @returns {Op} */
  #signed({ id, before, after }) {
    const item = /** @type {any} */ (after);
    return { id, before, after: isEntity(item) || isRelation(item) ? { ...item, origin: this.origin } : after };
  }

  /** An entry that no longer holds, since the layer was changed elsewhere, is passed over.
   * @param {"undo" | "redo"} source @param {Op[][]} from @param {Op[][]} to */
  #travel(source, from, to) {
    while (from.length) {
      const ops = invert(/** @type {Op[]} */ (from.pop()));
      if (!this.holds(ops) || this.problems(ops).length) continue;
      to.push(ops);
      return this.#change(source, ops);
    }
    return null;
  }

  /** @param {Source} source @param {Op[]} ops @returns {Change} */
  #change(source, ops) {
    if (!this.holds(ops)) throw new Error("An edit takes an annotation for what it is not.");
    for (const { id, after } of ops) {
      this.#drop(id);
      if (after) this.#put(/** @type {Annotation} */ ({ id, ...after }));
    }
    const change = { source, ops };
    for (const listener of [...this.#listeners]) listener(change);
    return change;
  }

  /** @param {Annotation} item */
  #put(item, indexed = true) {
    this.items.set(item.id, item);
    this.#contents?.set(contentOf(item), item.id);
    if (isEntity(item) && indexed) this.entities.add(item);
    if (isCategory(item)) this.categories.set(item.id, item);
    if (!isRelation(item)) return;
    this.relations.set(item.id, item);
    for (const end of [item.head, item.tail]) {
      if (!this.links.has(end)) this.links.set(end, new Set());
      this.links.get(end)?.add(item.id);
    }
  }

  /** @param {string} id */
  #drop(id) {
    const item = this.items.get(id);
    if (!item) return;
    this.items.delete(id);
    if (this.#contents?.get(contentOf(item)) === id) this.#contents.delete(contentOf(item));
    if (isEntity(item)) this.entities.remove(item);
    this.categories.delete(id);
    if (!isRelation(item)) return;
    this.relations.delete(id);
    for (const end of [item.head, item.tail]) this.links.get(end)?.delete(id);
  }

  /** The annotations that the rules need to see, as they would be. @param {Op[]} ops */
  #neighbourhood(ops) {
    /** @type {Map<string, Annotation>} */
    const nearby = new Map();
    const add = (/** @type {Annotation | undefined} */ item) => item && nearby.set(item.id, item);
    const results = ops.map(({ id, after }) => (after ? /** @type {Annotation} */ ({ id, ...after }) : null));
    for (const item of results) {
      if (!item) continue;
      add(this.twin(item));
      if (isEntity(item)) this.entities.overlapping(item.start, item.end).forEach(add);
      if (isRelation(item)) [item.head, item.tail].forEach((end) => add(this.items.get(end)));
      if (isCategory(item)) this.categories.forEach(add);
    }
    for (const { id } of ops) {
      for (const relation of this.relationsOf(id)) {
        add(relation);
        [relation.head, relation.tail].forEach((end) => add(this.items.get(end)));
      }
    }
    for (const { id } of ops) nearby.delete(id);
    results.forEach((item) => item && nearby.set(item.id, item));
    return nearby;
  }
}
