import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../static/js/api.js";
import * as ops from "../../static/js/ops.js";
import { Outbox, otherPages } from "../../static/js/outbox.js";
import { Scheme } from "../../static/js/schema.js";
import { bodyOf, Store } from "../../static/js/store.js";
import { Sync } from "../../static/js/sync.js";
import { NEWS, random } from "./cases.mjs";

const LENGTH = 200;

/** A server that keeps the contract, and can be made to fail. */
class Server {
  log = [];
  store = new Store(new Scheme(NEWS), LENGTH);
  faults = []; // "lost": done, but the answer is lost; "down": not done; a status: refused so
  requests = 0;

  async post(_path, { base, edits }) {
    this.requests += 1;
    await null;
    const fault = this.faults.shift();
    if (fault === "down") throw new ApiError(0, {});
    if (typeof fault === "number") throw new ApiError(fault, { code: "fault" });
    const revision = this.#apply(base, structuredClone(edits));
    if (fault === "lost") throw new ApiError(0, {});
    return { revision };
  }

  #apply(base, edits) {
    const sent = new Set(edits.map((edit) => edit.key));
    const missed = this.log.slice(base);
    if (missed.some((edit) => !sent.has(edit.key))) {
      throw new ApiError(409, { code: "stale", revision: this.log.length, missed: structuredClone(missed) });
    }
    const known = new Set(this.log.map((edit) => edit.key));
    const trial = new Store(new Scheme(NEWS), LENGTH, this.store.items.values());
    const fresh = edits.filter((edit) => !known.has(edit.key));
    for (const edit of fresh) {
      const bad = !trial.holds(edit.ops) || trial.problems(edit.ops).length > 0;
      if (bad) throw new ApiError(422, { code: "invalid", problems: [{ message: "It breaks a rule." }] });
      trial.receive(edit.ops);
    }
    this.store = trial;
    for (const edit of fresh) this.log.push({ ...edit, revision: this.log.length + 1, actor: "ana", at: "" });
    return this.log.length;
  }

  async get(path) {
    return { edits: structuredClone(this.log.slice(Number(path.split("after=")[1]))) };
  }

  image() {
    return image(this.store);
  }
}

const image = (store) => Object.fromEntries([...store.items].sort().map(([id, item]) => [id, bodyOf(item)]));

/** A storage that counts, and can be full. */
function storage() {
  const kept = {};
  Object.defineProperties(kept, {
    getItem: { value: (name) => kept[name] ?? null },
    setItem: { value: (name, value) => { if (kept.full) throw new Error("full"); kept[name] = value; } },
    removeItem: { value: (name) => delete kept[name] },
    full: { value: false, writable: true },
  });
  return kept;
}

function browser(server, kept = storage()) {
  const store = new Store(new Scheme(NEWS), LENGTH, server.store.items.values());
  const outbox = new Outbox(1, "/page", kept);
  const sync = new Sync({ store, layer: { id: 1, revision: server.log.length }, api: server, outbox });
  return { store, outbox, sync, kept };
}

const settled = async (...sides) => {
  for (let turn = 0; turn < 60; turn += 1) await null;
  for (const { sync } of sides) for (let turn = 0; turn < 20 && sync.state === "waiting"; turn += 1) {
    sync.retry();
    for (let wait = 0; wait < 30; wait += 1) await null;
  }
};

const person = (start, id) => [ops.create({ start, end: start + 2, label: "PERSON" }, id)];

test("an edit is saved, and storage is empty afterwards", async () => {
  const server = new Server();
  const side = browser(server);
  side.store.edit(person(0, "a"));
  assert.equal(side.sync.state, "saving");
  assert.equal((await side.outbox.read()).length, 1);
  await side.sync.flush();
  assert.equal(side.sync.state, "saved");
  assert.equal((await side.outbox.read()).length, 0);
  assert.deepEqual(server.image(), image(side.store));
  side.sync.destroy();
});

