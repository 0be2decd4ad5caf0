// @ts-check
/** What a key press means at the moment: to a menu that is open, to a control, or as a command. */
import { listen } from "./element.js";
import { chordOf, isTyping, written } from "./keymap.js";

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
    const target = /** @type {HTMLElement} */ (event.target);
    if (page.chooser.isOpen && this.#chooserKey(event)) return;
    const binding = page.keymap.match(chordOf(event), isTyping(target));
    if (!binding || !this.#isOurs(event, target)) return;
    if (binding.command === "suggestion" && (page.leaving || !this.#canStep())) return;
    page.leaving = false;
    event.preventDefault();
    event.stopPropagation();
    if (page.finishing) return page.chrome.say("Wait a moment: the next document is being opened.");
    if (!event.repeat || REPEATED.includes(binding.command)) page.run(binding.command, binding.argument);
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

  /** @param {KeyboardEvent} event */
  #chooserKey(event) {
    const { chooser } = this.page;
    if (isTyping(event.target) && event.target === chooser.field) {
      const field = /** @type {HTMLInputElement} */ (event.target);
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
