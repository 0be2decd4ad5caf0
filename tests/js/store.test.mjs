import assert from "node:assert/strict";
import { test } from "node:test";
import * as ops from "../../static/js/ops.js";
import { check, contentOf, isEntity, isRelation, Scheme, untold } from "../../static/js/schema.js";
import { bodyOf, same, Store } from "../../static/js/store.js";
import { NEWS, random } from "./cases.mjs";


const LENGTH = 60;
const never = () => false;
const image = (store) => Object.fromEntries([...store.items].sort().map(([id, item]) => [id, bodyOf(item)]));

/** A random gesture that the rules allow, or null. */
function gesture(dice, store) {
  const entities = store.entities.sorted;
  const relations = [...store.relations.values()];
  const label = dice.pick(NEWS.entities).name;
  const start = dice.below(LENGTH - 6);
  const span = { start, end: start + 1 + dice.below(6) };
  const choices = [() => [ops.create({ ...span, label })]];
  if (entities.length) {
    const one = dice.pick(entities);
    choices.push(() => ops.relabelEntity(store, one, label), () => ops.resize(one, span));
    choices.push(() => ops.remove(store, [one], never));
    choices.push(() => ops.consist(one, [[start, start + 1], [start + 3, start + 5]]), () => ops.qualify(one, dice.below(2) ? { role: dice.below(9) } : {}));
    choices.push(() => [ops.create({ head: one.id, tail: dice.pick(entities).id, label: dice.pick(NEWS.relations).name })]);
  }
  const [given] = store.categories.values();
  choices.push(() => (given ? ops.remove(store, [given], never) : [ops.create({ label: dice.pick(NEWS.categories).name })]));
  if (relations.length) choices.push(() => ops.qualify(dice.pick(relations), { sure: true }), () => ops.reverse(dice.pick(relations)), () => ops.remove(store, [dice.pick(relations)], never));
  const made = dice.pick(choices)();
  return store.problems(made).length ? null : made;
}

/** Problems of a whole layer, found without any index. */
function allProblems(store, scheme) {
  return check(new Map(store.items), scheme, LENGTH);
}

test("whatever is done, undone and redone, each state comes back exactly", () => {
  for (let seed = 1; seed < 120; seed += 1) {
    const dice = random(seed);
    const store = new Store(new Scheme(NEWS), LENGTH);
    const states = [image(store)];
    for (let step = 0; step < 30; step += 1) {
      const made = gesture(dice, store);
      if (!made) continue;
      store.edit(made);
      states.push(image(store));
    }
    for (let back = states.length - 2; back >= 0; back -= 1) {
      assert.ok(store.undo());
      assert.deepEqual(image(store), states[back]);
    }
    assert.equal(store.undo(), null);
    for (const state of states.slice(1)) {
      assert.ok(store.redo());
      assert.deepEqual(image(store), state);
    }
    assert.equal(store.redo(), null);
  }
});

test("what the store finds wrong with an edit is what a look at the whole layer finds", () => {
  for (const overlap of ["allow", "nest", "forbid"]) {
    const scheme = new Scheme({ ...NEWS, overlap });
    for (let seed = 1; seed < 80; seed += 1) {
      const dice = random(seed);
      const store = new Store(scheme, LENGTH);
      for (let step = 0; step < 25; step += 1) {
        const loose = new Store(new Scheme({ ...NEWS }), LENGTH, store.items.values());
        const made = gesture(dice, loose);
        if (!made) continue;
        const after = new Store(scheme, LENGTH, store.items.values());
        const found = store.problems(made).length;
        after.receive(made);
        assert.equal(found > 0, allProblems(after, scheme).length > 0);
        if (!found) store.edit(made);
      }
    }
  }
});

test("indexes agree with the items", () => {
  const dice = random(7);
  const store = new Store(new Scheme(NEWS), LENGTH);
  for (let step = 0; step < 400; step += 1) {
    const made = gesture(dice, store);
    if (made) store.edit(made);
    if (dice.below(3) === 0) store.undo();
    const items = [...store.items.values()];
    assert.deepEqual(new Set(store.entities.sorted), new Set(items.filter(isEntity)));
    assert.deepEqual(new Set(store.relations.values()), new Set(items.filter(isRelation)));
    for (const item of items) assert.equal(store.contents.get(contentOf(item)), item.id);
    const [from, to] = [dice.below(LENGTH), dice.below(LENGTH)].sort((a, b) => a - b);
    const over = items.filter((item) => isEntity(item) && item.start < to && item.end > from);
    assert.deepEqual(new Set(store.entities.overlapping(from, to)), new Set(over));
  }
});

