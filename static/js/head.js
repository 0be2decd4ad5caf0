// @ts-check
/** The head of the paper: the title, where the article is from, and how far the work on it is. */
import { byId, element } from "./element.js";
import { blockAt } from "./text.js";
import { grouped } from "./wording.js";

/** The head of one document. */
export class Head {
  /**
   * @param {{name: string, meta: any}} article
   * @param {import("./text.js").DocumentText} text
   * @param {import("./text.js").Block[]} blocks
   * @param {number} tokens how many there are
   */
  constructor({ name, meta }, text, blocks, tokens) {
    this.blocks = blocks;
    /** As the document says, "" for none. */
    this.title = String(meta?.title ?? "");
    const first = blocks[0] ? text.slice(blocks[0].start, blocks[0].body).trim() : "";
    const shown = this.title.trim() !== first ? this.title : "";
    byId("title").textContent = shown;
    byId("title").hidden = !shown;
    this.left = element("span", { class: "left" });
    const source = String(meta?.source ?? "").startsWith(name) ? "" : meta?.source; // the name says it
    const facts = [meta?.date, source, `${grouped(tokens)} tokens`].filter((fact) => typeof fact === "string" && fact);
    byId("meta").replaceChildren(facts.join(" · "), this.left);
  }

  /**
   * Say what is left to do, and what was said of the document.
   * @param {{flag: string | null, status: string, read_to: number | null}} layer
   * @param {number} count suggestions that wait @param {string | null} [problem] why there are none
   */
  draw({ flag, status, read_to: read }, count, problem) {
    const facts = [
      count && `${count} suggestion${count > 1 ? "s" : ""} left`,
      problem,
      status !== "open" && status,
      read && `read to ¶${blockAt(this.blocks, read - 1).paragraph}`,
      flag && `flagged: ${flag}`,
    ];
    this.left.replaceChildren(...facts.filter(Boolean).map((fact) => ` · ${fact}`));
  }
}