test("edits made while one is on its way go together in the next request", async () => {
  const server = new Server();
  const side = browser(server);
  for (let start = 0; start < 50; start += 1) side.store.edit(person(3 * start, `e${start}`));
  await side.sync.flush();
  assert.equal(server.log.length, 50);
  assert.equal(server.requests, 2);
  side.sync.destroy();
});

test("undo and redo are saved like any other edit", async () => {
  const server = new Server();
  const side = browser(server);
  side.store.edit(person(0, "a"));
  side.store.undo();
  side.store.redo();
  await side.sync.flush();
  assert.equal(server.log.length, 3);
  assert.deepEqual(server.image(), image(side.store));
  side.sync.destroy();
});

test("a lost answer is made good by sending again, and nothing is doubled", async () => {
  const server = new Server();
  server.faults = ["lost"];
  const side = browser(server);
  side.store.edit(person(0, "a"));
  await settled(side);
  assert.equal(server.log.length, 1);
  assert.equal(side.sync.state, "saved");
  side.sync.destroy();
});

test("a lost answer followed by a foreign edit is confirmed, not called a clash", async () => {
  const server = new Server();
  server.faults = ["lost"];
  const side = browser(server);
  const other = browser(server);
  side.store.edit(person(0, "a"));
  await null; await null; await null; await null;
  other.sync.revision = server.log.length;
  other.store.receive(person(0, "a"));
  other.store.edit(person(10, "b"));
  await settled(other, side);
  assert.deepEqual(side.sync.clashes, []);
  assert.deepEqual(server.image(), image(side.store));
  assert.equal(server.log.length, 2);
  [side, other].forEach(({ sync }) => sync.destroy());
});

test("a signed-out session keeps the edits and says so", async () => {
  const server = new Server();
  server.faults = [401];
  const side = browser(server);
  side.store.edit(person(0, "a"));
  await assert.rejects(side.sync.flush());
  assert.equal(side.sync.state, "signed-out");
  assert.equal((await side.outbox.read()).length, 1);
  side.sync.retry();
  await settled(side);
  assert.equal(side.sync.state, "saved");
  side.sync.destroy();
});

test("what a page left waiting is sent by the next, once", async () => {
  const server = new Server();
  server.faults = ["down"];
  const first = browser(server);
  first.store.edit(person(0, "a"));
  first.store.edit(person(5, "b"));
  await null; await null;
  first.sync.destroy();
  const second = browser(server, first.kept);
  await second.sync.resume();
  await settled(second);
  assert.deepEqual(Object.keys(server.image()), ["a", "b"]);
  assert.equal((await second.outbox.read()).length, 0);
  second.sync.destroy();
});

test("what a page left is there before anybody is asked, unless the server may have some of it", async () => {
  for (const [fault, taken] of [["down", ["a", "b"]], ["lost", []]]) {
    const server = new Server();
    const first = browser(server);
    server.faults = [fault];
    first.store.edit(person(0, "a"));
    first.store.edit(person(5, "b"));
    await null; await null;
    first.sync.destroy();
    const second = browser(server, first.kept);
    assert.equal(second.outbox.seemsFull, true);
    second.sync.take(await second.outbox.read());
    assert.deepEqual(second.sync.pending.flatMap((edit) => edit.ops.map(({ id }) => id)), taken);
    await second.sync.resume();
    await settled(second);
    assert.deepEqual(Object.keys(server.image()), ["a", "b"]);
    assert.equal(server.log.length, 2);
    assert.equal(second.outbox.seemsFull, false);
    second.sync.destroy();
  }
});

test("what a page left waiting though it had arrived is not done again", async () => {
  const server = new Server();
  server.faults = ["lost"];
  const first = browser(server);
  first.store.edit(person(0, "a"));
  for (let turn = 0; turn < 10; turn += 1) await null;
  first.sync.destroy();
  const second = browser(server, first.kept);
  await second.sync.resume();
  await settled(second);
  assert.equal(server.log.length, 1);
  assert.equal((await second.outbox.read()).length, 0);
  second.sync.destroy();
});

