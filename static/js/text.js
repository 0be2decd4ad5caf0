// @ts-check
/**
 * A document's text, addressed in Unicode code points as Python does.
 *
 * JavaScript strings count UTF-16 units: a number in units is called `unit` and occurs here, in
 * dom.js and in render.js only.
 */

/** Text that is sliced and measured in code points. */
export class DocumentText {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    /** Code point offset of each character that takes two units. */
    this.astral = astralPoints(text);
    this.length = text.length - this.astral.length;
  }

  /** The unit at which a code point begins. @param {number} point */
  unit(point) {
    return point + countBelow(this.astral, (astral) => astral < point);
  }

  /** The code point that a unit belongs to. @param {number} unit */
  point(unit) {
    return unit - countBelow(this.astral, (astral, index) => astral + index < unit);
  }

  /** The text from code point `start` up to `end`. @param {number} start @param {number} end */
  slice(start, end) {
    return this.text.slice(this.unit(start), this.unit(end));
  }
}

/** @param {string} text */
function astralPoints(text) {
  const points = [];
  if (!/[\ud800-\udbff]/.test(text)) return points;
  let point = 0;
  for (let unit = 0; unit < text.length; unit += 1, point += 1) {
    if (/** @type {number} */ (text.codePointAt(unit)) > 0xffff) {
      points.push(point);
      unit += 1;
    }
  }
  return points;
}

/**
 * How many leading entries satisfy a test that holds for a prefix of the list.
 * @param {number[]} sorted
 * @param {(value: number, index: number) => boolean} test
 */
function countBelow(sorted, test) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(sorted[middle], middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * A piece of the text that is drawn as one block: a line, or a part of a very long one.
 * `body` is where its line breaks begin; `gap` tells that an empty line follows; `paragraph`
 * counts from 1 the stretches between line breaks that hold something.
 * @typedef {{index: number, start: number, body: number, end: number, gap: boolean,
 *   paragraph: number}} Block
 */

const LINE = /([^\n\r\u2028\u2029]*)([\n\r\u2028\u2029]+|$)/gy;
const LONG = 400; // tokens: paragraphs below this stay whole
const PIECE = 200; // tokens: about what a piece of a longer paragraph has

/**
 * Cut a text into blocks that together are the whole text.
 * @param {DocumentText} text
 * @param {import("./tokens.js").Tokens} tokens
 * @returns {Block[]}
 */
export function blocksOf(text, tokens) {
  /** @type {Block[]} */
  const blocks = [];
  let start = 0;
  let paragraph = 0;
  for (const [whole, line, breaks] of text.text.matchAll(LINE)) {
    if (!whole) break;
    const body = start + new DocumentText(line).length;
    const end = body + breaks.length;
    if (line.trim()) paragraph += 1;
    const gap = breaks.replace(/\r\n/g, "\n").length > 1;
    for (const [from, to] of pieces(start, body, text, tokens)) {
      const last = to === body;
      const [stop, open] = last ? [end, gap] : [to, false];
      blocks.push({ index: blocks.length, start: from, body: to, end: stop, gap: open, paragraph });
    }
    start = end;
  }
  return blocks;
}

/**
 * The classes of a block, as `labeler/web/opening.py` gives them to the lines that a text begins with.
 * @param {DocumentText} text @param {Block} block @param {string} title of the document, "" for none
 */
export function classesOf(text, block, title) {
  const line = text.slice(block.start, block.body).trim();
  const isTitle = block.index === 0 && line !== "" && line === title.trim();
  return ["block", block.gap && "gap", isTitle && "title", line === "" && "empty"].filter(Boolean);
}

/**
 * Cut a long line after sentences, so that one change redraws little.
 * @param {number} start @param {number} end @param {DocumentText} text
 * @param {import("./tokens.js").Tokens} tokens
 * @returns {[number, number][]}
 */
function pieces(start, end, text, tokens) {
  const first = tokens.firstEndingAfter(start);
  const last = tokens.firstEndingAfter(end);
  if (last - first <= LONG) return [[start, end]];
  /** @type {[number, number][]} */
  const found = [];
  let from = start;
  for (let token = first + PIECE; token < last - PIECE / 2; token += 1) {
    const overdue = tokens.starts[token] > from && token - tokens.firstEndingAfter(from) > 1.5 * PIECE;
    if (!overdue && !/[.!?。！？؟।]$/u.test(text.slice(tokens.starts[token - 1], tokens.ends[token - 1]))) continue;
    found.push([from, tokens.starts[token]]);
    from = tokens.starts[token];
    token += PIECE - 1;
  }
  found.push([from, end]);
  return found;
}

/**
 * The block that holds a code point.
 * @param {Block[]} blocks @param {number} point
 */
export function blockAt(blocks, point) {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle].end <= point) low = middle + 1;
    else high = middle;
  }
  return blocks[low];
}

/**
 * The paragraph that holds a code point, without the white space around it.
 * @param {DocumentText} text @param {Block[]} blocks @param {number} point
 */
export function paragraphAt(text, blocks, point) {
  const here = blockAt(blocks, point)?.paragraph;
  const own = blocks.filter((block) => block.paragraph === here && text.slice(block.start, block.body).trim());
  if (!own.length) return { start: 0, end: 0 };
  const [start, end] = [own[0].start, own[own.length - 1].body];
  const words = text.slice(start, end);
  const [lead, tail] = [words.length - words.trimStart().length, words.length - words.trimEnd().length]; // white space is never astral
  return { start: start + lead, end: end - tail };
}

/**
 * Where the words of `text[start:end]` stand elsewhere, as whole words, in the order of the text.
 * Capitals count: a name at the start of a sentence looks like itself.
 * @param {DocumentText} text @param {number} start @param {number} end
 * @returns {{start: number, end: number}[]}
 */
export function occurrences(text, start, end) {
  const words = text.slice(start, end);
  const found = [];
  if (!words.trim()) return found;
  const length = end - start;
  const whole = text.text;
  for (let unit = whole.indexOf(words); unit >= 0; unit = whole.indexOf(words, unit + 1)) {
    const point = text.point(unit);
    const other = point + length <= start || point >= end;
    if (other && isWhole(whole, unit, unit + words.length)) {
      found.push({ start: point, end: point + length });
      unit += words.length - 1;
    }
  }
  return found;
}

const WORD = /[\p{L}\p{N}\p{M}_]/u;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/**
 * Whether no word runs over either border.
 * @param {string} text @param {number} unit @param {number} unitEnd
 */
function isWhole(text, unit, unitEnd) {
  const joins = (/** @type {string} */ left, /** @type {string} */ right) =>
    WORD.test(left) && WORD.test(right) && !UNSPACED.test(left) && !UNSPACED.test(right);
  return !joins(before(text, unit), after(text, unit)) && !joins(before(text, unitEnd), after(text, unitEnd));
}

/** @param {string} text @param {number} unit */
function before(text, unit) {
  if (unit <= 0) return "";
  const low = text.charCodeAt(unit - 1);
  return text.slice(unit - (low >= 0xdc00 && low <= 0xdfff ? 2 : 1), unit);
}

/** @param {string} text @param {number} unit */
function after(text, unit) {
  const code = text.codePointAt(unit);
  return code === undefined ? "" : String.fromCodePoint(code);
}
