// @ts-check
/**
 * Reading an article through by one key: what is in view is accepted, then the view goes on to what was
 * not in view yet, to suggestions that nobody answered, to the end; there the article can be submitted.
 *
 * What was in view is kept by blocks, as the shares of their heights: arcs make room and lines wrap anew
 * while somebody reads.
 */

const SLACK = 8; // pixels: less than a line of text
const MARGIN = 60; // pixels above what is gone to: a line that was read already
const GLANCE = 300; // milliseconds: nobody has read a view that came sooner

/**
 * @typedef {import("./commands.js").Item} Item
 * @typedef {[number, number]} Stretch from and to, as shares of a height
 */

/** How far one open document was read. */
export class Reading {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.viewport what scrolls
   * @param {import("./render.js").Article} parts.article
   * @param {import("./view.js").View} parts.view
   * @param {import("./suggestions.js").Suggestions} parts.suggestions
   * @param {import("./answering.js").Answering} parts.answering
   * @param {(words: string) => void} parts.say
   */
  constructor({ viewport, article, view, suggestions, answering, say }) {
    this.viewport = viewport;
    this.article = article;
    this.view = view;
    this.suggestions = suggestions;
    this.answering = answering;
    this.say = say;
    /** @type {Map<number, Stretch[]>} by block, in order and apart */
    this.seen = new Map();
    this.since = performance.now(); // when what is in view came there
  }

  /** Take what is in view for seen. */
  look() {
    const { elements } = this.article;
    const { top, bottom } = this.viewport.getBoundingClientRect();
    const [first, last] = this.article.between(top, bottom);
    for (let index = first; index < last; index += 1) {
      const box = elements[index].getBoundingClientRect();
      if (box.height) this.#see(index, [(Math.max(top, box.top) - box.top) / box.height, (Math.min(bottom, box.bottom) - box.top) / box.height]);
    }
  }

  /** @param {number} index of the block @param {Stretch} stretch */
  #see(index, stretch) {
    const all = [...(this.seen.get(index) ?? []), stretch].sort((a, b) => a[0] - b[0]);
    /** @type {Stretch[]} */
    const joined = [];
    for (const [from, to] of all) {
      const last = joined.at(-1);
      if (last && from <= last[1]) last[1] = Math.max(last[1], to);
      else joined.push([from, to]);
    }
    this.seen.set(index, joined);
  }

  /** The suggestions in view: entities with all of their words, relations with both ends. @returns {Item[]} */
  inView() {
    const { top, bottom } = this.viewport.getBoundingClientRect();
    const isSeen = (/** @type {DOMRect} */ box) => box.top + box.height / 2 > top && box.top + box.height / 2 < bottom;
    const [from, to] = this.#span(top, bottom);
    const inView = (/** @type {import("./schema.js").Entity | undefined} */ entity) => {
      if (!entity || entity.end <= from || entity.start >= to) return false;
      const boxes = this.article.marks(entity.id).flatMap((mark) => [...mark.getClientRects()]);
      return boxes.length > 0 && boxes.every(isSeen);
    };
    const { openEntities, openRelations } = this.suggestions;
    return [...openEntities.sorted.filter(inView), ...openRelations.filter(({ head, tail }) => [head, tail].every((id) => inView(this.suggestions.end(id))))];
  }

  /** The code points of the blocks in view. @param {number} top @param {number} bottom @returns {[number, number]} */
  #span(top, bottom) {
    const { blocks } = this.article;
    const [first, last] = this.article.between(top, bottom);
    return first < last ? [blocks[first].start, blocks[last - 1].end] : [0, 0];
  }

  /** Accept what is in view and show what comes next; returns whether nothing does, so that the article is read. */
  goOn() {
    if (performance.now() - this.since < GLANCE) {
      this.say("This has come into view just now. Read it, then press the key again.");
      return false;
    }
    this.look();
    const items = this.inView();
    const accepted = items.length ? this.answering.acceptAll(items) : 0;
    this.view.set({ focus: null, fresh: false, selection: null, caret: -1 });
    const { scrollTop: from } = this.viewport;
    const next = this.#unseen() ?? this.#unanswered() ?? this.#end();
    if (next === null) return true;
    this.#show(next);
    if (this.viewport.scrollTop < from) this.say(`${accepted ? `Accepted ${accepted}. ` : ""}Further up something is left to read.`);
    else if (!accepted) this.say("Nothing was left to accept there.");
    return false;
  }

  /** Where the first words are that never were in view. @returns {number | null} pixels from the top of the view */
  #unseen() {
    const { elements } = this.article;
    for (let index = 0; index < elements.length; index += 1) {
      const stretches = this.seen.get(index) ?? [];
      if (stretches.length === 1 && stretches[0][0] <= 0 && stretches[0][1] >= 1) continue;
      const { top, height } = elements[index].getBoundingClientRect();
      const gap = [...stretches, /** @type {Stretch} */ ([1, 1])].findIndex(([from], place) => (from - (stretches[place - 1]?.[1] ?? 0)) * height > SLACK);
      if (gap >= 0) return this.#from(top + (stretches[gap - 1]?.[1] ?? 0) * height);
    }
    return null;
  }

  /** Where the first entity is that could be accepted, out of view. */
  #unanswered() {
    const item = this.suggestions.openEntities.sorted.find((entity) => this.answering.fits(entity));
    if (!item) return null;
    const { start } = item;
    const index = this.article.blocks.findIndex((block) => block.end > start);
    this.article.elements[index].scrollIntoView({ block: "nearest" }); // out of view it has no lines
    const box = this.article.marks(item.id)[0]?.getClientRects()[0];
    return box ? this.#from(box.top) : null;
  }

  /** How far it is to the end, null where that is in view. */
  #end() {
    const bottom = this.article.elements.at(-1)?.getBoundingClientRect().bottom ?? 0;
    const below = bottom - this.viewport.getBoundingClientRect().bottom;
    return below > SLACK ? below + MARGIN : null;
  }

  /** @param {number} top in pixels of the window */
  #from(top) {
    return top - this.viewport.getBoundingClientRect().top;
  }

  /** @param {number} away pixels from the top of the view */
  #show(away) {
    this.viewport.scrollBy(0, away - MARGIN);
    this.since = performance.now();
  }
}