test("what arrives while a page takes up its edits is shown, too", async () => {
  const server = new Server();
  const first = browser(server);
  server.faults = ["down"];
  first.store.edit(person(0, "a"));
  await null; await null; await null;
  const second = browser(server, first.kept);
  first.sync.retry();
  for (let turn = 0; turn < 10; turn += 1) await null;
  const left = new Outbox(1, "/page", first.kept);
  left.add({ key: server.log[0].key, ops: server.log[0].ops }, 0);
  const resumed = second.sync.resume();
  const states = new Set();
  for (let turn = 0; turn < 20; turn += 1) {
    states.add(second.sync.state);
    await null;
  }
  assert.ok(states.has("saving"));
  await resumed;
  await settled(second);
  assert.deepEqual(image(second.store), server.image());
  assert.equal(second.sync.state, "saved");
  [first, second].forEach(({ sync }) => sync.destroy());
});

test("two windows change one entity: the second is told, and may keep either", async () => {
  for (const mine of [true, false]) {
    const server = new Server();
    const one = browser(server);
    one.store.edit(person(0, "a"));
    await one.sync.flush();
    const two = browser(server);
    one.store.edit(ops.relabelEntity(one.store, one.store.entity("a"), "ORG"));
    await one.sync.flush();
    two.store.edit(ops.relabelEntity(two.store, two.store.entity("a"), "GPE"));
    await settled(two);
    assert.equal(two.sync.state, "clashing");
    assert.equal(two.store.entity("a").label, "ORG");
    two.sync.settle(two.sync.clashes[0], mine);
    await settled(two);
    assert.equal(server.store.entity("a").label, mine ? "GPE" : "ORG");
    assert.equal(two.sync.state, "saved");
    assert.equal((await two.outbox.read()).length, 0);
    [one, two].forEach(({ sync }) => sync.destroy());
  }
});

test("two windows that label the same words the same way agree, and later edits follow", async () => {
  const server = new Server();
  const one = browser(server);
  const two = browser(server);
  one.store.edit(person(0, "a"));
  await one.sync.flush();
  server.faults = ["down"];
  two.store.edit(person(0, "b"));
  two.store.edit([ops.create({ start: 9, end: 12, label: "ORG" }, "o")]);
  two.store.edit([ops.create({ head: "b", tail: "o", label: "LEADER_OF" }, "r")]);
  await settled(two);
  assert.deepEqual(two.sync.clashes, []);
  assert.deepEqual(server.store.get("r"), { id: "r", head: "a", tail: "o", label: "LEADER_OF" });
  assert.deepEqual(server.image(), image(two.store));
  [one, two].forEach(({ sync }) => sync.destroy());
});

test("one refused edit is taken back and told; the others are saved", async () => {
  const server = new Server();
  const side = browser(server);
  server.faults = ["down"];
  side.store.edit(person(0, "a"));
  side.store.edit([ops.create({ start: 190, end: LENGTH + 5, label: "ORG" }, "bad")]);
  side.store.edit(person(20, "c"));
  await settled(side);
  assert.deepEqual(Object.keys(server.image()), ["a", "c"]);
  assert.equal(side.sync.clashes[0].reason, "It breaks a rule.");
  assert.deepEqual(Object.keys(image(side.store)), ["a", "c"]);
  side.sync.destroy();
});

test("a full storage is told, and saving goes on", async () => {
  const server = new Server();
  const side = browser(server);
  side.kept.full = true;
  side.store.edit(person(0, "a"));
  assert.ok(side.outbox.failed);
  await side.sync.flush();
  assert.equal(server.log.length, 1);
  side.sync.destroy();
});

