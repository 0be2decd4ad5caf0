/** Reads texts and titles as JSON, and writes the lines of each with their classes. */
import { readFileSync } from "node:fs";
import { blocksOf, classesOf, DocumentText } from "../../static/js/text.js";
import { Tokens } from "../../static/js/tokens.js";

const linesOf = ([plain, title]) => {
  const text = new DocumentText(plain);
  const blocks = blocksOf(text, new Tokens({ gaps: [], lengths: [] }));
  return blocks.map((block) => [classesOf(text, block, title).join(" "), text.slice(block.start, block.body)]);
};

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(linesOf)));
