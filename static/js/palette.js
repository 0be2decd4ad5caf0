// @ts-check
/** Colours of labels as classes `c0`, `c1`…, in shades that can be read, light and dark. */
import { mix, readable } from "./colors.js";

const PAPER = "#ffffff";
const DARK = "#1b1f24";

/** Names the class of each label. */
export class Palette {
  /** @param {import("./schema.js").Scheme} scheme */
  constructor(scheme) {
    this.labels = [...scheme.entities, ...scheme.relations];
    this.classes = new Map(scheme.entities.map(({ name }, index) => [name, `c${index}`]));
    this.sheet = new CSSStyleSheet();
    this.sheet.replaceSync(scheme.entities.map(rule).join("\n"));
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.sheet];
  }

  /** The class of an entity label. @param {string} name */
  of(name) {
    return this.classes.get(name) ?? "";
  }

  destroy() {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.sheet);
  }
}

/** @param {{color: string}} label @param {number} index */
function rule({ color }, index) {
  const ink = (/** @type {string} */ ground) => readable(color, mix(ground, color, 0.2));
  const line = (/** @type {string} */ ground) => readable(color, ground, 3);
  const full = readable(color, "#ffffff"); // the ground of white text
  return `.c${index} { --c: ${color}; --c-full: ${full};
    --c-ink: light-dark(${ink(PAPER)}, ${ink(DARK)});
    --c-line: light-dark(${line(PAPER)}, ${line(DARK)}); }`;
}
