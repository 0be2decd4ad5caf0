// @ts-check
/**
 * Which key does what, as data; the help page is made from it.
 *
 * A chord is written `Mod+Alt+Shift+Key`: `Mod` is Ctrl, or ⌘ on a Mac. Digits and letters are
 * taken from where they lie where the keyboard writes another script.
 */

import { offered } from "./schema.js";

/** @typedef {{chords: string[], command: string, group: string, help: string, argument?: string}} Binding */

/** @param {string} chords separated by spaces @param {string} command @param {string} group @param {string} help @returns {Binding} */
const bind = (chords, command, group, help) => ({ chords: chords.split(" "), command, group, help });

const move = (/** @type {string} */ chords, /** @type {string} */ argument, /** @type {string} */ help) => ({
  ...bind(chords, "move", "Cursor", help),
  argument,
});

const extend = (/** @type {string} */ chords, /** @type {string} */ argument, /** @type {string} */ help) => ({
  ...bind(chords, "extend", "Cursor", help),
  argument,
});

/** What holds unless a person changed it. @type {Binding[]} */
export const DEFAULTS = [
  move("ArrowLeft", "left", "Move the cursor one token to the left"),
  move("ArrowRight", "right", "Move the cursor one token to the right"),
  move("ArrowUp", "up", "Move the cursor to the line above"),
  move("ArrowDown", "down", "Move the cursor to the line below"),
  move("Mod+ArrowLeft", "sentence-back", "Move the cursor to the sentence before"),
  move("Mod+ArrowRight", "sentence-on", "Move the cursor to the next sentence"),
  move("Mod+ArrowUp", "paragraph-back", "Move the cursor to the paragraph before"),
  move("Mod+ArrowDown", "paragraph-on", "Move the cursor to the next paragraph"),
  extend("Shift+ArrowLeft", "left", "Extend the selection to the left"),
  extend("Shift+ArrowRight", "right", "Extend the selection to the right"),
  extend("Shift+ArrowUp", "up", "Extend the selection to the line above"),
  extend("Shift+ArrowDown", "down", "Extend the selection to the line below"),
  extend("Mod+Shift+ArrowLeft", "sentence-back", "Extend the selection by a sentence backwards"),
  extend("Mod+Shift+ArrowRight", "sentence-on", "Extend the selection by a sentence"),
  { ...bind("]", "step", "Entities", "Next entity"), argument: "next" },
  { ...bind("[", "step", "Entities", "Previous entity"), argument: "previous" },
  bind("L", "choose", "Entities", "Find a label by typing"),
  bind("Shift+L", "guess", "Entities", "Likeliest label at once: on or off"),
  bind("P", "propagate", "Entities", "Label the other occurrences of the same words"),
  bind("Shift+P", "spread", "Entities", "Choose among the other occurrences"),
  bind("=", "copyPassage", "Entities", "Annotate identical passages like this one, or this one as in another document"),
  bind("Backspace Delete", "remove", "Entities", "Delete the entity or relation"),
  { ...bind("Alt+ArrowRight", "resize", "Entities", "Move the end of the entity to the right"), argument: "end right" },
  { ...bind("Alt+ArrowLeft", "resize", "Entities", "Move the end of the entity to the left"), argument: "end left" },
  { ...bind("Alt+Shift+ArrowLeft", "resize", "Entities", "Move the start of the entity to the left"), argument: "start left" },
  { ...bind("Alt+Shift+ArrowRight", "resize", "Entities", "Move the start of the entity to the right"), argument: "start right" },
  bind("M", "fit", "Entities", "Fit the entity to whole tokens"),
  bind("J", "addPart", "Entities", "Add the selection to the entity before, as a further part"),
  bind("Shift+J", "removePart", "Entities", "Take the part at the cursor off the entity"),
  bind("Q", "describe", "Entities", "Choose or write attributes of the entity or relation"),
  bind("R", "relate", "Relations", "Start a relation from the entity; then Tab, Enter"),
  bind("V", "reverse", "Relations", "Turn the relation round"),
  { ...bind("Tab", "suggestion", "Suggestions", "Next suggestion"), argument: "next" },
  { ...bind("Shift+Tab", "suggestion", "Suggestions", "Previous suggestion"), argument: "previous" },
  bind("A", "accept", "Suggestions", "Accept the suggestion"),
  bind("X", "reject", "Suggestions", "Reject the suggestion"),
  bind("Shift+A", "acceptVisible", "Suggestions", "Accept all suggestions in view"),
  bind("Shift+Enter", "readOn", "Suggestions", "Accept all in view and go on; submit at the end"),
  bind("Mod+Z", "undo", "Document", "Undo"),
  bind("Mod+Shift+Z Mod+Y", "redo", "Document", "Redo"),
  bind("Enter", "submit", "Document", "Submit and go to the next"),
  bind("Space", "skip", "Document", "Skip"),
  bind("F", "flag", "Document", "Flag, with a reason"),
  { ...bind("Alt+PageDown", "go", "Document", "Next document"), argument: "next" },
  { ...bind("Alt+PageUp", "go", "Document", "Previous document"), argument: "previous" },
  bind("W", "categories", "Document", "Label the whole document"),
  bind("C", "comment", "Document", "Comment on the selection, the entity or the document"),
  bind("Mod+Enter", "send", "Document", "Send the comment"),
  bind("U", "readTo", "Document", "Mark as read up to the cursor"),
  bind("T", "tokens", "Screen", "Show the tokens"),
  bind("G", "guidelines", "Screen", "Guidelines"),
  bind("?", "help", "Screen", "Keys"),
  bind("F6", "region", "Screen", "Go to the next part of the screen"),
  bind("Escape", "cancel", "Screen", "Cancel"),
];

