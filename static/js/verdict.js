// @ts-check
/** The tick and the cross beside a suggestion that is pointed at or focused. */
import { element, listen } from "./element.js";

/** A small bar that follows one suggestion at a time. */
export class VerdictBar {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.paper
   * @param {import("./render.js").Article} parts.article
   * @param {import("./view.js").View} parts.view
   * @param {import("./suggestions.js").Suggestions} parts.suggestions
   * @param {import("./commands.js").Commands} parts.commands
   * @param {import("./keymap.js").Keymap} parts.keymap
   */
  constructor({ paper, article, view, suggestions, commands, keymap }) {
    this.paper = paper;
    this.article = article;
    this.view = view;
    this.suggestions = suggestions;
    /** @type {string | null} */
    this.id = null;
    const button = (/** @type {string} */ sign, /** @type {string} */ words, /** @type {string} */ key, /** @type {(item: any) => void} */ act) => {
      const made = element("button", { type: "button", title: `${words} (${key})`, "aria-label": words, tabindex: -1 }, sign);
      made.addEventListener("click", () => {
        const item = suggestions.open(this.id);
        if (item) act(item);
      });
      return made;
    };
    this.bar = element(
      "div", { class: "verdict", hidden: true },
      button("✓", "Accept", keymap.keyOf("accept"), (item) => commands.acceptOne(item)),
      button("✕", "Reject", keymap.keyOf("reject"), (item) => commands.rejectOne(item)),
    );
    this.ends = [
      listen(this.bar, "pointerdown", (event) => { event.preventDefault(); event.stopPropagation(); }),
      listen(this.bar, "pointerenter", () => (this.inside = true)),
      listen(this.bar, "pointerleave", () => { this.inside = false; this.measure()(); }),
    ];
    paper.append(this.bar);
  }

  /** Find out where the suggestion is that the view points to; returns what goes there. @returns {() => void} */
  measure() {
    const { hover, focus, relating } = this.view.look;
    const pointed = [hover, this.inside ? this.id : null, focus].find((id) => this.suggestions.open(id));
    this.id = relating ? null : pointed ?? null;
    const box = this.id ? [...(this.article.marks(this.id).at(-1)?.getClientRects() ?? [])].at(-1) : undefined;
    const { left, top, width } = this.paper.getBoundingClientRect();
    return () => {
      this.bar.hidden = !box;
      if (!box) return;
      const x = Math.max(0, Math.min(box.right - left - 24, width - this.bar.offsetWidth - 4));
      this.bar.style.setProperty("translate", `${x}px ${box.bottom - top - 2}px`);
    };
  }

  destroy() {
    this.ends.forEach((end) => end());
    this.bar.remove();
  }
}
