// @ts-check
/** The edits of a layer, told and gone back to. */
import { extentsOf, isCategory, isEntity, isRelation } from "./schema.js";
import { bodyOf, same } from "./store.js";

/**
 * @typedef {import("./store.js").Op} Op
 * @typedef {{revision: number, key: string, actor: string, at: string, ops: Op[]}} Entry
 */

/** What a log leads to, by id, without ids in the bodies. @param {Entry[]} entries @returns {Map<string, object>} */
export function fold(entries) {
  const items = new Map();
  for (const { ops } of entries) {
    for (const { id, after } of ops) {
      items.delete(id);
      if (after) items.set(id, after);
    }
  }
  return items;
}

/**
 * The ops that bring a layer back to what it was at a revision.
 * @param {Entry[]} entries oldest first @param {number} revision
 * @param {Map<string, import("./schema.js").Annotation>} current
 * @returns {Op[]}
 */
export function restore(entries, revision, current) {
  const wanted = fold(entries.filter((entry) => entry.revision <= revision));
  const ids = new Set([...current.keys(), ...wanted.keys()]);
  return [...ids].flatMap((id) => {
    const before = bodyOf(current.get(id));
    const after = wanted.get(id) ?? null;
    return same(before, after) ? [] : [{ id, before, after }];
  });
}

/**
 * Say in a few words what an edit did.
 * @param {Op[]} ops @param {(start: number, end: number) => string} slice the text of a span
 */
export function describe(ops, slice) {
  if (ops.length === 1) return one(ops[0], slice);
  const counts = [
    count(ops, (op) => isEntity(op.after) && !op.before, "labeled", "entity", "entities"),
    count(ops, (op) => isRelation(op.after) && !op.before, "drew", "relation", "relations"),
    count(ops, (op) => isCategory(op.after) && !op.before, "gave the document", "label", "labels"),
    count(ops, (op) => Boolean(op.before && op.after), "changed", "annotation", "annotations"),
    count(ops, (op) => !op.after && !isVerdict(op.before), "deleted", "annotation", "annotations"),
    count(ops, (op) => !op.after && isVerdict(op.before), "took back", "rejection", "rejections"),
    count(ops, (op) => isVerdict(op.after) && !op.before, "rejected", "suggestion", "suggestions"),
    count(ops, (op) => isDecision(op.after) && op.id !== TAKEN, "settled", "question", "questions"),
  ];
  return counts.filter(Boolean).join(", ");
}

/** @param {any} body */
const isVerdict = (body) => body !== null && "verdict" in body;

/** @param {any} body what a curator settled */
const isDecision = (body) => body !== null && "answer" in body;
const TAKEN = "q:agreed"; // the decision that lists what all agree on

/** @param {Op} op @param {(start: number, end: number) => string} slice */
function one({ before, after }, slice) {
  const body = /** @type {any} */ (after ?? before);
  const label = body.label ?? "";
  if (isVerdict(body)) return after ? "rejected a suggestion" : "took back a rejection";
  if (isDecision(body)) return after ? "settled a question" : "opened a question again";
  if (isRelation(body)) return `${verb(before, after, "drew")} relation ${label}`;
  if (isCategory(body)) return `${verb(before, after, "labeled")} the document ${label}`;
  const words = extentsOf(body).map(([start, end]) => slice(start, end)).join(" … ");
  const short = words.length > 40 ? `${words.slice(0, 39)}…` : words;
  return `${verb(before, after, "labeled")} “${short}” ${label}`;
}

/** @param {object | null} before @param {object | null} after @param {string} made */
function verb(before, after, made) {
  if (!after) return "deleted";
  return before ? "changed" : made;
}

/** @param {Op[]} ops @param {(op: Op) => boolean} test @param {string} verbed @param {string} one @param {string} many */
function count(ops, test, verbed, one, many) {
  const number = ops.filter(test).length;
  return number ? `${verbed} ${number} ${number === 1 ? one : many}` : "";
}

/** A point in time for people, in their own time zone. @param {string} at */
export function moment(at) {
  return new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}