/** A database that answers later, and can be broken. */
class Deep {
  kept = new Map();
  broken = false;
  async put(name, entry) {
    await null;
    if (this.broken) throw new Error("broken");
    this.kept.set(name, structuredClone(entry));
  }
  async remove(names) {
    for (const name of names) this.kept.delete(name);
  }
  async entries(prefix) {
    if (this.broken) throw new Error("broken");
    return [...this.kept].filter(([name]) => name.startsWith(prefix));
  }
}

test("either of storage and database is enough; without both the page says so", async () => {
  for (const [full, broken, failed] of [[false, false, false], [true, false, false], [false, true, false], [true, true, true]]) {
    const [shelf, deep] = [storage(), new Deep()];
    shelf.full = full;
    deep.broken = broken;
    let told = 0;
    const box = new Outbox(1, "/page", shelf, deep, () => (told += 1));
    for (const key of ["k1", "k2"]) box.add({ key, ops: [] }, 0);
    for (let turn = 0; turn < 10; turn += 1) await null;
    assert.equal(box.failed, failed);
    assert.equal(told > 0, failed);
    const later = new Outbox(1, "/page", shelf, deep);
    assert.deepEqual((await later.read()).map(({ key }) => key), failed ? [] : ["k1", "k2"]);
    assert.deepEqual(await otherPages(shelf, deep, "/other"), failed ? [] : ["/page"]);
    later.remove([{ key: "k1" }, { key: "k2" }]);
    assert.deepEqual(await box.read(), []);
  }
});

test("an edit made while the page looks for earlier ones is sent after them, once", async () => {
  const server = new Server();
  server.faults = ["down"];
  const first = browser(server);
  first.store.edit(person(0, "a"));
  await null; await null; await null;
  first.sync.destroy();
  const second = browser(server, first.kept);
  const resumed = second.sync.resume();
  second.store.edit(person(5, "b"));
  await resumed;
  await settled(second);
  assert.deepEqual(server.log.map(({ ops: [{ id }] }) => id).sort(), ["a", "b"]);
  assert.deepEqual(image(second.store), server.image());
  second.sync.destroy();
});

test("a window without changes of its own takes in those of others", async () => {
  const server = new Server();
  const one = browser(server);
  const two = browser(server);
  one.store.edit(person(0, "a"));
  await one.sync.flush();
  await two.sync.pull();
  assert.deepEqual(image(two.store), server.image());
  assert.equal(two.sync.revision, 1);
  [one, two].forEach(({ sync }) => sync.destroy());
});

test("pages with edits of other layers waiting are known; broken entries are passed over", async () => {
  const kept = storage();
  new Outbox(2, "/other", kept).add({ key: "k", ops: [] }, 0);
  kept["labeler.edit.2.broken"] = "{";
  assert.deepEqual(await otherPages(kept, null, "/page"), ["/other"]);
  assert.equal((await new Outbox(2, "/other", kept).read()).length, 1);
  assert.deepEqual(await new Outbox(2, "/other", null).read(), []);
});

test("whatever fails and whoever else writes, nothing is lost or doubled and all agree in the end", async () => {
  for (let seed = 1; seed < 60; seed += 1) {
    const dice = random(seed);
    const server = new Server();
    const sides = [browser(server), browser(server)];
    const made = new Set();
    for (let step = 0; step < 30; step += 1) {
      const side = dice.pick(sides);
      server.faults = dice.below(3) ? [] : [dice.pick(["lost", "down", 503])];
      const id = `${seed}-${step}`;
      side.store.edit(person(3 * step, id));
      made.add(id);
      if (dice.below(2)) await settled(...sides);
    }
    server.faults = [];
    for (let round = 0; round < 5; round += 1) {
      await settled(...sides);
      for (const side of sides) await side.sync.pull();
    }
    assert.deepEqual(new Set(Object.keys(server.image())), made);
    assert.equal(server.log.length, made.size);
    for (const side of sides) assert.deepEqual(image(side.store), server.image());
    sides.forEach(({ sync }) => sync.destroy());
  }
});
