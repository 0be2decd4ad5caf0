import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../../static/js/clock.js";
import { describe, fold, restore } from "../../static/js/history.js";
import { Scheme } from "../../static/js/schema.js";
import { bodyOf, Store } from "../../static/js/store.js";
import * as ops from "../../static/js/ops.js";
import { NEWS, random } from "./cases.mjs";

test("restoring any revision gives just what was there then, and can be undone", () => {
  const dice = random(5);
  const store = new Store(new Scheme(NEWS), 200);
  const entries = [];
  const states = [new Map()];
  store.subscribe(({ ops: made }) => {
    entries.push({ revision: entries.length + 1, key: String(entries.length), actor: "ana", at: "", ops: made });
    states.push(new Map([...store.items].map(([id, item]) => [id, bodyOf(item)])));
  });
  for (let step = 0; step < 40; step += 1) {
    const entities = store.entities.sorted;
    if (entities.length && dice.below(3) === 0) store.edit(ops.remove(store, [dice.pick(entities)], () => false));
    else store.edit([ops.create({ start: 4 * step, end: 4 * step + 3, label: "ORG" })]);
  }
  for (let turn = 0; turn < 20; turn += 1) {
    const revision = dice.below(40);
    const wanted = states[revision];
    assert.deepEqual(fold(entries.slice(0, revision)), wanted);
    const made = restore(entries, revision, store.items);
    if (made.length) store.edit(made);
    assert.deepEqual(new Map([...store.items].map(([id, item]) => [id, bodyOf(item)])).size, wanted.size);
    if (made.length) store.undo();
  }
});

test("an edit is told in a few words", () => {
  const slice = () => "Ines Okafor";
  const entity = { start: 0, end: 11, label: "PERSON" };
  assert.equal(describe([{ id: "a", before: null, after: entity }], slice), "labeled “Ines Okafor” PERSON");
  assert.equal(describe([{ id: "a", before: entity, after: null }], slice), "deleted “Ines Okafor” PERSON");
  assert.equal(describe([{ id: "a", before: null, after: { verdict: "rejected" } }], slice), "rejected a suggestion");
  const taken = [{ id: "a", before: entity, after: null }, { id: "v", before: { verdict: "rejected" }, after: null }];
  assert.equal(describe(taken, slice), "deleted 1 annotation, took back 1 rejection");
  const several = ["a", "b"].map((id) => ({ id, before: null, after: entity }));
  assert.equal(describe([...several, { id: "r", before: null, after: { head: "a", tail: "b", label: "X" } }], slice), "labeled 2 entities, drew 1 relation");
});

test("idle time is no time spent", () => {
  let now = 0;
  const clock = new Clock(() => now);
  now = 5_000;
  clock.touch();
  now = 500_000;
  clock.touch();
  now = 501_500;
  assert.equal(clock.take(), 6);
  now = 502_000;
  assert.equal(clock.take(), 1);
});
