/** What the tests share: random but repeatable values, and a scheme. */

/** Two kinds of relation with ends of their own and one that takes any; two labels of documents that exclude each other. */
export const NEWS = {
  entities: ["PERSON", "ORG", "GPE"].map((name, index) => ({ name, key: String(index + 1), color: "#336699", description: "" })),
  relations: [
    { name: "LEADER_OF", key: "1", color: "#336699", description: "", head: ["PERSON"], tail: ["ORG", "GPE"], symmetric: false },
    { name: "MET_WITH", key: "2", color: "#336699", description: "", head: ["PERSON"], tail: ["PERSON"], symmetric: true },
    { name: "SEE", key: "", color: "#336699", description: "", head: [], tail: [], symmetric: false },
  ],
  categories: ["SPORT", "POLITICS"].map((name) => ({ name, key: "", color: "#336699", description: "", group: "topic" })),
  overlap: "allow",
};

export function random(seed) {
  let state = seed >>> 0 || 1;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  const pick = (list) => list[below(list.length)];
  return { next, below, pick };
}

export const PIECES = ["a", "é", "e\u0301", "👩‍👩‍👧", "🇺🇦", "𝔘", "שלום", "日本", " ", "\t", "\r\n", "\n", "\n\n", "<b>", "&amp;", ".", "word", "\u2029"];

/** A text of odd pieces. */
export function anyText(dice, most = 40) {
  return Array.from({ length: dice.below(most) }, () => dice.pick(PIECES)).join("");
}

/** Token borders of a text as the server sends them: runs of word characters, single others. */
export function wordsOf(text) {
  const [gaps, lengths] = [[], []];
  let last = 0;
  let start = 0;
  for (const piece of text.match(/[\p{L}\p{M}\p{N}]+|\s+|./gsu) ?? []) {
    const length = [...piece].length;
    if (piece.trim()) {
      gaps.push(start - last);
      lengths.push(length);
      last = start + length;
    }
    start += length;
  }
  return { gaps, lengths };
}
