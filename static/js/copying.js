// @ts-check
/** Annotating identical passages alike: what is annotated in one, as ops for the others. */
import * as ops from "./ops.js";
import { proposal } from "./suggestions.js";
import { occurrences } from "./text.js";

/**
 * @typedef {import("./schema.js").Entity} Entity
 * @typedef {import("./tokens.js").Span} Span
 * @typedef {import("./store.js").Op} Op
 * @typedef {{store: import("./store.js").Store, suggestions: import("./suggestions.js").Suggestions,
 *   text: import("./text.js").DocumentText}} Parts
 * @typedef {{edit: Op[], places: number, entities: number, relations: number, clashing: number}} Copies
 */

/**
 * The ops that annotate each passage with the same text like this one, as one edit.
 *
 * What is there already is kept: an entity that would overlap another one there, was rejected
 * there, or breaks a rule of the scheme is left out and counted in `clashing`, and so is a relation
 * that misses an end. `places` counts the other passages.
 * @param {Parts} parts @param {Span} passage @returns {Copies}
 */
export function copies(parts, passage) {
  const inside = (/** @type {Entity} */ { start, end }) => start >= passage.start && end <= passage.end;
  const entities = parts.store.entities.overlapping(passage.start, passage.end).filter(inside);
  const places = occurrences(parts.text, passage.start, passage.end);
  const proposed = new Map(parts.suggestions.entities.map((entity) => [key(entity), entity]));
  /** @type {Copies} */
  const all = { edit: [], places: places.length, entities: 0, relations: 0, clashing: 0 };
  for (const place of places) {
    const one = { edit: [], places: 1, entities: 0, relations: 0, clashing: 0 }; // passages do not touch: rules are checked in each alone
    copyTo({ ...parts, proposed }, entities, place.start - passage.start, one);
    all.edit.push(...one.edit);
    for (const name of /** @type {const} */ (["entities", "relations", "clashing"])) all[name] += one[name];
  }
  return all;
}

/** @param {Parts & {proposed: Map<string, Entity>}} parts @param {Entity[]} entities @param {number} shift in code points @param {Copies} all */
function copyTo(parts, entities, shift, all) {
  /** @type {Map<string, string>} ids in the other passage by ids here */
  const there = new Map();
  const alike = new Set(entities.map((entity) => key(moved(entity, shift))));
  for (const entity of entities) {
    const copy = moved(entity, shift);
    const twin = parts.store.twin({ id: "", ...copy });
    const op = twin ? null : entityOp(parts, copy);
    if (twin) there.set(entity.id, twin.id);
    else if (op && isFree(parts, copy, alike) && fits(parts, all, op)) {
      there.set(entity.id, op.id);
      all.entities += 1;
    } else all.clashing += 1;
  }
  const ids = new Set(entities.map(({ id }) => id));
  const relations = entities.flatMap(({ id }) => parts.store.relationsOf(id).filter(({ head, tail }) => head === id && ids.has(tail)));
  for (const { head, tail, label, attributes } of relations) {
    copyRelation(parts, { head: there.get(head), tail: there.get(tail), label, ...(attributes && { attributes }) }, all);
  }
}

/** @param {Parts} parts @param {{head?: string, tail?: string, label: string, attributes?: object}} copy @param {Copies} all */
function copyRelation(parts, copy, all) {
  const { head, tail, label } = copy;
  const isThere = head && tail && parts.store.twin({ id: "", head, tail, label });
  if (isThere) return;
  if (head && tail && fits(parts, all, ops.create(copy))) all.relations += 1;
  else all.clashing += 1;
}

/** Take an op into the edit unless that would break a rule. @param {Parts} parts @param {Copies} all @param {Op} op */
function fits({ store }, all, op) {
  if (store.problems([...all.edit, op]).length) return false;
  all.edit.push(op);
  return true;
}

/** Whether nothing else is labeled where a copy would be. @param {Parts} parts @param {Span & {label: string}} copy @param {Set<string>} alike */
function isFree({ store }, copy, alike) {
  return store.entities.overlapping(copy.start, copy.end).every((other) => alike.has(key(other)));
}

/**
 * A copy is a proposal that is accepted, where there is one; null where it was rejected.
 * @param {Parts & {proposed: Map<string, Entity>}} parts @param {Span & {label: string}} copy @returns {Op | null}
 */
function entityOp({ store, suggestions, proposed }, copy) {
  const same = proposed.get(key(copy));
  if (store.get(same?.id ?? proposal(copy, copy.label).id)) return null; // no twin, so a verdict or changed since
  return same ? ops.accept(store, suggestions, [same])[0] : ops.create(copy);
}

/** @param {Entity} entity @param {number} shift */
const moved = ({ start, end, label, parts, attributes }, shift) => ({
  start: start + shift,
  end: end + shift,
  label,
  ...(parts && { parts: parts.map(([from, to]) => [from + shift, to + shift]) }),
  ...(attributes && { attributes }),
});

/** @param {Span & {label: string, parts?: number[][]}} entity */
const key = ({ start, end, label, parts }) => `${start} ${end} ${label} ${parts ?? ""}`;