const NAMED = new Set(DEFAULTS.flatMap((binding) => binding.chords).filter((chord) => /^[^\w\s]$/.test(chord)));

/**
 * The chord of a key press.
 * @param {{key: string, code: string, shiftKey: boolean, ctrlKey: boolean, altKey: boolean,
 *   metaKey: boolean, getModifierState?: (name: string) => boolean}} event
 */
export function chordOf(event) {
  const graph = event.getModifierState?.("AltGraph") ?? false;
  const key = keyOf(event);
  const symbol = NAMED.has(key);
  const parts = [];
  if ((event.ctrlKey || event.metaKey) && !graph) parts.push("Mod");
  if (event.altKey && !graph) parts.push("Alt");
  if (event.shiftKey && !symbol) parts.push("Shift");
  return [...parts, key].join("+");
}

/** @param {{key: string, code: string}} event */
function keyOf({ key, code }) {
  if (NAMED.has(key)) return key;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code ?? "");
  if (digit && !/^[A-Z][a-z]/.test(key)) return digit[1];
  if (key === " ") return "Space";
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  const letter = /^Key([A-Z])$/.exec(code ?? "");
  return letter && [...key].length === 1 ? letter[1] : key;
}

/** Bindings that do not clash. */
export class Keymap {
  /** @param {Binding[]} bindings throws Error when two bind the same chord */
  constructor(bindings) {
    this.bindings = bindings;
    /** @type {Map<string, Binding>} */
    this.byChord = new Map();
    for (const binding of bindings) {
      for (const chord of binding.chords) {
        const other = this.byChord.get(chord);
        if (other) throw new Error(`${chord} is bound to “${other.help}” and to “${binding.help}”.`);
        this.byChord.set(chord, binding);
      }
    }
  }

  /** What a chord does; nothing for single keys while somebody types. @param {string} chord @param {boolean} typing */
  match(chord, typing = false) {
    if (typing && !/^(Mod|Alt)\+|^Escape$|^F\d+$/.test(chord)) return undefined;
    if (typing && /^Mod\+(Shift\+)?(Z|Y|Arrow\w+)$/.test(chord)) return undefined; // a field's own
    return this.byChord.get(chord);
  }

