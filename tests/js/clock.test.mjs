import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../../static/js/clock.js";

function setting() {
  let at = 5000;
  const clock = new Clock(() => at);
  return { clock, wait: (seconds) => (at += 1000 * seconds) };
}

test("time between signs of a person is counted, long pauses are not", () => {
  const { clock, wait } = setting();
  wait(20); clock.touch();
  wait(600); clock.touch();
  wait(30);
  assert.equal(clock.take(), 50);
});

test("parts of a second are carried over, none twice", () => {
  const { clock, wait } = setting();
  wait(1.6);
  assert.equal(clock.take(), 1);
  wait(0.5);
  assert.equal(clock.take(), 1);
  assert.equal(clock.take(), 0);
});

test("time in which the page cannot be seen is left out", () => {
  const { clock, wait } = setting();
  wait(10); clock.pause();
  wait(40); clock.touch(); wait(5); clock.resume();
  wait(10);
  assert.equal(clock.take(), 20);
});
