// @ts-check
/** What can be done with the focused annotation, as buttons for fingers: keys do the same. */
import { element, listen } from "./element.js";
import { isEntity } from "./schema.js";

const ENTITY = [["choose", "Label"], ["relate", "Relate"], ["propagate", "Others"], ["comment", "Comment"], ["remove", "Delete"]];
const RELATION = [["choose", "Label"], ["reverse", "Turn round"], ["remove", "Delete"]];

/** A bar below the focused annotation, on devices with a touch screen. */
export class ActionBar {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.paper
   * @param {import("./render.js").Article} parts.article
   * @param {import("./view.js").View} parts.view
   * @param {import("./commands.js").Commands} parts.commands
   */
  constructor({ paper, article, view, commands }) {
    this.paper = paper;
    this.article = article;
    this.view = view;
    this.commands = commands;
    this.fingers = matchMedia("(any-pointer: coarse)");
    this.bar = element("div", { class: "actions", hidden: true, role: "toolbar", "aria-label": "Actions" });
    this.ends = [listen(this.bar, "pointerdown", (event) => { event.preventDefault(); event.stopPropagation(); })];
    paper.append(this.bar);
  }

  /** Find out where the focused annotation is; returns what puts the bar there. @returns {() => void} */
  measure() {
    const item = this.fingers.matches && !this.view.look.relating && !this.view.look.spreading ? this.commands.focused : undefined;
    const shown = item && !this.commands.isOpen(item) ? item : undefined;
    const id = shown && (isEntity(shown) ? shown.id : this.commands.suggestions.end(shown.head)?.id);
    const box = id ? [...(this.article.marks(id).at(-1)?.getClientRects() ?? [])].at(-1) : undefined;
    const { left, top, width } = this.paper.getBoundingClientRect();
    return () => {
      this.bar.hidden = !box;
      if (!box) return;
      this.#fill(isEntity(shown) ? ENTITY : RELATION);
      const x = Math.max(4, Math.min(box.left - left, width - this.bar.offsetWidth - 4));
      this.bar.style.setProperty("translate", `${x}px ${box.bottom - top + 8}px`);
    };
  }

  destroy() {
    this.ends.forEach((end) => end());
    this.bar.remove();
  }

  /** @param {string[][]} acts */
  #fill(acts) {
    if (this.acts === acts) return;
    this.acts = acts;
    this.bar.replaceChildren(...acts.map(([command, words]) => element("button", { type: "button", tabindex: -1, "data-command": command }, words)));
  }
}