test("an undo whose ground was changed elsewhere is passed over", () => {
  const store = new Store(new Scheme(NEWS), LENGTH);
  store.edit([ops.create({ start: 0, end: 3, label: "PERSON" }, "a")]);
  store.edit([ops.create({ start: 5, end: 8, label: "ORG" }, "b")]);
  store.receive([{ id: "b", before: { start: 5, end: 8, label: "ORG" }, after: { start: 5, end: 9, label: "ORG" } }]);
  assert.deepEqual(store.undo()?.ops.map((op) => op.id), ["a"]);
  assert.ok(store.get("b"));
});

test("an edit that takes an annotation for what it is not is an error", () => {
  const store = new Store(new Scheme(NEWS), LENGTH);
  assert.throws(() => store.edit([{ id: "a", before: { start: 0, end: 1, label: "ORG" }, after: null }]));
});

test("deleting an entity deletes its relations in the same edit, and one undo brings all back", () => {
  const store = new Store(new Scheme(NEWS), LENGTH);
  store.edit([ops.create({ start: 0, end: 3, label: "PERSON" }, "a"), ops.create({ start: 5, end: 8, label: "ORG" }, "b")]);
  store.edit([ops.create({ head: "a", tail: "b", label: "LEADER_OF" }, "r")]);
  store.edit(ops.remove(store, [store.get("a")], never));
  assert.deepEqual([...store.items.keys()], ["b"]);
  store.undo();
  assert.deepEqual([...store.items.keys()].sort(), ["a", "b", "r"]);
});

test("a relation that a new label does not allow goes with the relabeling", () => {
  const store = new Store(new Scheme(NEWS), LENGTH);
  store.edit([ops.create({ start: 0, end: 3, label: "PERSON" }, "a"), ops.create({ start: 5, end: 8, label: "ORG" }, "b")]);
  store.edit([ops.create({ head: "a", tail: "b", label: "LEADER_OF" }, "r"), ops.create({ head: "a", tail: "b", label: "SEE" }, "s")]);
  const made = ops.relabelEntity(store, store.entity("a"), "GPE");
  assert.deepEqual(store.problems(made), []);
  store.edit(made);
  assert.deepEqual([...store.items.keys()].sort(), ["a", "b", "s"]);
});

test("changing what was proposed keeps where it came from and says that it was changed", () => {
  const origin = { suggester: "rulers", version: "1" };
  const store = new Store(new Scheme(NEWS), LENGTH, [{ id: "s:0-3:ORG", start: 0, end: 3, label: "ORG", origin }]);
  store.edit(ops.relabelEntity(store, store.entity("s:0-3:ORG"), "GPE"));
  assert.deepEqual(store.entity("s:0-3:ORG").origin, { ...origin, changed: true });
});

test("plain values are the same whatever the order of their fields", () => {
  assert.ok(same({ a: 1, b: { c: [1, 2], d: null } }, { b: { d: null, c: [1, 2] }, a: 1 }));
  assert.ok(!same({ a: 1 }, { a: 1, b: undefined }));
  assert.ok(!same({ a: undefined }, { b: undefined }));
  assert.ok(!same(null, {}));
});

test("made names differ", () => {
  assert.equal(new Set(Array.from({ length: 1000 }, () => ops.newId())).size, 1000);
});

const PARTED = { id: "e1", start: 0, end: 20, label: "PERSON", parts: [[0, 3], [8, 11], [12, 20]], attributes: { note: "née", sure: true } };

test("attributes and parts stay through every gesture, and come back by undo", () => {
  const store = new Store(new Scheme(NEWS), LENGTH, [PARTED, { id: "e2", start: 25, end: 28, label: "PERSON" }]);
  const one = () => store.entity("e1");
  store.edit(ops.relabelEntity(store, one(), "ORG"));
  assert.deepEqual(one(), { ...PARTED, label: "ORG" });
  store.edit(ops.resize(one(), { start: 1, end: 15 }));
  assert.deepEqual(one().parts, [[1, 3], [8, 11], [12, 15]]);
  store.edit(ops.resize(one(), { start: 4, end: 11 }));
  assert.ok(!("parts" in one()));
  assert.deepEqual(one().attributes, PARTED.attributes);
  while (store.undo());
  assert.deepEqual(one(), PARTED);
});

test("parts count for what is twice and what overlaps", () => {
  const scheme = new Scheme({ ...NEWS, overlap: "forbid" });
  const store = new Store(scheme, LENGTH, [PARTED]);
  assert.equal(store.problems([ops.create({ start: 4, end: 7, label: "PERSON" })]).length, 0);
  assert.equal(store.problems([ops.create({ start: 4, end: 9, label: "PERSON" })])[0].code, "overlap");
  const { id: _, ...body } = PARTED;
  assert.equal(store.problems([ops.create(body)])[0].code, "twice");
  assert.equal(store.problems([ops.create({ ...body, parts: [[0, 3], [2, 20]] })])[0].code, "parts");
});

