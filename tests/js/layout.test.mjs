import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, readable } from "../../static/js/colors.js";
import { lanes, levels, nest } from "../../static/js/layout.js";
import { inOrder } from "../../static/js/spans.js";
import { random } from "./cases.mjs";

function someSpans(dice, length) {
  const spans = Array.from({ length: dice.below(9) }, (_, index) => {
    const start = dice.below(length);
    return { id: String(index), start, end: start + 1 + dice.below(length) };
  });
  return spans.sort(inOrder);
}

/** Which spans cover each code point, told by a tree. */
function cover(nodes, around = [], found = []) {
  for (const node of nodes) {
    if (node.span) cover(node.children, [...around, node.span.id], found);
    else for (let point = node.start; point < node.end; point += 1) found.push([point, [...around].sort().join()]);
  }
  return found;
}

function pieces(nodes) {
  return nodes.flatMap((node) => (node.span ? [node, ...pieces(node.children)] : []));
}

test("a nested tree covers each code point once, by just the spans that hold it", () => {
  for (let seed = 1; seed < 400; seed += 1) {
    const dice = random(seed);
    const start = dice.below(10);
    const end = start + 1 + dice.below(20);
    const spans = someSpans(dice, 30);
    const tree = nest(spans, start, end);
    const holders = (point) => spans.filter((span) => span.start <= point && point < span.end).map((span) => span.id).sort().join();
    const expected = Array.from({ length: end - start }, (_, offset) => [start + offset, holders(start + offset)]);
    assert.deepEqual(cover(tree), expected);
    for (const piece of pieces(tree)) assert.ok(piece.end > piece.start, "no piece is empty");
    for (const span of spans) {
      const mine = pieces(tree).filter((piece) => piece.span === span);
      if (span.start < end && span.end > start) assert.ok(mine.length > 0);
      assert.equal(mine.filter((piece) => piece.first).length, span.start >= start && span.start < end ? 1 : 0);
      assert.equal(mine.filter((piece) => piece.last).length, span.end <= end && span.end > start ? 1 : 0);
    }
  }
});

test("overlapping spans lie on different lanes, and one alone on the lowest", () => {
  for (let seed = 1; seed < 200; seed += 1) {
    const spans = someSpans(random(seed), 40);
    const lane = lanes(spans);
    for (const a of spans) {
      const over = spans.filter((b) => b !== a && a.start < b.end && b.start < a.end);
      for (const b of over) assert.notEqual(lane.get(a), lane.get(b));
      if (!over.length) assert.equal(lane.get(a), 0);
    }
  }
});

test("overlapping arcs lie on different levels, the shortest on the lowest", () => {
  for (let seed = 1; seed < 200; seed += 1) {
    const arcs = someSpans(random(seed), 40).map(({ start, end }) => ({ left: start, right: end }));
    const level = levels(arcs);
    arcs.forEach((a, i) => arcs.forEach((b, j) => {
      if (i < j && a.left < b.right && b.left < a.right) assert.notEqual(level[i], level[j]);
    }));
    const shortest = arcs.reduce((best, arc, index) => (arc.right - arc.left < arcs[best].right - arcs[best].left ? index : best), 0);
    if (arcs.length) assert.equal(level[shortest], 0);
  }
});

test("any colour becomes readable on any ground", () => {
  const dice = random(3);
  const color = () => `#${Array.from({ length: 6 }, () => "0123456789abcdef"[dice.below(16)]).join("")}`;
  for (let turn = 0; turn < 300; turn += 1) {
    for (const ground of ["#ffffff", "#1b1f24", "#f6f7f9"]) assert.ok(contrast(readable(color(), ground), ground) >= 4.5);
  }
  assert.equal(contrast("#000000", "#ffffff"), 21);
});
