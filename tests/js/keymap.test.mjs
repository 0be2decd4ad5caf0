import assert from "node:assert/strict";
import { test } from "node:test";
import { chordOf, DEFAULTS, isTyping, Keymap, labelBindings, nameOf, withOwn, written } from "../../static/js/keymap.js";

const press = (key, code = "", held = {}) =>
  chordOf({ key, code, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...held });
const shift = { shiftKey: true };

test("the keys that annotators are promised do what was promised", () => {
  const keymap = new Keymap(DEFAULTS);
  const promised = {
    Tab: "suggestion", "Shift+Tab": "suggestion", A: "accept", X: "reject", "Shift+A": "acceptVisible",
    "[": "step", "]": "step", R: "relate", P: "propagate", Backspace: "remove", "Mod+Z": "undo",
    "Mod+Shift+Z": "redo", Enter: "submit", Space: "skip", F: "flag", G: "guidelines", "?": "help",
    Escape: "cancel", ArrowLeft: "move", "Shift+ArrowDown": "extend",
  };
  for (const [chord, command] of Object.entries(promised)) assert.equal(keymap.match(chord)?.command, command, chord);
});

test("two commands on one key are refused", () => {
  const twice = [...DEFAULTS, { chords: ["A"], command: "other", group: "", help: "Other" }];
  assert.throws(() => new Keymap(twice), /A is bound to/);
});

test("key presses are told apart on keyboards of many kinds", () => {
  assert.equal(press("1", "Digit1"), "1");
  assert.equal(press("!", "Digit1", shift), "Shift+1");
  assert.equal(press("&", "Digit1"), "1", "French: digits need Shift, their keys do not");
  assert.equal(press("a", "KeyA"), "A");
  assert.equal(press("A", "KeyA", shift), "Shift+A");
  assert.equal(press("q", "KeyA"), "Q", "letters are where the keyboard has them");
  assert.equal(press("ф", "KeyA"), "A", "Cyrillic: by place");
  assert.equal(press("?", "Slash", shift), "?");
  assert.equal(press("[", "Digit8", { ctrlKey: true, altKey: true, getModifierState: (name) => name === "AltGraph" }), "[", "German: AltGr+8");
  assert.equal(press("z", "KeyZ", { metaKey: true, ...shift }), "Mod+Shift+Z");
  assert.equal(press(" ", "Space"), "Space");
  assert.equal(press("4", "Numpad4"), "4");
  assert.equal(press("ArrowLeft", "Numpad4"), "ArrowLeft");
});

test("single keys sleep while somebody types", () => {
  const keymap = new Keymap(DEFAULTS);
  assert.equal(keymap.match("A", true), undefined);
  assert.equal(keymap.match("Mod+Z", true), undefined, "a field has its own undo");
  assert.equal(keymap.match("Escape", true)?.command, "cancel");
  assert.ok(isTyping({ tagName: "INPUT", type: "text" }));
  assert.ok(isTyping({ tagName: "DIV", isContentEditable: true }));
  assert.ok(!isTyping({ tagName: "INPUT", type: "checkbox" }));
  assert.ok(!isTyping({ tagName: "BUTTON" }));
});

test("labels get the key of the scheme, or a free digit, and never one of a command", () => {
  const label = (name, key) => ({ name, key });
  const made = labelBindings([label("PERSON", "1"), label("ORG", ""), label("PLACE", "a"), label("DRUG", "d")], "label", DEFAULTS);
  assert.deepEqual(made.map((binding) => binding.chords), [["1"], ["2"], ["3"], ["D"]]);
  const documents = labelBindings([label("SPORT", "s"), label("LOCAL", ""), label("LATE", "d")], "category", [...DEFAULTS, ...made]);
  assert.deepEqual(documents.map((binding) => binding.chords), [["S"], [], []], "digits are for entities");
  const relations = labelBindings([label("MET", "1"), label("LED", "a"), label("OWNS", "q")], "relation", DEFAULTS);
  assert.deepEqual(relations.map((binding) => binding.chords), [["Shift+1"], ["Shift+2"], ["Shift+Q"]]);
  assert.doesNotThrow(() => new Keymap([...DEFAULTS, ...made, ...relations]));
});

test("labels beyond the keys have none, and that is no error", () => {
  const many = Array.from({ length: 30 }, (_, index) => ({ name: `L${index}`, key: "" }));
  const made = labelBindings(many, "label", DEFAULTS);
  assert.equal(made.filter((binding) => binding.chords.length).length, 10);
  assert.doesNotThrow(() => new Keymap([...DEFAULTS, ...made]).help());
});

test("a person's own keys stand in for the defaults", () => {
  const keymap = new Keymap(withOwn({ accept: ["Y"], "step next": ["J"] }));
  assert.equal(keymap.match("Y")?.command, "accept");
  assert.equal(keymap.match("A"), undefined);
  assert.equal(keymap.match("J")?.argument, "next", "though a command has it that came later");
  assert.deepEqual(keymap.bindings.find(({ command }) => command === "addPart")?.chords, []);
  assert.equal(new Set(DEFAULTS.map(nameOf)).size, DEFAULTS.length);
});

test("the help page has every binding, in words", () => {
  const lines = [...new Keymap(DEFAULTS).help().values()].flat();
  assert.equal(lines.length, DEFAULTS.length);
  for (const line of lines) assert.ok(line.help && line.keys.length);
  assert.equal(written("Mod+Shift+Z", false), "Ctrl+⇧Z");
  assert.equal(written("Mod+Shift+Z", true), "⌘⇧Z");
  assert.equal(written("Shift+1"), "⇧1");
});
