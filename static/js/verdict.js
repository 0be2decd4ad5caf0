// @ts-check
/** The tick and the cross beside the suggestion that keys act on: the one pointed at, or else the one focused. */
import { element, listen } from "./element.js";
import { isRelation } from "./schema.js";

/** A small bar that follows one suggestion at a time. */
export class VerdictBar {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.paper
   * @param {import("./render.js").Article} parts.article
   * @param {import("./view.js").View} parts.view
   * @param {import("./suggestions.js").Suggestions} parts.suggestions
   * @param {import("./arcs.js").Arcs} parts.arcs
   * @param {import("./answering.js").Answering} parts.answering
   * @param {import("./keymap.js").Keymap} parts.keymap
   */
  constructor({ paper, article, arcs, view, suggestions, answering, keymap }) {
    this.paper = paper;
    this.article = article;
    this.arcs = arcs;
    this.keymap = keymap;
    this.view = view;
    this.suggestions = suggestions;
    /** @type {string | null} */
    this.id = null;
    const button = (/** @type {string} */ sign, /** @type {string} */ words, /** @type {string} */ key, /** @type {(item: any, how: {stay: boolean}) => void} */ act) => {
      const made = element("button", { type: "button", title: `${words} (${key})`, "aria-label": words, tabindex: -1 }, sign);
      made.addEventListener("click", (event) => {
        const item = suggestions.open(this.id);
        if (item) act(item, { stay: /** @type {PointerEvent} */ (event).pointerType !== "touch" });
      });
      return made;
    };
    this.aside = element("span", { "aria-hidden": "true" });
    this.bar = element(
      "div", { class: "verdict", hidden: true },
      button("✓", "Accept", keymap.keyOf("accept"), (item, how) => answering.acceptOne(item, how)),
      button("✕", "Reject", keymap.keyOf("reject"), (item, how) => answering.rejectOne(item, how)),
      this.aside,
    );
    this.end = listen(this.bar, "pointerdown", (event) => { event.preventDefault(); event.stopPropagation(); });
    paper.append(this.bar);
  }

  /** Find out where the suggestion is that the view points to; returns what goes there. @returns {() => void} */
  measure() {
    const { pointed, focus, relating } = this.view.look;
    const item = relating ? undefined : this.suggestions.open(pointed) ?? this.suggestions.open(focus);
    this.id = item?.id ?? null;
    const box = item && [...(this.article.marks(item.id).at(-1)?.getClientRects() ?? [])].at(-1);
    return () => {
      const arc = isRelation(item) ? this.arcs.pillOf(item.id) : undefined; // drawn by now
      this.bar.hidden = !box && !arc;
      if (this.bar.hidden) return;
      this.#tell(isRelation(item) ? "relation" : "label");
      if (box) this.#place(box.right - 24, box.bottom - 2);
      else if (arc) this.#place(arc.right - 2, arc.top + arc.height / 2 - this.bar.offsetHeight / 2);
    };
  }

  /** Say which keys give it another label. @param {"label" | "relation"} command */
  #tell(command) {
    const keys = this.keymap.bindings.filter((each) => each.command === command && each.chords.length).map(({ argument }) => this.keymap.keyOf(command, argument));
    const words = keys.length > 1 ? `${keys[0]}–${keys[keys.length - 1]} label` : keys.join("");
    if (this.aside.textContent === words) return;
    this.aside.textContent = words;
    this.aside.title = "The key of a label takes it with that label";
  }

  /** @param {number} x @param {number} y in pixels of the window */
  #place(x, y) {
    const { left, top, width } = this.paper.getBoundingClientRect();
    const inside = Math.max(0, Math.min(x - left, width - this.bar.offsetWidth - 4));
    this.bar.style.setProperty("translate", `${inside}px ${y - top}px`);
  }

  destroy() {
    this.end();
    this.bar.remove();
  }
}
