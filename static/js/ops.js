// @ts-check
/** What each gesture of an annotator changes, as ops; nothing here changes anything itself. */
import { allows, isCategory, isEntity, isRelation } from "./schema.js";
import { bodyOf } from "./store.js";

/**
 * @typedef {import("./store.js").Op} Op
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./schema.js").Annotation} Annotation
 * @typedef {import("./schema.js").Entity} Entity
 * @typedef {import("./schema.js").Relation} Relation
 * @typedef {import("./schema.js").Category} Category
 */

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** A name that nobody else will make: 80 random bits. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => ALPHABET[byte & 31]).join("");
}

/** @param {object} body @param {string} [id] @returns {Op} */
export function create(body, id = newId()) {
  return { id, before: null, after: body };
}

/** @param {Annotation} item @param {object} fields @returns {Op} */
function change(item, fields) {
  const origin = "origin" in item && item.origin ? { origin: { ...item.origin, changed: true } } : {};
  const after = Object.entries({ ...bodyOf(item), ...fields, ...origin }).filter(([, value]) => value !== undefined);
  return { id: item.id, before: bodyOf(item), after: Object.fromEntries(after) };
}

/** @param {Annotation} item @returns {Op} */
function erase(item) {
  return { id: item.id, before: bodyOf(item), after: null };
}

/**
 * Give an entity another label; relations that the new one does not allow go.
 * @param {Store} store @param {Entity} entity @param {string} label @returns {Op[]}
 */
export function relabelEntity(store, entity, label) {
  const labelOf = (/** @type {string} */ id) =>
    id === entity.id ? label : store.entity(id)?.label ?? "";
  const lost = store.relationsOf(entity.id).filter((relation) => {
    const kind = store.scheme.relation(relation.label);
    return !kind || !allows(kind, labelOf(relation.head), labelOf(relation.tail));
  });
  return [...lost.map(erase), change(entity, { label })];
}

/** @param {Entity} entity @param {import("./tokens.js").Span} span @returns {Op[]} */
export function resize(entity, span) {
  return [change(entity, extended(entity, span))];
}

/**
 * What an entity becomes when its ends move: those of its first and last part move with them, and
 * parts that it no longer reaches go.
 * @param {Entity} entity @param {import("./tokens.js").Span} span
 */
function extended({ parts }, { start, end }) {
  if (!parts) return { start, end };
  const kept = parts.filter(([from, to]) => from < end && start < to);
  if (kept.length < 2) return { start, end, parts: undefined };
  const moved = kept.map(([from, to], index) => [index ? from : start, index < kept.length - 1 ? to : end]);
  return { start, end, parts: moved };
}

/** Have an entity consist of these stretches of the text, in order and apart. @param {Entity} entity @param {[number, number][]} extents @returns {Op[]} */
export function consist(entity, extents) {
  const [start, end] = [extents[0][0], extents[extents.length - 1][1]];
  return [change(entity, { start, end, parts: extents.length > 1 ? extents : undefined })];
}

/**
 * Give an annotation other attributes. Where it was proposed, it still counts as taken as it was:
 * nobody proposes attributes.
 * @param {Entity | Relation} item @param {import("./schema.js").Attributes} attributes @returns {Op[]}
 */
export function qualify(item, attributes) {
  const { attributes: _, ...body } = /** @type {any} */ (bodyOf(item));
  const after = Object.keys(attributes).length ? { ...body, attributes } : body;
  return [{ id: item.id, before: bodyOf(item), after }];
}

/** @param {Relation} relation @param {string} label @returns {Op[]} */
export function relabelRelation(relation, label) {
  return [change(relation, { label })];
}

/** Make the tail the head. @param {Relation} relation @returns {Op[]} */
export function reverse(relation) {
  return [change(relation, { head: relation.tail, tail: relation.head })];
}

/**
 * Delete annotations, and the relations of entities among them. What was a suggestion once is
 * rejected, so that it is not proposed again.
 * @param {Store} store @param {Annotation[]} items
 * @param {(id: string) => boolean} wasSuggested
 * @returns {Op[]}
 */
export function remove(store, items, wasSuggested) {
  /** @type {Map<string, Annotation>} */
  const gone = new Map();
  for (const item of items) {
    if (isEntity(item)) store.relationsOf(item.id).forEach((relation) => gone.set(relation.id, relation));
  }
  for (const item of items) gone.set(item.id, item);
  return [...gone.values()].map((item) =>
    wasSuggested(item.id) ? { id: item.id, before: bodyOf(item), after: { verdict: "rejected" } } : erase(item),
  );
}

/**
 * Accept suggestions, with the ends that relations among them need.
 *
 * An end that was labeled by hand in the same place is taken instead of the one proposed.
 * @param {Store} store @param {import("./suggestions.js").Suggestions} suggestions
 * @param {(Entity | Relation | Category)[]} chosen
 * @returns {Op[]}
 */
export function accept(store, suggestions, chosen) {
  /** @type {Map<string, Op>} */
  const ops = new Map();
  const take = (/** @type {Annotation} */ item, /** @type {object | null} */ body) => {
    ops.set(item.id, { id: item.id, before: bodyOf(store.get(item.id)), after: body });
  };
  const bind = (/** @type {string} */ id) => {
    const bound = suggestions.resolve(id);
    const proposed = suggestions.byId.get(bound);
    if (!store.entity(bound) && isEntity(proposed) && !ops.has(bound)) take(proposed, bodyOf(proposed));
    return bound;
  };
  for (const item of chosen) {
    if (!isRelation(item)) take(item, bodyOf(item));
    else take(item, { ...bodyOf(item), head: bind(item.head), tail: bind(item.tail) });
  }
  const order = (/** @type {Op} */ op) => (isEntity(op.after) || isCategory(op.after) ? 0 : 1);
  return [...ops.values()].sort((a, b) => order(a) - order(b));
}

/** Accept a suggested entity with another label or extent. @param {Entity} entity @param {object} fields @returns {Op[]} */
export function acceptChanged(entity, fields) {
  const made = "start" in fields ? extended(entity, /** @type {import("./tokens.js").Span} */ (fields)) : fields;
  return [{ ...change(entity, made), before: null }];
}

/** @param {(Entity | Relation | Category)[]} chosen @returns {Op[]} */
export function reject(chosen) {
  return chosen.map(({ id }) => create({ verdict: "rejected" }, id));
}
