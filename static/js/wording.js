// @ts-check
/** What annotations are called in messages and lists. */
import { extentsOf, isEntity, isRelation } from "./schema.js";

const LONGEST = 40; // characters of a quotation

/** A number as it is read: 12,345. The browser's own way would load its tables of all languages. @param {number} whole */
export const grouped = (whole) => String(whole).replace(/\B(?=(\d{3})+$)/g, ",");

/** Words for the annotations of one document. */
export class Wording {
  /** @param {import("./text.js").DocumentText} text @param {import("./suggestions.js").Suggestions} suggestions */
  constructor(text, suggestions) {
    this.text = text;
    this.suggestions = suggestions;
  }

  /** The text of a span on one line, cut short. @param {import("./tokens.js").Span & {parts?: [number, number][]}} span @param {number} [longest] */
  words(span, longest = LONGEST) {
    const slices = extentsOf(span).map(([start, end]) => this.text.slice(start, Math.min(end, start + 4 * longest)));
    const words = slices.join(" … ").replace(/\s+/g, " ");
    const characters = [...words];
    return characters.length > longest ? `${characters.slice(0, longest - 1).join("")}…` : words;
  }

  /** An end of a relation. @param {string} id */
  end(id) {
    const entity = this.suggestions.end(id);
    return entity ? `“${this.words(entity)}”` : "something";
  }

  /** @param {import("./schema.js").Entity | import("./schema.js").Relation | import("./schema.js").Category} item */
  name(item) {
    if (isEntity(item)) return `“${this.words(item)}” ${item.label}`;
    if (!isRelation(item)) return `the document label ${item.label}`;
    return `${this.end(item.head)} ${item.label} ${this.end(item.tail)}`;
  }
}

/** A number with what it counts. @param {number} number @param {string} one @param {string} [many] */
export function counted(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}
