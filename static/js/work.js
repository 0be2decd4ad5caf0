// @ts-check
/** A document as the server sends it: what is empty is left out on the way, and put back here. */

const LAYER = {
  id: null, gold: false, flag: null, reason: null, blind: false, revision: 0, read_to: null, seconds: 0,
  entities: [], relations: [], categories: [], verdicts: [], decisions: [],
};
const LABEL = { key: "", description: "" };
const KINDS = { entities: LABEL, relations: { ...LABEL, head: [], tail: [], symmetric: false }, categories: { ...LABEL, group: "" } };

/** Put back what was left out of the layer and of the labels. @param {any} work @returns {any} */
export function complete(work) {
  const scheme = { ...work.scheme };
  for (const [kind, empty] of Object.entries(KINDS)) scheme[kind] = scheme[kind].map((/** @type {any} */ label) => ({ ...empty, ...label }));
  return { ...work, scheme, layer: { ...LAYER, ...work.layer } };
}

const BETWEEN = 300; // milliseconds after which it is looked again whether a gesture has ended

/**
 * An open document fetched anew, between two gestures of the person; null once another is open.
 * @param {import("./api.js").Api} api @param {import("./session.js").Session} session @param {() => boolean} isOpen
 */
export async function fetchedAnew(api, session, isOpen) {
  const { document: article, layer } = session.work;
  const path = `/documents/${article.id}/${layer.gold ? "gold" : "work"}`;
  for (;;) {
    const work = session.isBusy ? null : await api.get(path).catch(() => null); // without a network it is asked again
    if (!isOpen()) return null;
    if (work && !session.isBusy) return complete(work);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN));
  }
}