test("a document has one category of a group, and undo takes it back", () => {
  const categories = ["SPORT", "POLITICS", "LONG"].map((name) => ({ name, key: "", color: "", description: "", group: name === "LONG" ? "" : "topic" }));
  const store = new Store(new Scheme({ ...NEWS, categories }), LENGTH, [{ id: "c1", label: "SPORT" }]);
  assert.equal(store.problems([ops.create({ label: "POLITICS" })])[0].code, "group");
  assert.equal(store.problems([ops.create({ label: "SPORT" })])[0].code, "twice");
  assert.equal(store.problems([ops.create({ label: "WEATHER" })])[0].code, "label");
  store.edit([ops.create({ label: "LONG" })]);
  assert.equal(store.categories.size, 2);
  store.undo();
  assert.deepEqual([...store.categories.values()], [{ id: "c1", label: "SPORT" }]);
});

test("attributes have limits, and no name goes unseen", () => {
  const store = new Store(new Scheme(NEWS), LENGTH, [PARTED]);
  const codes = (attributes) => store.problems(ops.qualify(store.entity("e1"), attributes)).map(({ code }) => code);
  assert.deepEqual(codes({ "née le": "1 mai", 役割: "市長" }), []);
  for (const wrong of [{ "": 1 }, { "a\u200b": 1 }, { [`${"a".repeat(61)}`]: 1 }, { a: "b".repeat(2001) }]) assert.deepEqual(codes(wrong), ["attributes"]);
  assert.deepEqual(codes(Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`a${index}`, 1]))), ["attributes"]);
});

test("a proposal that gets an attribute still counts as taken as it was", () => {
  const origin = { suggester: "rulers", version: "1" };
  const store = new Store(new Scheme(NEWS), LENGTH, [{ id: "s:0-3:ORG", start: 0, end: 3, label: "ORG", origin }]);
  store.edit(ops.qualify(store.entity("s:0-3:ORG"), { sure: true }));
  assert.deepEqual(store.entity("s:0-3:ORG").origin, origin);
  store.edit(ops.qualify(store.entity("s:0-3:ORG"), {}));
  assert.ok(!("attributes" in store.entity("s:0-3:ORG")));
});

test("attributes that a label requires are missed until they are given, and no edit waits for them", () => {
  const attributes = [{ name: "sure", values: ["yes", "no"], required: true }, { name: "note", values: [] }];
  const scheme = new Scheme({ entities: [{ name: "A", key: "", color: "#000000", description: "", attributes }], relations: [], overlap: "allow" });
  const bare = { id: "e", start: 0, end: 2, label: "A" };
  assert.deepEqual(untold([bare], scheme), [{ item: bare, name: "sure" }]);
  assert.deepEqual(untold([{ ...bare, attributes: { sure: "no" } }, { id: "s", verdict: "rejected" }], scheme), []);
  assert.deepEqual(check(new Map([["e", bare]]), scheme, LENGTH), []);
});

test("values that a label does not declare are refused, whatever their names", () => {
  const declared = [{ name: "sure", values: ["yes", "no"] }, { name: "constructor", values: ["a"] }, { name: "note", values: [] }];
  const scheme = new Scheme({ entities: [{ name: "A", key: "", color: "#000000", description: "", attributes: declared }], relations: [], overlap: "allow" });
  const problems = (attributes) => check(new Map([["e", { id: "e", start: 0, end: 2, label: "A", attributes }]]), scheme, LENGTH).map(({ message }) => message);
  assert.deepEqual(problems(undefined), []);
  assert.deepEqual(problems({ sure: "no", note: "anything", other: 3 }), []);
  assert.deepEqual(problems({ sure: true }), ["sure of A is one of yes, no, not “true”."]);
  assert.equal(problems({ constructor: "b" }).length, 1);
});

test("an edit that joins the one before it is undone with it, and what it took away leaves nothing to undo", () => {
  const store = new Store(new Scheme(NEWS), LENGTH);
  const [first, second] = NEWS.entities.map(({ name }) => name);
  store.edit([ops.create({ start: 0, end: 3, label: first }, "one")]);
  store.edit([ops.create({ start: 5, end: 8, label: first }, "two")]);
  store.edit(ops.relabelEntity(store, store.entity("two"), second), true);
  const whole = image(store);
  store.undo();
  assert.deepEqual([...store.items.keys()], ["one"]);
  store.redo();
  assert.deepEqual(image(store), whole);
  store.edit(ops.remove(store, [store.entity("two")], never), true);
  store.undo();
  assert.equal(store.items.size, 0);
  store.redo();
  store.edit([ops.create({ start: 5, end: 8, label: first }, "three")], true);
  store.undo();
  assert.deepEqual([...store.items.keys()], ["one"], "one that is about something else stands alone");
});
