// @ts-check
/** What a suggester proposed for a document, and what of it still waits for an answer. */
import { allows, contentOf, crosses, isCategory, isEntity, isRelation, overlaps } from "./schema.js";
import { inOrder, SpanIndex } from "./spans.js";

/**
 * @typedef {import("./schema.js").Entity} Entity
 * @typedef {import("./schema.js").Relation} Relation
 * @typedef {import("./schema.js").Category} Category
 */

/** Proposals beside a layer: open while it neither holds nor rejects them. */
export class Suggestions {
  /** @param {(Entity | Relation | Category)[]} proposed @param {import("./store.js").Store} store */
  constructor(proposed, store) {
    this.store = store;
    this.#take(proposed);
    /** @type {SpanIndex<Entity>} entities still open */
    this.openEntities = new SpanIndex();
    /** @type {Relation[]} relations still open */
    this.openRelations = [];
    /** @type {Category[]} labels of the document still open */
    this.openCategories = [];
    this.refresh();
  }

  /** @param {(Entity | Relation | Category)[]} proposed */
  #take(proposed) {
    this.byId = new Map(proposed.map((item) => [item.id, item]));
    this.entities = proposed.filter(isEntity).sort(inOrder);
    this.relations = proposed.filter(isRelation);
    this.categories = proposed.filter(isCategory);
  }

  /**
   * Take over what is proposed now; returns the entities that opened or closed. What was answered
   * stays known, so that the answer can be taken back, and so does what is `focused`, with its ends.
   * @param {(Entity | Relation | Category)[]} proposed @param {string | null} focused
   */
  replace(proposed, focused) {
    const item = this.open(focused);
    const looked = new Set(isRelation(item) ? [item.id, item.head, item.tail] : [item?.id]);
    const kept = [...this.byId.values()].filter(({ id }) => looked.has(id) || this.store.items.has(id));
    const known = new Map(kept.map((each) => [each.id, each]));
    const fresh = proposed.map((each) => this.#same(each) ?? each);
    this.#take([...new Map([...known, ...fresh.map((each) => /** @type {const} */ ([each.id, each]))]).values()]);
    return this.refresh();
  }

  /** The proposal as it is known already, if it says the same. @param {Entity | Relation | Category} item */
  #same(item) {
    const known = this.byId.get(item.id);
    return known && JSON.stringify(known) === JSON.stringify(item) ? known : undefined;
  }

  /** Find out again what is open; returns the entities that opened or closed. */
  refresh() {
    const before = new Set(this.openEntities.sorted);
    this.openEntities = new SpanIndex(this.entities.filter((entity) => this.#isOpenEntity(entity)));
    this.openRelations = this.relations.filter((relation) => this.#isOpenRelation(relation));
    this.openCategories = this.categories.filter((category) => this.#isOpenCategory(category));
    const changed = this.openEntities.sorted.filter((entity) => !before.delete(entity));
    return [...before, ...changed];
  }

  get count() {
    return this.openEntities.sorted.length + this.openRelations.length + this.openCategories.length;
  }

  /** An open suggestion by its id. @param {string | null} id */
  open(id) {
    const item = id === null ? undefined : this.byId.get(id);
    if (!item) return undefined;
    if (isEntity(item)) return this.#isOpenEntity(item) ? item : undefined;
    if (isRelation(item)) return this.#isOpenRelation(item) ? item : undefined;
    return this.#isOpenCategory(item) ? item : undefined;
  }

  /** Open suggestions in the order of the text: labels of the document first; a relation follows the later of its ends. */
  inOrder() {
    const places = this.openRelations.flatMap((relation) => {
      const ends = [this.end(relation.head), this.end(relation.tail)];
      const later = ends.sort((a, b) => (a && b ? a.start - b.start : 0))[1];
      return later ? [{ ...later, id: relation.id, end: later.start, item: relation }] : [];
    });
    const entities = this.openEntities.sorted.map((item) => ({ ...item, item }));
    const placed = places.length ? [...entities, ...places].sort(inOrder) : entities;
    const first = this.openCategories.map((item) => ({ item, start: 0, end: 0 }));
    return /** @type {{item: Entity | Relation | Category, start: number, end: number}[]} */ ([...first, ...placed]);
  }

  /** The annotation that stands for a proposed end: itself, or one that says the same. @param {string} id */
  resolve(id) {
    if (this.store.entity(id)) return id;
    const proposed = this.byId.get(id);
    return (proposed && this.store.twin(proposed)?.id) ?? id;
  }

  /** The entity at the end of a relation, labeled or proposed. @param {string} id @returns {Entity | undefined} */
  end(id) {
    const bound = this.resolve(id);
    const proposed = this.byId.get(bound);
    return this.store.entity(bound) ?? (isEntity(proposed) ? proposed : undefined);
  }

  /** Whether nobody answered it, by what was labeled there either. @param {Entity} entity */
  #isOpenEntity(entity) {
    if (this.store.items.has(entity.id)) return false;
    const labeled = this.store.entities.overlapping(entity.start, entity.end);
    return !labeled.some((other) => settles(other, entity, this.store.scheme.overlap));
  }

  /** @param {Relation} relation */
  #isOpenRelation({ id, head, tail, label }) {
    if (this.store.items.has(id)) return false;
    const [from, to] = [this.#available(head), this.#available(tail)];
    const kind = this.store.scheme.relation(label);
    if (!from || !to || !kind || !allows(kind, from.label, to.label)) return false;
    return !this.store.contents.has(contentOf({ id, head: from.id, tail: to.id, label }));
  }

  /** @param {Category} category */
  #isOpenCategory({ id, label }) {
    return !this.store.items.has(id) && !this.store.contents.has(contentOf({ id, label })) && this.store.scheme.category(label) !== undefined;
  }

  /** The end of a relation, unless it was rejected, or something else was labeled there. @param {string} id */
  #available(id) {
    const entity = this.end(id);
    return entity && (this.store.entity(entity.id) || this.#isOpenEntity(entity)) ? entity : undefined;
  }
}

/**
 * Whether a person who labeled one has thereby answered the other; the server leaves out the same.
 * @param {Entity} labeled @param {Entity} proposed @param {string} rule on overlap
 */
function settles(labeled, proposed, rule) {
  if (!overlaps(labeled, proposed)) return false;
  const samePlace = labeled.start === proposed.start && labeled.end === proposed.end;
  return rule === "forbid" || samePlace || labeled.label === proposed.label || (rule === "nest" && crosses(labeled, proposed));
}

/**
 * What a suggester would call this entity: its name is made from its place and label.
 * @param {import("./tokens.js").Span} span @param {string} label @returns {Entity}
 */
export function proposal({ start, end }, label) {
  return { id: `s:${start}-${end}:${label}`, start, end, label };
}
