import assert from "node:assert/strict";
import { test } from "node:test";
import { Reasons } from "../../static/js/reasons.js";

const shelf = (items = {}) => ({ getItem: (name) => items[name] ?? null, setItem: (name, value) => { items[name] = value; }, items });

const offered = { flag: ["odd", "broken"], skip: ["too long"] };

test("the project's reasons keep their digits; one's own follow, the last three of each kind", () => {
  const kept = shelf();
  const reasons = new Reasons("news", offered, kept);
  const usual = reasons.of("skip");
  for (const reason of ["one", "two", "three", "two", "four", usual[0]]) reasons.keep("skip", reason);
  assert.deepEqual(reasons.of("skip"), [...usual, "four", "two", "three"]);
  assert.equal(reasons.of("flag").includes("four"), false);
  assert.deepEqual(new Reasons("news", offered, kept).of("skip").slice(-3), ["four", "two", "three"]);
  assert.deepEqual(new Reasons("other", offered, kept).of("skip"), usual);
});

test("a storage that is broken, foreign or forbidden costs no reason", () => {
  const usual = new Reasons("news", offered, null).of("flag");
  for (const odd of ["{", "7", '{"flag": 3}', '{"flag": [1, null]}']) {
    assert.deepEqual(new Reasons("news", offered, shelf({ "labeler.reasons.news": odd })).of("flag"), usual);
  }
  const full = { getItem: () => null, setItem: () => { throw new Error("full"); } };
  assert.doesNotThrow(() => new Reasons("news", offered, full).keep("flag", "x"));
});
