import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../static/js/api.js";
import { Comments } from "../../static/js/comments.js";

/** The server's side: keeps a comment once a key; loses answers when told to. */
class Server {
  kept = [];
  lose = 0;

  async post(path, { key, body, start = null, end = null, parent = null }) {
    let made = this.kept.find((each) => each.key === key);
    if (!made) {
      made = { id: this.kept.length + 1, key, body: body.trim(), start, end, parent, author: "ana", role: "annotator", created: "", resolved: null, resolver: null };
      this.kept.push(made);
    }
    if (this.lose-- > 0) throw new ApiError(0, { message: "The server cannot be reached." });
    return made;
  }

  async get() {
    return { comments: this.kept };
  }
}

class Shelf {
  items = new Map();
  getItem = (name) => this.items.get(name) ?? null;
  setItem = (name, value) => this.items.set(name, value);
  removeItem = (name) => this.items.delete(name);
}

const open = (api, storage = new Shelf(), all = []) =>
  new Comments({ document: 7, all, api, user: "ana", curates: false, storage, onChange: () => {} });

test("a lost answer doubles nothing", async () => {
  const server = new Server();
  const comments = open(server);
  server.lose = 1;
  comments.write({ body: "Who is that?", start: 0, end: 3 });
  await assert.rejects(comments.send(), /cannot be reached/);
  await comments.send();
  assert.deepEqual(server.kept.map(({ body }) => body), ["Who is that?"]);
  assert.equal(comments.draft.body, "");
});

test("words changed after an answer was lost are kept as well", async () => {
  const server = new Server();
  const comments = open(server);
  server.lose = 1;
  comments.write({ body: "First" });
  await assert.rejects(comments.send());
  comments.write({ body: "Second", start: 0, end: 3 });
  await comments.send();
  assert.deepEqual(server.kept.map(({ body, start }) => [body, start]), [["First", null], ["Second", 0]]);
  assert.equal(comments.all.length, 2);
});

test("what was not sent outlives the page, under its key", async () => {
  const [server, shelf] = [new Server(), new Shelf()];
  server.lose = 1;
  const before = open(server, shelf);
  before.write({ body: "Half a", parent: 4 });
  await assert.rejects(before.send());
  const after = open(server, shelf);
  assert.deepEqual(after.draft, before.draft);
  await after.send();
  assert.equal(server.kept.length, 1);
  assert.equal(shelf.items.size, 0);
});

test("words written while others are under way are not lost", async () => {
  const server = new Server();
  const comments = open(server);
  comments.write({ body: "First" });
  const sent = comments.send();
  comments.write({ body: "First and more" });
  await sent;
  assert.equal(comments.draft.body, "First and more");
  await comments.send();
  assert.deepEqual(server.kept.map(({ body }) => body), ["First", "First and more"]);
});

test("threads stand in the order of the text, with their answers", () => {
  const one = (id, start, more = {}) => ({ id, start, end: start === null ? null : start + 1, parent: null, key: "", author: "ana", body: "", created: "", role: "annotator", resolved: null, resolver: null, ...more });
  const comments = open(new Server(), new Shelf(), [one(1, 9), one(2, 4, { resolved: "x" }), one(3, null), one(4, null, { parent: 1, author: "cy" })]);
  assert.deepEqual(comments.threads.map(({ id }) => id), [3, 2, 1]);
  assert.deepEqual(comments.open.map(({ id }) => id), [3, 1]);
  assert.deepEqual(comments.threads[2].answers.map(({ id }) => id), [4]);
  assert.ok(!comments.mayRemove(comments.all[0]), "it was answered");
  assert.ok(comments.mayRemove(comments.all[1]));
  assert.ok(!comments.mayRemove(comments.all[3]), "it is somebody else's");
});

test("a storage that is broken or full does not stop anybody", async () => {
  const broken = { getItem: () => "{", setItem: () => { throw new Error("full"); }, removeItem: () => {} };
  const server = new Server();
  const comments = open(server, broken);
  comments.write({ body: "Fine" });
  await comments.send();
  assert.equal(server.kept.length, 1);
});

test("what others write is told once, and not asked for all the time", async () => {
  const server = new Server();
  const told = [];
  const comments = new Comments({ document: 7, all: [], api: server, user: "ana", curates: false, storage: null, onChange: (fresh) => told.push(...fresh.map(({ body }) => body)) });
  server.kept.push({ id: 1, author: "ben", body: "Sure?", parent: null }, { id: 2, author: "ana", body: "My own", parent: null });
  await comments.refresh(60_000);
  assert.deepEqual(told, [], "they came with the document a moment ago");
  await comments.refresh();
  await comments.refresh();
  assert.deepEqual(told, ["Sure?"]);
});

test("what is begun while a comment is under way is another comment", async () => {
  const [server, shelf] = [new Server(), new Shelf()];
  const comments = open(server, shelf);
  comments.write({ body: "First", start: 0, end: 3 });
  const sent = comments.send();
  comments.begin({ start: 5, end: 8, parent: null });
  assert.equal(comments.draft.body, "");
  assert.equal(open(server, shelf).draft.body, "First"); // were the page gone now
  comments.write({ body: "Second" });
  assert.equal(await sent, false);
  assert.equal(open(server, shelf).draft.body, "Second");
  assert.equal(await comments.send(), true);
  assert.deepEqual(server.kept.map(({ body, start }) => [body, start]), [["First", 0], ["Second", 5]]);
  assert.equal(shelf.items.size, 0);
});

test("what did not arrive stands in front of what was begun after it", async () => {
  const [server, shelf] = [new Server(), new Shelf()];
  const comments = open(server, shelf);
  server.post = () => Promise.reject(new ApiError(0, { message: "The server cannot be reached." }));
  comments.write({ body: "First" });
  const sent = comments.send();
  comments.begin({ start: 5, end: 8, parent: null });
  comments.write({ body: "Second" });
  await assert.rejects(sent, /cannot be reached/);
  assert.equal(comments.draft.body, "First\n\nSecond");
  assert.deepEqual(open(server, shelf).draft, comments.draft);
});
