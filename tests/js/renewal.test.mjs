import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Renewal } from "../../static/js/renewal.js";

/** @param {{idle?: boolean, ask?: () => Promise<any>}} [how] */
function setting({ idle = true, ask } = {}) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const state = { idle, asked: 0, answers: [] };
  const renewal = new Renewal({
    ask: ask ?? (async () => ++state.asked),
    isIdle: () => state.idle,
    onAnswer: (answer) => state.answers.push(answer),
  });
  const pause = async () => { mock.timers.tick(1000); for (let turn = 0; turn < 5; turn += 1) await null; };
  return { state, renewal, pause };
}

test("several changes ask once, a second after the last", async () => {
  const { state, renewal, pause } = setting();
  renewal.soon();
  mock.timers.tick(900);
  renewal.soon();
  mock.timers.tick(900);
  assert.equal(state.asked, 0);
  await pause();
  assert.deepEqual(state.answers, [1]);
  await pause();
  assert.equal(state.asked, 1);
});

test("nothing is asked while the person is at work or edits wait", async () => {
  const { state, renewal, pause } = setting({ idle: false });
  renewal.soon();
  await pause();
  assert.equal(state.asked, 0);
  state.idle = true;
  await pause();
  assert.deepEqual(state.answers, [1]);
});

test("an answer that an edit overtook is left out, and asked for again", async () => {
  const waiting = [];
  const { state, renewal, pause } = setting({ ask: () => new Promise((done) => waiting.push(done)) });
  renewal.soon();
  await pause();
  renewal.soon();
  await pause();
  assert.equal(waiting.length, 1);
  waiting[0]("old");
  await pause();
  assert.deepEqual(state.answers, []);
  await pause();
  waiting[1]("new");
  await pause();
  assert.deepEqual(state.answers, ["new"]);
});

test("a server that cannot be reached leaves the suggestions as they are", async () => {
  const { state, renewal, pause } = setting({ ask: async () => { throw new Error("away"); } });
  renewal.soon();
  await pause();
  assert.deepEqual(state.answers, []);
  renewal.destroy();
});
