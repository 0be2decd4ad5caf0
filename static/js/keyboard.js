// @ts-check
/** What a key press means at the moment: to a menu that is open, to a control, or as a command. */
import { listen } from "./element.js";
import { chordOf, isTyping, written } from "./keymap.js";
import { isRelation } from "./schema.js";

const REPEATED = ["move", "extend", "undo", "redo", "step", "suggestion", "resize"]; // while the key is held down

/** The keyboard of one page. */
export class Keyboard {
  /** @param {import("./main.js").Page} page */
  constructor(page) {
    this.page = page;
    this.end = listen(document, "keydown", (event) => this.#key(event), { capture: true });
  }

  destroy() {
    this.end();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { page } = this;
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    const chord = chordOf(event);
    page.session?.guessing.pressed(event, /^\d$/.test(event.key) && page.keymap.match(chord)?.command === "label");
    const { field, isOpen } = page.chooser;
    const target = /** @type {HTMLElement} */ (isOpen && document.activeElement === field ? field : event.target); // it may have opened for this key
    if (isOpen && this.#chooserKey(event, target)) return;
    const binding = this.#meant(chord, target);
    if (!binding || !this.#isOurs(event, target)) return;
    if (binding.command === "suggestion" && (page.leaving || !this.#canStep())) return;
    page.leaving = false;
    event.preventDefault();
    event.stopPropagation();
    if (page.finishing) return page.chrome.say("Wait a moment: the next document is being opened.");
    if (!event.repeat || REPEATED.includes(binding.command)) page.run(binding.command, binding.argument);
  }

  /** What a chord says; after a relation whose label was guessed a digit chooses as in the menu of relations. @param {string} chord @param {HTMLElement} target */
  #meant(chord, target) {
    const { keymap, session } = this.page;
    const found = keymap.match(chord, isTyping(target));
    const other = found?.command === "label" && session && isRelation(session.commands.guessed) ? keymap.match(`Shift+${chord}`) : undefined;
    return other?.command === "relation" ? other : found;
  }

  /** Keys that belong to a control that has the focus stay its own. @param {KeyboardEvent} event @param {HTMLElement} target */
  #isOurs(event, target) {
    const control = target.closest("button, a, summary, input, select, textarea, [role=listbox]");
    if (control && ["Enter", " "].includes(event.key) && !event.ctrlKey && !event.metaKey) return event.shiftKey && control.matches("[role=listbox]");
    if (event.key === "Escape" && isTyping(target)) return false;
    const inText = target === document.body || target.closest("#viewport") !== null;
    if (event.key === "Tab") return inText || this.page.view.look.relating !== null;
    if (event.key.startsWith("Arrow") && !event.altKey && !event.ctrlKey && !event.metaKey) return inText;
    return true;
  }

  /** Whether Tab has somewhere to go; else it leaves the text as everywhere. */
  #canStep() {
    const { view, session } = this.page;
    return view.look.relating !== null || view.look.spreading !== null || (session?.suggestions.count ?? 0) > 0;
  }

  /** @param {KeyboardEvent} event @param {HTMLElement} target */
  #chooserKey(event, target) {
    const { chooser } = this.page;
    if (isTyping(target) && target === chooser.field) {
      const field = /** @type {HTMLInputElement} */ (target);
      if (field.value || !/^\d$/.test(event.key)) return chooser.key(event) || event.key.length === 1;
    } else if (chooser.key(event)) return true;
    const chord = chordOf(event);
    const keys = [chord, `Shift+${chord}`].map((each) => written(each));
    const found = chooser.choices.find(({ key }) => keys.includes(key));
    if (!found) return false;
    event.preventDefault();
    event.stopPropagation();
    const choose = chooser.onChoose;
    chooser.close();
    choose(found.name);
    return true;
  }
}