  /** The first chord of a command, written for people. @param {string} command @param {string} [argument] */
  keyOf(command, argument) {
    const found = this.bindings.find((each) => each.command === command && each.argument === argument);
    return found?.chords.length ? written(found.chords[0]) : "";
  }

  /** The help page: groups of lines, in the order of the bindings. */
  help() {
    /** @type {Map<string, {keys: string[], help: string}[]>} */
    const groups = new Map();
    for (const { group, chords, help } of this.bindings) {
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group)?.push({ keys: chords.map((chord) => written(chord)), help });
    }
    return groups;
  }
}

/**
 * Default bindings with a person's own chords instead, by command and argument. What they took is
 * theirs: a command that came later with the same key waits for another.
 * @param {Record<string, string[]>} own
 */
export function withOwn(own) {
  const taken = new Set(Object.values(own).flat());
  const left = (/** @type {Binding} */ { chords }) => chords.filter((chord) => !taken.has(chord));
  return DEFAULTS.map((binding) => ({ ...binding, chords: own[nameOf(binding)] ?? left(binding) }));
}

/** What a person's own chords are filed under. @param {Binding} binding */
export function nameOf({ command, argument }) {
  return argument ? `${command} ${argument}` : command;
}

/**
 * Bindings for the labels of a scheme: the key that the scheme names, or else the next free digit;
 * labels of the document have no digits. A key that a command has already stays with the command.
 * @param {{name: string, key: string}[]} labels @param {"label" | "relation" | "category"} command
 * @param {Binding[]} others @returns {Binding[]}
 */
export function labelBindings(labels, command, others) {
  const modifier = command === "relation" ? "Shift+" : "";
  const group = { label: "Entity labels", relation: "Relation labels", category: "Labels of the document" }[command];
  const taken = new Set(others.flatMap((binding) => binding.chords));
  const wanted = labels.map(({ key }) => (key ? modifier + key.toUpperCase() : ""));
  const digits = command === "category" ? [] : [..."1234567890"].map((digit) => modifier + digit);
  const free = digits.filter((chord) => !wanted.includes(chord) && !taken.has(chord));
  const bindings = labels.map(({ name }, index) => {
    const own = wanted[index] && !taken.has(wanted[index]) ? wanted[index] : free.shift();
    if (own) taken.add(own);
    return { chords: own ? [own] : [], command, argument: name, group, help: name };
  });
  return bindings;
}

/**
 * The keys of a person in a project: their own, those of the labels, and the defaults.
 * @param {{entities: any[], relations: any[], categories?: any[]}} scheme @param {Record<string, string[]>} chosen by the person
 */
export function keymapFor(scheme, chosen) {
  const own = withOwn(chosen);
  const labels = labelBindings(offered(scheme.entities), "label", own);
  const relations = labelBindings(offered(scheme.relations), "relation", [...own, ...labels]);
  const categories = labelBindings(offered(scheme.categories ?? []), "category", [...own, ...labels, ...relations]);
  return new Keymap([...labels, ...relations, ...categories, ...own]);
}

const SIGNS = new Map(
  Object.entries({
    ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", Delete: "Del",
    PageDown: "PgDn", PageUp: "PgUp",
  }),
);

const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

/** A chord as people read it: `⇧1`, `Ctrl+⇧Z`. @param {string} chord @param {boolean} [mac] */
export function written(chord, mac = isMac) {
  const parts = chord.split("+");
  const key = /** @type {string} */ (parts.pop());
  const modifiers = parts.map((part) => {
    if (part === "Shift") return "⇧";
    if (part === "Mod") return mac ? "⌘" : "Ctrl+";
    return mac ? "⌥" : "Alt+";
  });
  return modifiers.join("") + (SIGNS.get(key) ?? key);
}

/** Whether a key press in an element writes text. @param {any} element */
export function isTyping(element) {
  if (!element?.tagName) return false;
  if (element.isContentEditable || element.tagName === "TEXTAREA" || element.tagName === "SELECT") return true;
  return element.tagName === "INPUT" && !["checkbox", "radio", "button", "submit", "range", "color"].includes(element.type);
}
