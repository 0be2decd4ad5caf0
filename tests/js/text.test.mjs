import assert from "node:assert/strict";
import { test } from "node:test";
import { blockAt, blocksOf, DocumentText, occurrences } from "../../static/js/text.js";
import { Tokens } from "../../static/js/tokens.js";
import { anyText, wordsOf, random } from "./cases.mjs";

test("units and code points convert into each other as an array of code points tells", () => {
  for (let seed = 1; seed < 300; seed += 1) {
    const dice = random(seed);
    const plain = anyText(dice);
    const text = new DocumentText(plain);
    const points = [...plain];
    assert.equal(text.length, points.length);
    for (let point = 0; point <= points.length; point += 1) {
      const unit = points.slice(0, point).join("").length;
      assert.equal(text.unit(point), unit);
      assert.equal(text.point(unit), point);
      if (points[point]?.length === 2) assert.equal(text.point(unit + 1), point);
    }
    const start = dice.below(points.length + 1);
    const end = start + dice.below(points.length - start + 1);
    assert.equal(text.slice(start, end), points.slice(start, end).join(""));
  }
});

test("blocks follow one another, are the whole text, and hold line breaks at their end only", () => {
  for (let seed = 1; seed < 300; seed += 1) {
    const plain = anyText(random(seed), 80);
    const text = new DocumentText(plain);
    const blocks = blocksOf(text, new Tokens(wordsOf(plain)));
    assert.equal(blocks.map((block) => text.slice(block.start, block.end)).join(""), plain);
    for (const block of blocks) {
      assert.doesNotMatch(text.slice(block.start, block.body), /[\n\r\u2028\u2029]/);
      assert.match(text.slice(block.body, block.end), /^[\n\r\u2028\u2029]*$/);
      for (let point = block.start; point < block.end; point += 1) assert.equal(blockAt(blocks, point), block);
    }
  }
});

test("CRLF counts as one line break, and an empty line opens a gap", () => {
  const text = new DocumentText("a\r\nb\r\n\r\nc");
  const blocks = blocksOf(text, new Tokens(wordsOf(text.text)));
  assert.deepEqual(blocks.map((block) => [block.start, block.end, block.gap]), [[0, 3, false], [3, 8, true], [8, 9, false]]);
});

test("a very long line is cut after sentences into pieces of about 200 tokens", () => {
  const plain = "The ship left the port at dawn. ".repeat(400);
  const text = new DocumentText(plain);
  const tokens = new Tokens(wordsOf(plain));
  const blocks = blocksOf(text, tokens);
  assert.equal(blocks.map((block) => text.slice(block.start, block.end)).join(""), plain);
  for (const block of blocks) {
    const count = tokens.firstEndingAfter(block.end) - tokens.firstEndingAfter(block.start);
    assert.ok(count <= 400, `${count} tokens`);
    assert.match(text.slice(block.start, block.end), /^The/);
  }
  const unbroken = "word ".repeat(5000);
  const cut = blocksOf(new DocumentText(unbroken), new Tokens(wordsOf(unbroken)));
  assert.ok(cut.length > 12, "a line without sentences is cut as well");
});

test("occurrences are the same words as whole words, elsewhere", () => {
  const places = (plain, words) => {
    const text = new DocumentText(plain);
    const start = [...plain.slice(0, plain.indexOf(words))].length;
    return occurrences(text, start, start + [...words].length).map((span) => text.slice(span.start, span.end) + span.start);
  };
  assert.deepEqual(places("Iran, Iranian, “Iran”. IRAN Iran's Iran", "Iran"), ["Iran16", "Iran28", "Iran35"]);
  assert.deepEqual(places("😀 Kim 😀 Kim Kimberly", "Kim"), ["Kim8"]);
  assert.deepEqual(places("東京は東京だ", "東京"), ["東京3"]);
  assert.deepEqual(places("a.a.a", "a"), ["a2", "a4"]);
});

test("a selection snaps outward to whole tokens, never to white space", () => {
  for (let seed = 1; seed < 300; seed += 1) {
    const dice = random(seed);
    const plain = anyText(dice);
    const tokens = new Tokens(wordsOf(plain));
    const length = [...plain].length;
    const start = dice.below(length + 1);
    const end = Math.min(length, start + 1 + dice.below(8));
    const touched = [...Array(tokens.count).keys()].map((index) => tokens.span(index)).filter((span) => span.start < end && start < span.end);
    const expected = touched.length ? { start: touched[0].start, end: touched.at(-1).end } : null;
    assert.deepEqual(tokens.snap(start, end), expected);
    if (!expected) continue;
    assert.ok(tokens.fits(expected));
    assert.ok(tokens.fits(tokens.fit({ start, end })), "the nearest fit fits");
    assert.deepEqual(tokens.fit(expected), expected);
  }
});

test("the nearest fit drops a stray character and completes a cut word", () => {
  const tokens = new Tokens(wordsOf("Ines Okafor said"));
  assert.deepEqual(tokens.fit({ start: 1, end: 11 }), { start: 0, end: 11 });
  assert.deepEqual(tokens.fit({ start: 4, end: 11 }), { start: 5, end: 11 });
  assert.deepEqual(tokens.fit({ start: 5, end: 13 }), { start: 5, end: 11 });
});
