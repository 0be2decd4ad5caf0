// @ts-check
/** The right-hand panel: what is labeled and suggested as lists, the comments and the history. */
import { element, listen } from "./element.js";
import { describe, moment } from "./history.js";
import { List } from "./list.js";
import { extentsOf, isEntity, isRelation } from "./schema.js";
import { blockAt } from "./text.js";
import { grouped } from "./wording.js";

/**
 * @typedef {import("./schema.js").Entity} Entity
 * @typedef {import("./schema.js").Relation} Relation
 * @typedef {import("./schema.js").Category} Category
 * @typedef {import("./list.js").Row} Row
 */

const TABS = ["entities", "relations", "suggested", "comments", "history"];

/** The lists beside one document. */
export class Panels {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.root
   * @param {import("./text.js").DocumentText} parts.text
   * @param {import("./text.js").Block[]} parts.blocks
   * @param {import("./tokens.js").Tokens} parts.tokens
   * @param {import("./store.js").Store} parts.store
   * @param {import("./suggestions.js").Suggestions} parts.suggestions
   * @param {import("./palette.js").Palette} parts.palette
   * @param {import("./view.js").View} parts.view
   * @param {import("./commands.js").Commands} parts.commands
   * @param {import("./answering.js").Answering} parts.answering
   * @param {import("./keymap.js").Keymap} parts.keymap
   * @param {import("./comments.js").Comments} parts.comments
   * @param {import("./discussion.js").Discussion} parts.discussion
   * @param {import("./details.js").Details} parts.details
   * @param {() => Promise<import("./history.js").Entry[]>} parts.loadHistory
   * @param {import("./sync.js").Sync} parts.sync
   * @param {string} parts.user
   * @param {() => void} parts.onLeave goes to the text
   */
  constructor(parts) {
    this.parts = parts;
    this.tab = "entities";
    this.news = false;
    this.tabs = element("div", { class: "tabs", role: "tablist", "aria-label": "Lists" });
    this.list = new List("Annotations", (id) => this.#pick(id), (id) => parts.view.set({ hover: id }), parts.onLeave);
    this.filter = element("div", { class: "filter" });
    this.why = element("div", { class: "why", role: "region", "aria-label": "Why this is suggested", hidden: true });
    this.history = element("ol", { class: "history" });
    this.body = element("div", { class: "panel", role: "tabpanel", id: "panel", "aria-labelledby": "tab-entities" });
    parts.root.replaceChildren(this.tabs, this.body, parts.details.root);
    this.ends = [
      listen(this.tabs, "click", (event) => this.open(event.target.closest("[data-tab]")?.dataset.tab)),
      listen(this.tabs, "keydown", (event) => this.#tabKey(event)),
      listen(this.list.root, "click", (event) => this.#act(event.target.closest("[data-act]"))),
      listen(this.filter, "change", () => this.#setFilter()),
    ];
    this.#fill();
  }

  /** Draw the list that is open. @param {boolean} changed whether annotations have changed */
  draw(changed) {
    const { view } = this.parts;
    if (changed) this.rows = null;
    this.drawTabs();
    this.parts.details.draw();
    if (this.tab === "comments") return;
    if (this.tab === "history") return changed ? this.#loadHistory() : undefined;
    this.rows ??= this.#rows();
    this.list.show(this.rows, view.look.focus, view.look.hover);
    this.#explain(view.look.focus);
  }

  /** Tell below the list why the focused suggestion is made. @param {string | null} focus */
  #explain(focus) {
    const item = this.parts.suggestions.open(focus);
    this.why.hidden = !item?.origin?.suggester;
    if (item === this.explained) return;
    this.explained = item;
    this.why.replaceChildren(...(item ? reasons(item) : []));
  }

  destroy() {
    this.ends.forEach((end) => end());
    this.list.destroy();
    this.parts.root.replaceChildren();
  }

  // ---- tabs

  /** Show a list. @param {string | undefined} tab */
  open(tab) {
    if (!tab || tab === this.tab) return;
    this.tab = tab;
    this.rows = null;
    if (tab === "comments") this.news = false;
    this.#fill();
    this.draw(true);
    if (tab === "comments") this.parts.comments.refresh().catch(() => {}); // without a network, what is known
  }

  #fill() {
    this.body.setAttribute("aria-labelledby", `tab-${this.tab}`);
    if (this.tab === "comments") return this.body.replaceChildren(this.parts.discussion.root);
    if (this.tab === "history") return this.body.replaceChildren(this.history);
    this.#drawFilter();
    this.body.replaceChildren(...(this.tab === "relations" ? [this.filter] : []), this.list.root, this.why);
    this.list.rewind();
  }

  /** Say that somebody wrote a comment; the tab shows it until it is opened. @param {string} author */
  tellComments(author) {
    if (this.tab !== "comments") this.news = true;
    this.parts.commands.say(`${author} wrote a comment on this document.`);
  }

  /** Show how many there are of each. */
  drawTabs() {
    const { store, suggestions, comments, sync } = this.parts;
    const counts = [store.entities.sorted.length, store.relations.size, suggestions.count, comments.open.length, sync.revision];
    const state = JSON.stringify([this.tab, counts, this.news]);
    if (state === this.shownTabs) return;
    this.shownTabs = state;
    const focused = this.tabs.contains(document.activeElement);
    this.tabs.replaceChildren(...TABS.map((tab, index) => this.#tab(tab, counts[index])));
    if (focused) /** @type {HTMLElement} */ (this.tabs.querySelector("[aria-selected=true]")).focus();
  }

  /** @param {string} tab @param {number} count */
  #tab(tab, count) {
    const open = tab === this.tab;
    const attributes = { type: "button", role: "tab", id: `tab-${tab}`, "data-tab": tab, "aria-selected": String(open), "aria-controls": "panel", tabindex: open ? 0 : -1 };
    const words = tab[0].toUpperCase() + tab.slice(1);
    const news = tab === "comments" && this.news;
    return element("button", { ...attributes, class: news ? "news" : "" }, words, " ", element("em", { title: grouped(count) }, short(count), news ? " new" : ""));
  }

  /** @param {KeyboardEvent} event */
  #tabKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    this.open(TABS[(TABS.indexOf(this.tab) + step + TABS.length) % TABS.length]);
  }

  // ---- rows

  /** @returns {Row[]} */
  #rows() {
    const { store, suggestions } = this.parts;
    const relations = [...store.relations.values()];
    const open = suggestions.inOrder().map(({ item }) => item);
    if (this.tab === "relations") return this.#relationRows(relations);
    if (this.tab === "suggested") return open.length ? open.map((item) => this.#row(item)) : [note("No suggestions are left.")];
    const categories = [...store.categories.values()].map((item) => this.#row(item));
    const rows = [...(categories.length ? [heading("Document"), ...categories] : []), ...this.#groups(store.entities.sorted)];
    if (open.length) rows.push(heading("Suggested"), ...open.map((item) => this.#row(item)));
    if (relations.length) rows.push(heading("Relations"), ...relations.map((item) => this.#row(item)));
    return rows.length ? rows : [note("Nothing is labeled yet.")];
  }

  /** @param {Entity[]} entities @returns {Row[]} */
  #groups(entities) {
    /** @type {Map<string, Row[]>} */
    const groups = new Map(this.parts.store.scheme.entities.map(({ name }) => [name, []]));
    for (const entity of entities) {
      const rows = groups.get(entity.label) ?? [];
      groups.set(entity.label, rows); // a label that the scheme has lost is listed too
      rows.push(this.#row(entity));
    }
    return [...groups].flatMap(([name, rows]) => (rows.length ? [heading(name), ...rows] : []));
  }

  /** @param {Relation[]} relations @returns {Row[]} */
  #relationRows(relations) {
    const { hidden } = this.parts.view.look;
    const names = this.parts.store.scheme.relations.map(({ name }) => name);
    const place = new Map(relations.map(({ id, head }) => [id, this.parts.suggestions.end(head)?.start ?? 0]));
    const rows = names.flatMap((name) => {
      const own = relations.filter((relation) => relation.label === name);
      own.sort((a, b) => Number(place.get(a.id)) - Number(place.get(b.id))); // as they are read
      if (!own.length || hidden.has(name)) return [];
      return [heading(name), ...own.map((relation) => this.#row(relation))];
    });
    const how = `yet: go to an entity and press ${this.parts.keymap.keyOf("relate")}`;
    return rows.length ? rows : [note(`No relations ${relations.length ? "of these kinds" : how}.`)];
  }

  /** @param {Entity | Relation | Category} item @returns {Row} */
  #row(item) {
    const draw = () => (isEntity(item) ? this.#entityRow(item) : isRelation(item) ? this.#relationRow(item) : this.#categoryRow(item));
    return { id: item.id, heading: false, draw };
  }

  /** @param {Category} category */
  #categoryRow(category) {
    const open = this.parts.suggestions.open(category.id) !== undefined;
    const group = this.parts.store.scheme.category(category.label)?.group;
    const row = element("div", { class: `row category${open ? " open" : ""}` }, element("b", { class: "words" }, category.label));
    if (group) row.append(element("small", { class: "label" }, group));
    if (open) row.append(...this.#acts());
    else row.append(element("small", {}, whose(category)));
    return row;
  }

  /** @param {Entity} entity */
  #entityRow(entity) {
    const { palette, suggestions, blocks, tokens } = this.parts;
    const open = suggestions.open(entity.id) !== undefined;
    const paragraph = blockAt(blocks, entity.start).paragraph;
    const words = element("span", { class: "words", dir: "auto" }, this.#words(entity));
    const row = element("div", { class: `row ${palette.of(entity.label)}${open ? " open" : ""}` }, element("i", { class: "dot" }), words);
    if (open) row.append(this.#score(entity), ...this.#acts());
    else row.append(...details(entity), element("small", {}, `${tokens.fits(entity) ? "" : "⚠ off tokens · "}${whose(entity)} · ¶${paragraph}`));
    return row;
  }

  /** @param {Relation} relation */
  #relationRow(relation) {
    const { suggestions } = this.parts;
    const open = suggestions.open(relation.id) !== undefined;
    const end = (/** @type {string} */ id) => {
      const entity = suggestions.end(id);
      return element("span", { class: "words", dir: "auto" }, entity ? this.#words(entity) : "…");
    };
    const row = element("div", { class: `row relation${open ? " open" : ""}` }, end(relation.head), element("b", {}, relation.label), end(relation.tail));
    if (open) row.append(...this.#acts());
    else row.append(...details(relation));
    return row;
  }

  /** @param {Entity} entity */
  #words(entity) {
    const words = extentsOf(entity).map(([start, end]) => this.parts.text.slice(start, Math.min(end, start + 80)));
    return words.join(" … ").replace(/\s+/g, " ");
  }

  /** @param {Entity} entity */
  #score({ label, origin }) {
    const score = origin?.score === undefined ? "" : ` ${Math.round(100 * origin.score)}%`;
    return element("small", { class: "label", title: origin?.reason ?? "" }, label + score);
  }

  /** For the mouse: keys do the same on the row that is focused. */
  #acts() {
    const { keymap } = this.parts;
    const act = (/** @type {string} */ name, /** @type {string} */ sign) =>
      element("span", { class: "act", "data-act": name, "aria-hidden": "true" }, `${sign} ${keymap.keyOf(name)}`);
    return [act("accept", "✓"), act("reject", "✕")];
  }

  /** @param {string} id */
  #pick(id) {
    this.parts.commands.focus(id);
  }

  /** @param {HTMLElement | null} button */
  #act(button) {
    const id = /** @type {HTMLElement | undefined} */ (button?.closest("[data-row]"))?.dataset.row;
    const item = this.parts.suggestions.open(id ?? null);
    if (!button || !item) return;
    if (button.dataset.act === "accept") this.parts.answering.acceptOne(item);
    else this.parts.answering.rejectOne(item);
  }

  // ---- filter

  #drawFilter() {
    const { view, store } = this.parts;
    const boxes = store.scheme.relations.map(({ name, description }) =>
      element("label", { title: description }, element("input", { type: "checkbox", value: name, checked: !view.look.hidden.has(name) }), name),
    );
    this.filter.replaceChildren(element("span", { class: "caption" }, "Drawn"), ...boxes);
  }

  #setFilter() {
    const boxes = [.../** @type {NodeListOf<HTMLInputElement>} */ (this.filter.querySelectorAll("input"))];
    this.parts.view.set({ hidden: new Set(boxes.filter((box) => !box.checked).map((box) => box.value)) });
    this.draw(true);
  }

  // ---- history

  async #loadHistory() {
    try {
      const entries = await this.parts.loadHistory();
      const lines = entries.map((entry) => this.#historyLine(entry, entries)).reverse();
      this.history.replaceChildren(...(lines.length ? lines : [element("li", { class: "none" }, "Nothing was changed yet.")]));
    } catch (error) {
      this.history.replaceChildren(element("li", { class: "none" }, /** @type {Error} */ (error).message));
    }
  }

  /** @param {import("./history.js").Entry} entry @param {import("./history.js").Entry[]} entries */
  #historyLine({ revision, actor, at, ops }, entries) {
    const { text, commands, user } = this.parts;
    const restore = element("button", { type: "button", class: "small", onclick: () => commands.restore(entries, revision) }, "Restore");
    restore.setAttribute("aria-label", `Restore revision ${revision}`);
    const what = describe(ops, (start, end) => text.slice(start, end));
    return element("li", {}, element("span", {}, what), element("small", {}, `${actor === user ? "you" : actor} · ${moment(at)}`), restore);
  }
}

/** @param {string} words @returns {Row} */
function heading(words) {
  return { id: `heading ${words}`, heading: true, draw: () => element("div", { class: "heading", role: "presentation" }, words) };
}

/** @param {string} words @returns {Row} */
function note(words) {
  return { id: `note ${words}`, heading: true, draw: () => element("div", { class: "note", role: "presentation" }, words) };
}

/** A count in at most four characters. @param {number} count */
function short(count) {
  return count < 1000 ? String(count) : `${Math.round(count / 1000)}k`;
}

/** The attributes of an annotation, as a row tells them. @param {Entity | Relation} item */
function details({ attributes }) {
  if (!attributes) return [];
  const facts = Object.entries(attributes).map(([name, value]) => (value === true ? name : `${name}: ${value}`));
  return [element("small", { class: "attributes", title: facts.join("\n") }, facts.join(" · "))];
}

/** Why something is suggested, and what else was proposed for its place. @param {Entity | Relation | Category} item */
function reasons({ label, origin }) {
  const line = (/** @type {any} */ of) => {
    const score = of.score === undefined ? "" : ` ${Math.round(100 * of.score)}%`;
    return [element("b", {}, of.label + score), ` ${[of.suggester, of.reason].filter(Boolean).join(": ")}`];
  };
  const others = (origin?.others ?? []).map((other) => element("p", { class: "other" }, "or ", ...line(other)));
  return [element("p", {}, ...line({ label, ...origin })), ...others];
}

/** Who or what an annotation comes from. @param {Entity | Category} entity */
function whose({ origin }) {
  if (!origin?.suggester) return "you";
  return origin.changed ? `${origin.suggester}, changed` : origin.suggester;
}
