// @ts-check
/** A person's own keys: kept by the server, shown and changed in the help dialog. */
import { dialog } from "./dialogs.js";
import { element } from "./element.js";
import { chordOf, DEFAULTS, Keymap, nameOf, withOwn, written } from "./keymap.js";

const KEPT = "labeler.keys"; // where browsers kept them before the server did

/** @typedef {Record<string, string[]>} Own chords by the name of a binding */

/** The keys that this person chose; none where they cannot be read or clash. @param {Own | null} kept by the server @param {Storage | null} storage @returns {Own} */
export function ownKeys(kept, storage) {
  try {
    const own = kept ?? JSON.parse(storage?.getItem(KEPT) ?? "{}");
    new Keymap(withOwn(own)); // throws when keys clash
    return own;
  } catch {
    return {};
  }
}

/**
 * Show what every key does, and let the person change it.
 * @param {Keymap} keymap @param {Own} own @param {(own: Own) => void} onChange
 * @param {{on: boolean, onChange: () => void}} guesses whether likely labels are given at once
 */
export function showKeys(keymap, own, onChange, guesses) {
  const body = element("div", { class: "keys" });
  const problem = element("p", { class: "problem", role: "status" });
  const change = (/** @type {Own} */ changed) => {
    onChange(changed);
    shown.close();
  };
  const reset = element("button", { type: "button", class: "small", hidden: !Object.keys(own).length, onclick: () => change({}) }, "Back to the keys that came with it");
  const close = element("form", { method: "dialog", class: "close" }, element("button", { class: "icon flat", "aria-label": "Close" }, "✕"));
  const mouse = element("p", { class: "hint" },
    "With the mouse: drag over words; where no label is likely, choose one. Rest on a suggestion, then a label’s key takes it with that label. Or click a label first, and each drag and each click on a word labels at once, until Esc. Hold Alt while dragging to take single characters. Drag from the label of an entity to another entity to relate them. Drag the handles of an entity to resize it. Right after an entity, a drag can add the words to it as a further part. Click a key to change it.");
  const box = element("input", { type: "checkbox", checked: guesses.on, onchange: () => guesses.onChange() });
  const choice = element("label", { class: "switch" }, box, "Label what I drag over at once by its likeliest label, and relations likewise; another label’s key changes it.");
  body.append(...sections(keymap, (name, button) => ask(button, problem, (chord) => change(assigned(own, name, chord)), (chord) => clash(keymap, name, chord))));
  const shown = dialog("Keys", close, mouse, choice, problem, body, reset);
}

/** @param {Keymap} keymap @param {(name: string, button: HTMLElement) => void} onAsk */
function sections(keymap, onAsk) {
  /** @type {Map<string, HTMLElement[]>} */
  const groups = new Map();
  for (const binding of keymap.bindings) {
    if (!binding.chords.length && isLabel(binding)) continue;
    if (!groups.has(binding.group)) groups.set(binding.group, []);
    groups.get(binding.group)?.push(line(binding, onAsk));
  }
  return [...groups].map(([name, lines]) => element("section", {}, element("h3", {}, name), element("dl", {}, ...lines)));
}

/** Whether a key comes from the scheme, where it is changed. @param {import("./keymap.js").Binding} binding */
const isLabel = (binding) => !DEFAULTS.some((each) => nameOf(each) === nameOf(binding));

/** @param {import("./keymap.js").Binding} binding @param {(name: string, button: HTMLElement) => void} onAsk */
function line(binding, onAsk) {
  const keys = binding.chords.length ? binding.chords.map((chord) => element("kbd", {}, written(chord))) : ["none"];
  if (isLabel(binding)) return element("div", {}, element("dt", {}, ...keys), element("dd", {}, binding.help));
  const button = element("button", { type: "button", "aria-label": `Change the key for: ${binding.help}` }, ...keys);
  button.addEventListener("click", () => onAsk(nameOf(binding), button));
  return element("div", {}, element("dt", {}, button), element("dd", {}, binding.help));
}

/**
 * Wait for the key that shall do it.
 * @param {HTMLElement} button @param {HTMLElement} problem
 * @param {(chord: string) => void} onChosen @param {(chord: string) => string} clashes says what a chord does already
 */
function ask(button, problem, onChosen, clashes) {
  const before = [...button.childNodes];
  button.replaceChildren("Press a key…");
  const end = () => {
    button.removeEventListener("keydown", pressed);
    button.removeEventListener("blur", end);
    button.replaceChildren(...before);
  };
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    end();
    const chord = chordOf(event);
    const other = clashes(chord);
    if (event.key === "Escape") return;
    if (other) problem.textContent = `${written(chord)} is taken: ${other}.`;
    else onChosen(chord);
  };
  button.addEventListener("keydown", pressed);
  button.addEventListener("blur", end);
}

/** @param {Keymap} keymap @param {string} name @param {string} chord */
function clash(keymap, name, chord) {
  const other = keymap.byChord.get(chord);
  return other && nameOf(other) !== name ? other.help : "";
}

/** @param {Own} own @param {string} name @param {string} chord @returns {Own} */
function assigned(own, name, chord) {
  return { ...own, [name]: [chord] };
}
