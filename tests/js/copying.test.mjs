import assert from "node:assert/strict";
import { test } from "node:test";
import { copies } from "../../static/js/copying.js";
import { Scheme } from "../../static/js/schema.js";
import { Store } from "../../static/js/store.js";
import { Suggestions } from "../../static/js/suggestions.js";
import { blocksOf, DocumentText, paragraphAt } from "../../static/js/text.js";
import { Tokens } from "../../static/js/tokens.js";
import { anyText, wordsOf, NEWS, random } from "./cases.mjs";

const LINE = "Ada leads the Bank of Ely 🇺🇦.";
const entity = (id, start, end, label) => ({ id, start, end, label });
const ADA = entity("ada", 0, 3, "PERSON");
const BANK = entity("bank", 14, 25, "ORG");
const LEADS = { id: "leads", head: "ada", tail: "bank", label: "LEADER_OF" };

function setting(items, proposed = [], times = 3, scheme = NEWS) {
  const text = new DocumentText(Array(times).fill(LINE).join("\n"));
  const store = new Store(new Scheme(scheme), text.length, items);
  return { text, store, suggestions: new Suggestions(proposed, store) };
}

const passage = { start: 0, end: [...LINE].length };
const shift = passage.end + 1;

test("entities and relations of a passage come to all that read the same, in one edit", () => {
  const parts = setting([ADA, BANK, LEADS]);
  const found = copies(parts, passage);
  assert.deepEqual([found.places, found.entities, found.relations, found.clashing], [2, 4, 2, 0]);
  parts.store.edit(found.edit);
  assert.equal(parts.store.relations.size, 3);
  const words = parts.store.entities.sorted.map(({ start, end }) => parts.text.slice(start, end));
  assert.deepEqual(words, Array(3).fill(["Ada", "Bank of Ely"]).flat());
  assert.deepEqual(copies(parts, passage).edit, [], "a second time there is nothing left");
  parts.store.undo();
  assert.equal(parts.store.items.size, 3);
});

test("what is labeled otherwise there stays, and what needs it is left out and counted", () => {
  const other = entity("other", shift, shift + 7, "ORG");
  const parts = setting([ADA, BANK, LEADS, other]);
  const found = copies(parts, passage);
  assert.deepEqual([found.entities, found.relations, found.clashing], [3, 1, 2]);
  parts.store.edit(found.edit);
  assert.deepEqual(parts.store.entity("other"), other);
});

test("what is there already is linked to, not doubled", () => {
  const there = entity("there", shift, shift + 3, "PERSON");
  const parts = setting([ADA, BANK, LEADS, there], [], 2);
  const found = copies(parts, passage);
  assert.deepEqual([found.entities, found.relations, found.clashing], [1, 1, 0]);
  assert.equal(found.edit.find(({ after }) => "head" in after).after.head, "there");
});

test("a proposal there is accepted with its origin; one that was rejected stays so", () => {
  const proposed = { ...entity(`s:${shift}-${shift + 3}:PERSON`, shift, shift + 3, "PERSON"), origin: { suggester: "rulers" } };
  const rejected = { id: `s:${2 * shift}-${2 * shift + 3}:PERSON`, verdict: "rejected" };
  const parts = setting([ADA, rejected], [proposed]);
  const found = copies(parts, passage);
  assert.deepEqual([found.entities, found.clashing], [1, 1]);
  assert.deepEqual(found.edit[0].after.origin, { suggester: "rulers" });
});

test("nested entities are copied where the scheme lets them be", () => {
  const ely = entity("ely", 22, 25, "GPE");
  assert.equal(copies(setting([BANK, ely]), passage).entities, 4);
});

test("a part of a passage takes only what lies in it", () => {
  const parts = setting([ADA, BANK, LEADS]);
  const found = copies(parts, { start: 0, end: 9 });
  assert.deepEqual([found.places, found.entities, found.relations], [2, 2, 0]);
});

test("copies never break a rule, whatever is there", () => {
  for (let seed = 1; seed < 200; seed += 1) {
    const dice = random(seed);
    const scheme = { ...NEWS, overlap: dice.pick(["allow", "nest", "forbid"]) };
    const items = new Map();
    const parts = setting([], [], 4, scheme);
    for (let turn = 0; turn < 14; turn += 1) {
      const start = dice.below(parts.text.length - 8);
      const made = { start, end: start + 1 + dice.below(7), label: dice.pick(NEWS.entities).name };
      const ids = [...items.keys()];
      const op = ids.length > 2 && dice.below(3) === 0
        ? { id: `r${turn}`, before: null, after: { head: dice.pick(ids), tail: dice.pick(ids), label: "SEE" } }
        : { id: `e${turn}`, before: null, after: made };
      if (parts.store.problems([op]).length || op.after.head === op.after.tail && op.after.head) continue;
      parts.store.edit([op]);
      if ("start" in op.after) items.set(op.id, op);
    }
    const found = copies(parts, passage);
    assert.deepEqual(parts.store.problems(found.edit), []);
    if (found.edit.length) parts.store.edit(found.edit);
    assert.deepEqual(copies(parts, passage).edit, []);
  }
});

test("a paragraph is found from any point in it, without the white space around it", () => {
  for (let seed = 1; seed < 200; seed += 1) {
    const plain = anyText(random(seed), 60);
    const text = new DocumentText(plain);
    const blocks = blocksOf(text, new Tokens(wordsOf(plain)));
    for (const block of blocks) {
      const line = text.slice(block.start, block.body);
      const found = paragraphAt(text, blocks, block.start);
      if (line.trim()) assert.equal(text.slice(found.start, found.end), line.trim());
    }
  }
});
