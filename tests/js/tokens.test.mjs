import assert from "node:assert/strict";
import { test } from "node:test";
import { DocumentText } from "../../static/js/text.js";
import { Tokens } from "../../static/js/tokens.js";
import { anyText, wordsOf, random } from "./cases.mjs";

const words = (plain, borders) => {
  const text = new DocumentText(plain);
  const joined = new Tokens(borders).joined(text);
  return Array.from({ length: joined.count }, (_, index) => text.slice(joined.starts[index], joined.ends[index]));
};

/** Every code point a token, as the strictest tokenizer has it. */
const single = (plain) => {
  const gaps = [];
  let gap = 0;
  for (const character of plain) {
    if (character.trim() || character === "\u200d") gaps.push(gap);
    gap = character.trim() || character === "\u200d" ? 0 : gap + 1;
  }
  return { gaps, lengths: gaps.map(() => 1) };
};

test("a cursor takes a sign as a whole, however a tokenizer parts it", () => {
  assert.deepEqual(words("👩\u200d👩\u200d👧 🇺🇦🇺🇸 👍🏽!", single("👩\u200d👩\u200d👧 🇺🇦🇺🇸 👍🏽!")), ["👩\u200d👩\u200d👧", "🇺🇦", "🇺🇸", "👍🏽", "!"]);
  assert.deepEqual(words("が\u3099 e\u0301a", single("が\u3099 e\u0301a")), ["が\u3099", "e\u0301", "a"]);
  assert.deepEqual(words("東京", single("東京")), ["東", "京"]);
});

test("no border is left inside a sign, and none is invented", () => {
  const signs = new Intl.Segmenter("und", { granularity: "grapheme" });
  for (let seed = 1; seed < 200; seed += 1) {
    const plain = anyText(random(seed));
    const text = new DocumentText(plain);
    const borders = new Set([...signs.segment(plain)].map(({ index }) => text.point(index)));
    for (const words of [wordsOf(plain), single(plain)]) {
      const raw = new Tokens(words);
      const joined = raw.joined(text);
      const known = new Set(raw.starts);
      for (const start of joined.starts) assert.ok(known.has(start));
      const kept = [...raw.starts].filter((start) => borders.has(start));
      for (const start of kept) assert.ok([...joined.starts].includes(start));
    }
  }
});
