// @ts-check
/**
 * What may be labeled and which rules hold: the twin of labeler/schema.py.
 *
 * Annotations are plain objects; the fields that they have tell their kind apart.
 *
 * @typedef {{suggester?: string, version?: string, score?: number, reason?: string,
 *   changed?: boolean, others?: {label: string, suggester?: string, score?: number, reason?: string}[]}} Origin
 * @typedef {Record<string, string | number | boolean>} Attributes
 * @typedef {{id: string, start: number, end: number, label: string, origin?: Origin,
 *   parts?: [number, number][], attributes?: Attributes}} Entity a discontinuous one has `parts`
 * @typedef {{id: string, head: string, tail: string, label: string, origin?: Origin,
 *   attributes?: Attributes}} Relation
 * @typedef {{id: string, label: string, origin?: Origin}} Category a label of the whole document
 * @typedef {{id: string, verdict: string}} Verdict
 * @typedef {Entity | Relation | Category | Verdict} Annotation
 * @typedef {{name: string, values: string[], required?: boolean}} DeclaredAttribute one of its values, anything where there are none; required before the document is said to be done
 * @typedef {{name: string, key: string, color: string, description: string, attributes?: DeclaredAttribute[],
 *   retired?: boolean, formerly?: string[]}} EntityLabel
 * @typedef {EntityLabel & {head: string[], tail: string[], symmetric: boolean}} RelationLabel
 * @typedef {EntityLabel & {group: string}} CategoryLabel
 * @typedef {{id: string, code: string, message: string, other?: string}} Problem
 */

/** @param {any} item @returns {item is Entity} */
export const isEntity = (item) => item !== null && item !== undefined && "start" in item;

/** @param {any} item @returns {item is Relation} */
export const isRelation = (item) => item !== null && item !== undefined && "head" in item;

/** @param {any} item @returns {item is Category} */
export const isCategory = (item) => item !== null && item !== undefined && "label" in item && !isEntity(item) && !isRelation(item);

/** The stretches of text an entity consists of, one unless it is discontinuous. @param {{start: number, end: number, parts?: [number, number][]}} entity @returns {[number, number][]} */
export const extentsOf = ({ start, end, parts }) => (parts?.length ? parts : [[start, end]]);

/** What makes two annotations the same one twice. @param {Annotation} item */
export function contentOf(item) {
  if (isEntity(item)) return `${item.start} ${item.end} ${item.label}${item.parts ? `\u0000${item.parts}` : ""}`;
  if (isRelation(item)) return `${item.head}\u0000${item.tail}\u0000${item.label}`;
  return isCategory(item) ? `\u0000${item.label}` : item.id;
}

/** What attributes may be, as labeler/schema/records.py has it: how many, and how many characters. */
const MOST = { attributes: 50, name: 60, value: 2000 };
const PRINTABLE = /^(?:[^\p{C}\p{Z}]| )+$/u;

/** The labels that may be given to what is new: those retired stay where they are. @template {{retired?: boolean}} T @param {T[]} labels @returns {T[]} */
export const offered = (labels) => labels.filter(({ retired }) => !retired);

/** Present names by those that labels had formerly; a present name is none of these. @param {EntityLabel[]} labels */
function formerNames(labels) {
  const present = new Set(labels.map(({ name }) => name));
  const pairs = labels.flatMap(({ name, formerly = [] }) => formerly.map((old) => /** @type {[string, string]} */ ([old, name])));
  return new Map(pairs.filter(([old]) => !present.has(old)));
}

/** The labels of a project and its rule on overlap. */
export class Scheme {
  /** @param {{entities: EntityLabel[], relations: RelationLabel[], overlap: string, categories?: CategoryLabel[]}} plain */
  constructor({ entities, relations, overlap, categories = [] }) {
    this.entities = entities;
    this.relations = relations;
    this.categories = categories;
    this.overlap = overlap;
    this.entityByName = new Map(entities.map((label) => [label.name, label]));
    this.relationByName = new Map(relations.map((label) => [label.name, label]));
    this.categoryByName = new Map(categories.map((label) => [label.name, label]));
    this.former = { entities: formerNames(entities), relations: formerNames(relations), categories: formerNames(categories) };
  }

  /** An annotation, or its body, with its label by its present name. @template {object | null} T @param {T} item @returns {T} */
  renewed(item) {
    const labeled = /** @type {any} */ (item);
    const kind = isEntity(labeled) ? "entities" : isRelation(labeled) ? "relations" : isCategory(labeled) ? "categories" : null;
    const name = kind && this.former[kind].get(labeled.label);
    return name ? { ...labeled, label: name } : item;
  }

