// @ts-check
/** What is set off at the moment: the focused and the pointed at annotation, and what belongs to them. */
import { isEntity, isRelation } from "./schema.js";

/**
 * The classes that entities have for a while, by id.
 * @param {import("./view.js").Look} look
 * @param {import("./store.js").Store} store
 * @param {import("./suggestions.js").Suggestions} suggestions
 * @param {import("./schema.js").Annotation | undefined} focused
 * @returns {Map<string, string>}
 */
export function decorations({ focus, guess, hover, relating }, store, suggestions, focused) {
  /** @type {Map<string, string>} */
  const names = new Map();
  const add = (/** @type {string | null | undefined} */ id, /** @type {string} */ name) =>
    id && names.set(id, [names.get(id), name].filter(Boolean).join(" "));
  if (relating) {
    relating.targets.forEach((id) => add(id, "target"));
    add(relating.head, "head");
    add(relating.targets[relating.index], "aimed");
    return names;
  }
  if (isEntity(focused)) add(focused.id, "focus");
  if (isEntity(focused) && guess === focused.id) add(guess, "guessed");
  if (hover) add(hover, "pointed");
  for (const id of [focus, hover]) {
    const relation = id ? store.relations.get(id) ?? suggestions.open(id) : undefined;
    if (isRelation(relation)) [relation.head, relation.tail].forEach((end) => add(suggestions.end(end)?.id, "end"));
  }
  return names;
}

/**
 * The relations that are drawn strong: the focused one, or those of the focused entity, and likewise for what is pointed at.
 * @param {import("./view.js").Look} look
 * @param {import("./store.js").Store} store
 * @param {import("./suggestions.js").Suggestions} suggestions
 * @returns {Set<string>} their ids
 */
export function strongRelations({ focus, hover }, store, suggestions) {
  const ids = [focus, hover].flatMap((id) => {
    if (!id) return [];
    const own = store.relationsOf(id).map((relation) => relation.id);
    const open = suggestions.openRelations.filter(({ head, tail }) => [head, tail].some((end) => suggestions.resolve(end) === id));
    return [id, ...own, ...open.map((relation) => relation.id)];
  });
  return new Set(ids.filter((id) => store.relations.has(id) || suggestions.openRelations.some((open) => open.id === id)));
}
