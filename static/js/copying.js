// @ts-check
/** Annotating identical passages alike: what is annotated in one, as ops for the others. */
import * as ops from "./ops.js";
import { proposal } from "./suggestions.js";
import { occurrences, paragraphAt } from "./text.js";
import { counted } from "./wording.js";

/**
 * @typedef {import("./schema.js").Entity} Entity
 * @typedef {import("./schema.js").Relation} Relation
 * @typedef {import("./tokens.js").Span} Span
 * @typedef {import("./store.js").Op} Op
 * @typedef {{store: import("./store.js").Store, suggestions: import("./suggestions.js").Suggestions,
 *   text: import("./text.js").DocumentText}} Parts
 * @typedef {{edit: Op[], places: number, entities: number, relations: number, clashing: number}} Copies
 */

/** Copying on one open document. */
export class Copying {
  /**
   * @param {import("./commands.js").Commands} commands
   * @param {(passage: Span) => Promise<any>} ask what this person annotated in the same passage of another document
   */
  constructor(commands, ask) {
    this.commands = commands;
    this.ask = ask;
  }

  /**
   * Annotate identical passages like the selection, or like the paragraph that the person is in, as one
   * edit; where nothing is annotated in it, annotate it as in another document.
   */
  async start() {
    const { store, text, blocks } = this.commands;
    const selection = this.commands.reselect();
    const passage = selection ?? paragraphAt(text, blocks, this.commands.place);
    const here = selection ? "selection" : "paragraph";
    if (!entitiesIn(store, passage).length) return this.#fetch(passage, here);
    const all = copies(this.commands, passage);
    if (!all.places) return this.commands.say(`Nothing else in this document reads like this ${here}.`);
    this.#perform(all, `Copied to ${counted(all.places, "passage")}`, `Nothing is left to copy from this ${here}.`);
  }

  /** @param {Span} passage @param {string} here */
  async #fetch(passage, here) {
    const { commands } = this;
    try {
      const { document: from, entities, relations = [] } = await this.ask(passage);
      if (!entities) return commands.say(`Nothing is labeled in this ${here}, nor by you in the same words of another document.`);
      if (entitiesIn(commands.store, passage).length) return; // the person went on by hand
      this.#perform(copied(commands, entities, relations, 0), `Copied from ${from}`, `Nothing in ${from} can be copied to this ${here}.`);
    } catch {
      commands.say("Other documents cannot be asked: the server cannot be reached.");
    }
  }

  /** @param {Copies} all @param {string} done @param {string} otherwise */
  #perform({ edit, entities, relations, clashing }, done, otherwise) {
    const left = clashing ? ` Left out, since they clash with what is there: ${clashing}.` : "";
    if (!edit.length) return this.commands.say(`${otherwise}${left}`);
    const what = `${counted(entities, "entity", "entities")}, ${counted(relations, "relation")}`;
    if (this.commands.perform(edit)) this.commands.say(`${done}: ${what}.${left} Undo takes all back together.`);
  }
}

/**
 * The ops that annotate each passage with the same text like this one, as one edit.
 *
 * What is there already is kept: an entity that would overlap another one there, was rejected
 * there, or breaks a rule of the scheme is left out and counted in `clashing`, and so is a relation
 * that misses an end. `places` counts the other passages.
 * @param {Parts} parts @param {Span} passage @returns {Copies}
 */
export function copies(parts, passage) {
  const entities = entitiesIn(parts.store, passage);
  const ids = new Set(entities.map(({ id }) => id));
  const relations = entities.flatMap(({ id }) => parts.store.relationsOf(id).filter(({ head, tail }) => head === id && ids.has(tail)));
  const places = occurrences(parts.text, passage.start, passage.end);
  /** @type {Copies} */
  const all = { edit: [], places: places.length, entities: 0, relations: 0, clashing: 0 };
  for (const place of places) {
    const one = copied(parts, entities, relations, place.start - passage.start); // passages do not touch: rules are checked in each alone
    all.edit.push(...one.edit);
    for (const name of /** @type {const} */ (["entities", "relations", "clashing"])) all[name] += one[name];
  }
  return all;
}

/** The entities that lie in a passage. @param {import("./store.js").Store} store @param {Span} passage @returns {Entity[]} */
export function entitiesIn(store, passage) {
  return store.entities.overlapping(passage.start, passage.end).filter(({ start, end }) => start >= passage.start && end <= passage.end);
}

/**
 * The ops that annotate one passage as another is, here or in another document.
 * @param {Parts} given @param {Entity[]} entities @param {Relation[]} relations between them
 * @param {number} shift from their passage to this one, in code points @returns {Copies}
 */
export function copied(given, entities, relations, shift) {
  const proposed = new Map(given.suggestions.entities.map((entity) => [key(entity), entity]));
  const parts = { ...given, proposed };
  /** @type {Copies} */
  const all = { edit: [], places: 1, entities: 0, relations: 0, clashing: 0 };
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
  for (const { head, tail, label, attributes } of relations) {
    copyRelation(parts, { head: there.get(head), tail: there.get(tail), label, ...(attributes && { attributes }) }, all);
  }
  return all;
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