  /** @param {string} name */
  entity(name) {
    return this.entityByName.get(name);
  }

  /** @param {string} name */
  relation(name) {
    return this.relationByName.get(name);
  }

  /** @param {string} name */
  category(name) {
    return this.categoryByName.get(name);
  }

  /** Relation labels that may lead from one entity label to another. @param {string} head @param {string} tail */
  between(head, tail) {
    return offered(this.relations).filter((label) => allows(label, head, tail));
  }

  /** Relation labels that may begin at an entity label. @param {string} head */
  from(head) {
    return offered(this.relations).filter((label) => !label.head.length || label.head.includes(head));
  }
}

/**
 * Whether entities of these labels may be head and tail.
 * @param {RelationLabel} label @param {string} head @param {string} tail
 */
export function allows(label, head, tail) {
  const fits = (/** @type {string[]} */ names, /** @type {string} */ name) =>
    !names.length || names.includes(name);
  return fits(label.head, head) && fits(label.tail, tail);
}

/**
 * What breaks a rule among the touched annotations (all unless told).
 *
 * `items` must hold the touched ones, the ends of their relations, the relations of touched
 * entities, the entities that overlap them, and the categories.
 * @param {Map<string, Annotation>} items @param {Scheme} scheme
 * @param {number} length of the text, in code points
 * @param {Iterable<string>} [touched]
 * @returns {Problem[]}
 */
export function check(items, scheme, length, touched = items.keys()) {
  const chosen = [...touched].flatMap((id) => items.get(id) ?? []);
  const problems = chosen.flatMap((item) => {
    if (isEntity(item)) return entityProblems(item, scheme, length);
    if (isRelation(item)) return relationProblems(item, items, scheme);
    return isCategory(item) ? categoryProblems(item, items, scheme) : [];
  });
  problems.push(...repeated(items, chosen));
  if (scheme.overlap !== "allow") problems.push(...overlapProblems(items, chosen, scheme.overlap));
  return problems;
}

/**
 * The attributes that a label requires and that were not given; they break no rule of edits.
 * @param {Iterable<Annotation>} items @param {Scheme} scheme @returns {{item: Entity | Relation, name: string}[]}
 */
export function untold(items, scheme) {
  return [...items].flatMap((item) => {
    if (!isEntity(item) && !isRelation(item)) return [];
    const label = isEntity(item) ? scheme.entity(item.label) : scheme.relation(item.label);
    const lacking = (label?.attributes ?? []).filter(({ name, required }) => required && !Object.hasOwn(item.attributes ?? {}, name));
    return lacking.map(({ name }) => ({ item, name }));
  });
}

/** @param {Entity} entity @param {Scheme} scheme @param {number} length @returns {Problem[]} */
function entityProblems({ id, start, end, label, parts, attributes }, scheme, length) {
  const problems = attributeProblems(id, attributes);
  if (parts && !areParts(parts, start, end)) {
    problems.push({ id, code: "parts", message: "Its parts are not two or more, in order and apart." });
  }
  if (!(start >= 0 && start < end && end <= length)) {
    const message = `[${start}, ${end}) does not fit a text of ${length} characters.`;
    problems.push({ id, code: "bounds", message });
  }
  const known = scheme.entity(label);
  if (known) problems.push(...undeclared(id, known, attributes));
  else problems.push({ id, code: "label", message: `The scheme has no entity label “${label}”.` });
  return problems;
}

/** @param {string} id @param {Attributes | undefined} attributes @returns {Problem[]} */
function attributeProblems(id, attributes = {}) {
  const problem = (/** @type {string} */ message) => ({ id, code: "attributes", message });
  const entries = Object.entries(attributes);
  const problems = entries.length > MOST.attributes ? [problem(`It has ${entries.length} attributes; ${MOST.attributes} are possible.`)] : [];
  for (const [name, value] of entries) {
    if ([...name].length > MOST.name || !PRINTABLE.test(name)) problems.push(problem(`The name of an attribute has 1 to ${MOST.name} characters that can be seen.`));
    if (typeof value === "string" && [...value].length > MOST.value) problems.push(problem(`“${name}” has more than ${MOST.value.toLocaleString("en")} characters.`));
  }
  return problems;
}

