import assert from "node:assert/strict";
import { test } from "node:test";
import * as ops from "../../static/js/ops.js";
import { Scheme } from "../../static/js/schema.js";
import { Store } from "../../static/js/store.js";
import { Suggestions } from "../../static/js/suggestions.js";
import { NEWS } from "./cases.mjs";

const origin = { suggester: "rulers", version: "1" };
const entity = (start, end, label) => ({ id: `s:${start}-${end}:${label}`, start, end, label, origin });
const relation = (head, tail, label) => ({ id: `s:${head.id}>${tail.id}:${label}`, head: head.id, tail: tail.id, label, origin });
const KIM = entity(0, 3, "PERSON");
const UN = entity(10, 12, "ORG");
const LEADS = relation(KIM, UN, "LEADER_OF");

function setting(items = []) {
  const store = new Store(new Scheme(NEWS), 60, items);
  return { store, suggestions: new Suggestions([KIM, UN, LEADS], store) };
}

const openIds = ({ suggestions }) => {
  suggestions.refresh();
  return suggestions.inOrder().map(({ item }) => item.id);
};

test("suggestions are open in the order of the text, a relation after its later end", () => {
  assert.deepEqual(openIds(setting()), [KIM.id, UN.id, LEADS.id]);
});

test("an accepted or rejected suggestion is open no more, and open again after undo", () => {
  const all = setting();
  all.store.edit(ops.accept(all.store, all.suggestions, [KIM]));
  assert.deepEqual(all.store.entity(KIM.id).origin, origin);
  all.store.edit(ops.reject([UN]));
  assert.deepEqual(openIds(all), []);
  all.store.undo();
  assert.deepEqual(openIds(all), [UN.id, LEADS.id]);
  all.store.undo();
  assert.deepEqual(openIds(all), [KIM.id, UN.id, LEADS.id]);
});

test("a suggestion that somebody labeled by hand is not open", () => {
  const all = setting([{ id: "mine", start: 0, end: 3, label: "PERSON" }]);
  assert.deepEqual(openIds(all), [UN.id, LEADS.id]);
});

test("what is labeled answers what was proposed for the place at once, and leaves no relation to it", () => {
  const all = setting();
  all.store.edit([ops.create({ start: 0, end: 3, label: "ORG" })]);
  assert.deepEqual(openIds(all), [UN.id]);
  all.store.undo();
  assert.deepEqual(openIds(all), [KIM.id, UN.id, LEADS.id]);
});

test("what is labeled beside a proposal answers it where they may not stand together", () => {
  const remain = (overlap, start, end, label) => {
    const store = new Store(new Scheme({ ...NEWS, overlap }), 60, [{ id: "mine", start, end, label }]);
    return new Suggestions([entity(4, 8, "PERSON")], store).count;
  };
  assert.deepEqual(["allow", "nest", "forbid"].map((rule) => remain(rule, 2, 6, "ORG")), [1, 0, 0], "crossing");
  assert.deepEqual(["allow", "nest", "forbid"].map((rule) => remain(rule, 5, 6, "ORG")), [1, 1, 0], "within");
  assert.deepEqual(["allow", "nest", "forbid"].map((rule) => remain(rule, 5, 6, "PERSON")), [0, 0, 0], "with its label");
  assert.deepEqual(["allow", "nest", "forbid"].map((rule) => remain(rule, 8, 9, "PERSON")), [1, 1, 1], "apart");
});

test("accepting a relation accepts its ends in the same edit, entities first", () => {
  const { store, suggestions } = setting();
  const made = ops.accept(store, suggestions, [LEADS]);
  assert.deepEqual(made.map((op) => op.id), [KIM.id, UN.id, LEADS.id]);
  assert.deepEqual(store.problems(made), []);
});

test("accepting a relation binds it to an end that was labeled by hand", () => {
  const { store, suggestions } = setting([{ id: "mine", start: 0, end: 3, label: "PERSON" }]);
  store.edit(ops.accept(store, suggestions, [LEADS, UN]));
  assert.equal(store.get(LEADS.id).head, "mine");
  assert.equal(store.get(KIM.id), undefined);
});

test("deleting what was a suggestion rejects it", () => {
  const all = setting();
  all.store.edit(ops.accept(all.store, all.suggestions, [LEADS]));
  const wasSuggested = (id) => all.suggestions.byId.has(id);
  all.store.edit(ops.remove(all.store, [all.store.get(KIM.id)], wasSuggested));
  assert.deepEqual(all.store.get(KIM.id), { id: KIM.id, verdict: "rejected" });
  assert.deepEqual(openIds(all), []);
  all.store.undo();
  assert.equal(all.store.get(LEADS.id).label, "LEADER_OF");
});

test("accepting with another label keeps the origin and says changed", () => {
  const { store } = setting();
  store.edit(ops.acceptChanged(KIM, { label: "ORG" }));
  assert.deepEqual(store.get(KIM.id), { ...KIM, label: "ORG", origin: { ...origin, changed: true } });
});

test("refreshing names what opened or closed", () => {
  const { store, suggestions } = setting();
  store.edit(ops.reject([KIM]));
  assert.deepEqual(suggestions.refresh(), [KIM]);
  assert.deepEqual(suggestions.refresh(), []);
});

test("new proposals take the place of the old, and what was answered can still be taken back", () => {
  const all = setting();
  all.store.edit(ops.reject([UN]));
  all.suggestions.refresh();
  const other = entity(20, 25, "PERSON");
  const changed = all.suggestions.replace([{ ...KIM }, other], null);
  assert.deepEqual(changed, [other]);
  assert.deepEqual(openIds(all), [KIM.id, other.id]);
  all.store.undo();
  assert.deepEqual(openIds(all), [KIM.id, UN.id, other.id]);
});

test("the focused proposal stays with its ends, whatever is proposed now", () => {
  const all = setting();
  all.suggestions.replace([], LEADS.id);
  assert.deepEqual(openIds(all), [KIM.id, UN.id, LEADS.id]);
  all.suggestions.replace([], UN.id);
  assert.deepEqual(openIds(all), [UN.id]);
  all.suggestions.replace([], null);
  assert.deepEqual(openIds(all), []);
});

test("a proposed label of the document waits until it is given, rejected or no longer known", () => {
  const proposed = [{ id: "s:SPORT", label: "SPORT" }, { id: "s:POLITICS", label: "POLITICS" }, { id: "s:WEATHER", label: "WEATHER" }];
  const store = new Store(new Scheme(NEWS), 60);
  const suggestions = new Suggestions(proposed, store);
  const open = () => { suggestions.refresh(); return suggestions.openCategories.map(({ label }) => label); };
  assert.deepEqual(open(), ["SPORT", "POLITICS"]);
  assert.equal(suggestions.count, 2);
  assert.deepEqual(suggestions.inOrder().map(({ item }) => item.id), ["s:SPORT", "s:POLITICS"]);
  store.edit(ops.accept(store, suggestions, [suggestions.open("s:SPORT")]));
  store.edit(ops.reject([suggestions.open("s:POLITICS")]));
  assert.deepEqual(open(), []);
  assert.equal([...store.categories.values()][0].id, "s:SPORT", "where it comes from stays known");
  store.undo();
  assert.deepEqual(open(), ["POLITICS"]);
});