/** Values that are none of those that a label declares. @param {string} id @param {EntityLabel} label @param {Attributes | undefined} told @returns {Problem[]} */
function undeclared(id, { name: label, attributes = [] }, told = {}) {
  const odd = attributes.filter(({ name, values }) => Object.hasOwn(told, name) && values.length && !values.includes(/** @type {string} */ (told[name])));
  return odd.map(({ name, values }) => ({ id, code: "attributes", message: `${name} of ${label} is one of ${values.join(", ")}, not “${told[name]}”.` }));
}

/** @param {[number, number][]} parts @param {number} start @param {number} end */
function areParts(parts, start, end) {
  const borders = parts.flat();
  const ordered = borders.every((border, index) => index === 0 || borders[index - 1] < border);
  return parts.length > 1 && ordered && borders[0] === start && borders.at(-1) === end;
}

/** @param {Category} category @param {Map<string, Annotation>} items @param {Scheme} scheme @returns {Problem[]} */
function categoryProblems({ id, label: name }, items, scheme) {
  const label = scheme.category(name);
  if (!label) return [{ id, code: "label", message: `The scheme has no category “${name}”.` }];
  if (!label.group) return [];
  const others = [...items.values()].filter((item) => isCategory(item) && item.label !== name && scheme.category(item.label)?.group === label.group);
  return others.map((item) => ({ id, code: "group", message: `The document is ${/** @type {Category} */ (item).label} already: of ${label.group} it has one.`, other: item.id }));
}

/** @param {Relation} relation @param {Map<string, Annotation>} items @param {Scheme} scheme @returns {Problem[]} */
function relationProblems({ id, head, tail, label: name, attributes }, items, scheme) {
  const [from, to] = [items.get(head), items.get(tail)];
  if (!isEntity(from) || !isEntity(to)) {
    return [{ id, code: "end", message: "One of its ends is no entity any more." }];
  }
  const label = scheme.relation(name);
  if (!label) return [{ id, code: "label", message: `The scheme has no relation label “${name}”.` }];
  const problems = [...attributeProblems(id, attributes), ...undeclared(id, label, attributes)];
  if (allows(label, from.label, to.label)) return problems;
  return [{ id, code: "ends", message: `${name} may not lead from ${from.label} to ${to.label}.` }, ...problems];
}

/** @param {Map<string, Annotation>} items @param {Annotation[]} chosen @returns {Problem[]} */
function repeated(items, chosen) {
  /** @type {Map<string, string>} */
  const holders = new Map();
  /** @type {Map<string, string>} */
  const twins = new Map();
  for (const item of items.values()) {
    const content = contentOf(item);
    const first = holders.get(content);
    if (first === undefined) holders.set(content, item.id);
    else twins.set(item.id, first).set(first, item.id);
  }
  return chosen
    .filter((item) => twins.has(item.id))
    .map(({ id }) => ({ id, code: "twice", message: "The same annotation is there already.", other: twins.get(id) }));
}

/** @param {Placed} a @param {Placed} b @typedef {{start: number, end: number, parts?: [number, number][]}} Placed */
export function overlaps(a, b) {
  const meet = a.start < b.end && b.start < a.end;
  if (!meet || !(a.parts || b.parts)) return meet;
  return extentsOf(a).some(([start, end]) => extentsOf(b).some(([first, last]) => start < last && first < end));
}

/** Whether two spans overlap and neither lies within the other. @param {Placed} a @param {Placed} b */
export function crosses(a, b) {
  const within = (/** @type {Placed} */ x, /** @type {Placed} */ y) =>
    extentsOf(x).every(([start, end]) => extentsOf(y).some(([first, last]) => first <= start && end <= last));
  return overlaps(a, b) && !within(a, b) && !within(b, a);
}

/** @param {Map<string, Annotation>} items @param {Annotation[]} chosen @param {string} rule @returns {Problem[]} */
function overlapProblems(items, chosen, rule) {
  const clashes = rule === "forbid" ? overlaps : crosses;
  const verb = rule === "forbid" ? "overlap" : "cross";
  const entities = [...items.values()].filter(isEntity);
  return chosen.filter(isEntity).flatMap((entity) => {
    const other = entities.find((each) => each.id !== entity.id && clashes(entity, each));
    if (!other) return [];
    const message = `It would ${verb} an entity ${other.label}, and this project does not allow that.`;
    return [{ id: entity.id, code: "overlap", message, other: other.id }];
  });
}
