// @ts-check
/** One open document: puts its parts together, draws what has changed, takes all down again. */
import { ActionBar } from "./actions.js";
import { Answering } from "./answering.js";
import { Arcs } from "./arcs.js";
import { Choosing } from "./choosing.js";
import { Clock } from "./clock.js";
import { Commands } from "./commands.js";
import { Comments } from "./comments.js";
import { Copying } from "./copying.js";
import { Cursor } from "./cursor.js";
import { Discussion } from "./discussion.js";
import { Surface } from "./dom.js";
import { Details } from "./details.js";
import { byId, listen } from "./element.js";
import { decorations, strongRelations } from "./emphasis.js";
import { Guessing } from "./guessing.js";
import { Head } from "./head.js";
import { Margin } from "./margin.js";
import { Palette } from "./palette.js";
import { Panels } from "./panels.js";
import { Pointer } from "./pointer.js";
import { Pointing } from "./pointing.js";
import { Reading } from "./reading.js";
import { ReadMark } from "./readmark.js";
import { Refining } from "./refining.js";
import { Relating } from "./relating.js";
import { Article } from "./render.js";
import { Renewal } from "./renewal.js";
import { isEntity, isRelation, Scheme } from "./schema.js";
import { Spreading } from "./spreading.js";
import { Store } from "./store.js";
import { Suggestions } from "./suggestions.js";
import { Sync } from "./sync.js";
import { blocksOf, DocumentText } from "./text.js";
import { Tokens } from "./tokens.js";
import { VerdictBar } from "./verdict.js";

const OFTEN = 15_000; // milliseconds between two looks at the comments, while edits are saved
const SELDOM = 45_000; // milliseconds, while none are

/**
 * What earlier pages left of a layer: where it waits, and what of it is known.
 * @typedef {{outbox: import("./outbox.js").Outbox, waiting: import("./outbox.js").Waiting[], onOutdated?: () => void}} Left
 */

/** A document that is being labeled. */
export class Session {
  /**
   * @param {any} work as the server sends it
   * @param {object} page
   * @param {import("./view.js").View} page.view
   * @param {import("./chrome.js").Chrome} page.chrome
   * @param {import("./chooser.js").Chooser} page.chooser
   * @param {import("./api.js").Api} page.api
   * @param {import("./keymap.js").Keymap} page.keymap
   * @param {Storage | null} page.storage
   * @param {boolean} page.guesses whether this person wants likely labels at once
   * @param {Left} left
   */
  constructor(work, page, left) {
    this.work = work;
    this.page = page;
    this.view = page.view;
    this.layer = work.layer;
    this.clock = new Clock();
    if (document.hidden) this.clock.pause();
    this.scheme = new Scheme(work.scheme);
    this.palette = new Palette(this.scheme);
    this.#buildModel(left);
    this.#buildScreen();
    this.#buildGestures();
    this.#listen();
    page.chrome.show(work, this.palette, page.keymap);
    this.changed = true;
    this.draw();
    this.#list(); // the page is ready with it
    this.#checkText();
  }

  /** @param {Left} left */
  #buildModel(left) {
    const { document: article, layer, suggestions } = this.work;
    this.text = new DocumentText(article.text);
    this.tokens = new Tokens(article.tokens);
    this.signs = this.tokens.joined(this.text);
    this.blocks = blocksOf(this.text, this.tokens);
    const items = [...layer.entities, ...layer.relations, ...layer.categories, ...layer.verdicts, ...layer.decisions];
    this.store = new Store(this.scheme, this.text.length, items);
    if (layer.gold) this.store.origin = { curation: { how: "direct", from: [], by: this.work.user.name } };
    this.sync = new Sync({
      store: this.store, layer, api: this.page.api, outbox: left.outbox,
      schemeVersion: this.work.scheme_version, onOutdated: left.onOutdated,
      onChange: () => this.page.chrome.drawSaving(this.sync),
      onSaved: (revision) => { this.channel?.postMessage(revision); this.panels?.drawTabs(); this.refreshComments(OFTEN); },
    });
    this.sync.take(left.waiting);
    this.suggestions = new Suggestions(suggestions, this.store);
    this.renewal = new Renewal({
      ask: () => this.page.api.get(`/documents/${article.id}/suggestions`),
      isIdle: () => this.#isIdle(), onAnswer: (answer) => this.#suggested(answer),
    });
    this.comments = new Comments({
      document: article.id, all: this.work.comments, api: this.page.api, user: this.work.user.name,
      curates: this.work.may.curate, storage: this.page.storage, onChange: (fresh) => this.#discussed(fresh),
    });
  }

  #buildScreen() {
    const [root, paper, viewport] = [byId("article"), byId("paper"), byId("viewport")];
    const { store, suggestions, tokens, text, blocks, palette, view } = this;
    const { keymap, chrome } = this.page;
    this.head = new Head(this.work.document, this.text, this.blocks, tokens.count);
    root.lang = this.work.project.language ?? "";
    viewport.scrollTop = 0;
    this.article = new Article({ root, text, blocks, tokens, store, suggestions, palette, title: this.head.title });
    this.article.showTokens = view.look.tokens;
    this.surface = new Surface(root, text, blocks, this.article.elements);
    this.cursor = new Cursor({ text, blocks, tokens: this.signs, surface: this.surface, view, paper,
      language: this.work.project.language, speak: (words) => chrome.speak(words) });
    this.commands = new Commands({
      store, suggestions, text, blocks, tokens: this.signs, view, keymap, surface: this.surface,
      reveal: (point) => this.cursor.reveal(point), say: (words) => chrome.say(words),
    });
    this.answering = new Answering(this.commands);
    this.refining = new Refining(this.commands);
    this.copying = new Copying(this.commands, ({ start, end }) => this.page.api.get(`/layers/${this.layer.id}/alike?start=${start}&end=${end}`));
    this.arcs = new Arcs({
      paper, viewport, article: this.article, store, suggestions,
      onPick: (id) => this.commands.focus(id, { scroll: false }),
      onJump: (id) => this.commands.focus(suggestions.resolve(id)),
      onHover: (id) => view.set({ hover: id }),
      onRelease: () => this.invalidate(),
    });
    this.verdicts = new VerdictBar({ paper, article: this.article, arcs: this.arcs, view, suggestions, answering: this.answering, keymap });
    this.actions = new ActionBar({ paper, article: this.article, view, commands: this.commands });
    const onLeave = () => viewport.focus({ preventScroll: true });
    this.discussion = new Discussion({
      comments: this.comments, wording: this.commands.wording, say: (words) => chrome.say(words), onLeave,
      onGo: ({ start, end }) => { view.set({ selection: { start, end }, focus: null, fresh: false, caret: this.signs.nearest(start) }); this.surface.select(start, end); this.cursor.reveal(start); },
    });
    this.details = new Details({ refining: this.refining, wording: this.commands.wording, keymap, say: (words) => chrome.say(words), onLeave });
    this.margin = new Margin({ paper, surface: this.surface, comments: this.comments, onPick: (id) => this.#openThread(id) });
    this.reading = new Reading({ viewport, article: this.article, view, suggestions, answering: this.answering, say: (words) => chrome.say(words) });
    this.readMark = new ReadMark({ paper, surface: this.surface, length: text.length, readTo: () => this.layer.read_to });
    this.panels = new Panels({
      root: byId("panels"), text, blocks, tokens, store, suggestions, palette, view, keymap, commands: this.commands, answering: this.answering,
      comments: this.comments, discussion: this.discussion, details: this.details, sync: this.sync, user: this.work.user.name, onLeave,
      loadHistory: async () => (await this.sync.flush().catch(() => {}), (await this.page.api.get(this.sync.path)).edits),
    });
  }

  #buildGestures() {
    const { store, suggestions, view, commands } = this;
    const say = (/** @type {string} */ words) => this.page.chrome.say(words);
    this.choosing = new Choosing({
      chooser: this.page.chooser, keymap: this.page.keymap, palette: this.palette, article: this.article, surface: this.surface,
      tokens: this.signs, view, commands, refining: this.refining, say,
    });
    const shown = !this.layer.gold && !this.layer.blind;
    const likely = (/** @type {string} */ query) => `/documents/${this.work.document.id}/likely?${query}`;
    this.guessing = new Guessing({
      ask: (query, signal) => this.page.api.get(likely(query), { signal }), isOn: () => shown && this.page.guesses,
      commands, chooser: this.page.chooser, offer: () => this.choosing.label(false),
    });
    this.relating = new Relating({
      store, suggestions, view, commands, say,
      choose: (id, title, names, onChoose) => this.choosing.relation(id, title, names, onChoose),
      guess: (...relation) => this.guessing.relation(...relation),
    });
    this.spreading = new Spreading({ view, commands, say });
    this.pointing = new Pointing({ paper: byId("paper"), view, suggestions });
    this.pointer = new Pointer({
      viewport: byId("viewport"), paper: byId("paper"), root: byId("article"), article: this.article, arcs: this.arcs,
      surface: this.surface, tokens: this.signs, view, commands, relating: this.relating, cursor: this.cursor, spreading: this.spreading,
      guess: (span, clicked) => this.guessing.entity(span, clicked), ask: () => this.choosing.label(false),
    });
  }

  #listen() {
    const viewport = byId("viewport");
    this.channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(`labeler.layer.${this.layer.id}`) : null;
    const pull = () => this.sync.pull().catch(() => {}); // the next request tells what is wrong
    const settle = () => { clearTimeout(this.scrolled); this.scrolled = setTimeout(() => this.invalidate(), 60); };
    let width = 0; // the height changes with every block that scrolling brings: that can wait
    const resized = new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === width) return settle();
      width = contentRect.width;
      this.invalidate();
    });
    resized.observe(byId("paper"));
    const asking = setInterval(() => document.hidden || this.refreshComments(OFTEN), SELDOM);
    this.ends = [
      () => clearInterval(asking),
      this.store.subscribe((change) => this.#changed(change)),
      this.view.subscribe((before, after) => this.#looked(before, after)),
      listen(viewport, "scroll", settle, { passive: true }),
      ...["pointerdown", "pointermove", "touchmove", "wheel", "keydown"].map((sign) => listen(document, sign, () => this.clock.touch(), { passive: true, capture: true })), // before a key is taken
      listen(window, "pagehide", () => this.#farewell()),
      listen(window, "online", () => this.sync.retry()),
      listen(document, "visibilitychange", () => this.#seen(pull)),
      listen(window, "beforeunload", (event) => this.sync.pending.length && this.sync.state !== "saving" && event.preventDefault()),
      () => resized.disconnect(),
      () => this.channel?.close(),
    ];
    this.channel?.addEventListener("message", pull);
  }

  /** The page was brought up or put away. @param {() => void} pull fetches what others changed */
  #seen(pull) {
    if (document.hidden) return this.clock.pause();
    this.clock.resume();
    this.sync.retry();
    pull();
    this.refreshComments();
    this.#renew(); // a model may have been trained meanwhile
  }

  /** The page may not come back: send what waits and the time spent. */
  #farewell() {
    this.sync.farewell();
    const seconds = this.clock.take();
    if (seconds) this.page.api.patch(`/layers/${this.layer.id}`, { seconds }, { keepalive: true }).catch(() => {});
  }

  /** Draw at the next frame. */
  invalidate() {
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  /** Draw all that has changed since. */
  draw() {
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.article.decorate(decorations(this.view.look, this.store, this.suggestions, this.commands.focused));
    const moved = this.article.draw();
    const { selection } = this.view.look;
    if (moved && selection && !this.pointer.down) this.surface.select(selection.start, selection.end);
    byId("paper").classList.toggle("relating", this.view.look.relating !== null);
    this.arcs.hidden = this.view.look.hidden;
    const drawings = [this.arcs.measure(strongRelations(this.view.look, this.store, this.suggestions)), this.cursor.measure(), this.pointer.measure(), this.verdicts.measure(), this.actions.measure(), this.margin.measure(), this.readMark.measure()];
    this.reading.look();
    drawings.forEach((draw) => draw());
    this.page.chrome.draw(this.store, this.suggestions);
    this.page.chrome.drawSaving(this.sync);
    if (this.changed) this.head.draw(this.layer, this.suggestions.count, this.work.suggester?.problem);
    this.outdated ||= this.changed;
    this.changed = false;
    this.listing ??= setTimeout(() => this.#list()); // when the frame is out: the list of a long document takes longer than its text
  }

  /** Draw the panel beside the text. */
  #list() {
    clearTimeout(this.listing);
    this.listing = undefined;
    this.panels.draw(Boolean(this.outdated));
    this.outdated = false;
  }

  // ---- comments

  /** Write a comment on the selection or the focused entity, else on the document. */
  comment() {
    const item = this.commands.focused;
    const span = this.view.look.selection ?? (isEntity(item) ? item : undefined);
    this.page.chooser.close();
    this.panels.open("comments");
    this.discussion.compose(span);
  }

  /** See what others have said meanwhile; without a network that can wait. @param {number} [age] milliseconds for which the last answer is good */
  refreshComments(age) {
    this.comments.refresh(age).catch(() => {});
  }

  /** @param {import("./comments.js").Comment[]} fresh from others */
  #discussed(fresh) {
    this.discussion.draw();
    if (fresh.length) this.panels.tellComments(fresh[fresh.length - 1].author);
    this.invalidate();
  }

  /** @param {number} id */
  #openThread(id) {
    this.panels.open("comments");
    this.discussion.reveal(id);
  }

  destroy() {
    if (this.frame) cancelAnimationFrame(this.frame);
    clearTimeout(this.scrolled);
    clearTimeout(this.listing);
    this.page.chooser.close();
    this.ends?.forEach((end) => end());
    [this.sync, this.renewal, this.guessing, this.pointer, this.pointing, this.panels, this.details, this.discussion, this.margin, this.readMark, this.actions, this.verdicts, this.arcs, this.cursor, this.article, this.palette].forEach((part) => part?.destroy());
    this.view.leave();
  }

  // ---- changes

  /** @param {import("./store.js").Change} change */
  #changed({ ops }) {
    for (const { before, after } of ops) {
      for (const body of [before, after]) if (isEntity(body)) this.article.touch(body);
    }
    for (const entity of this.suggestions.refresh()) this.article.touch(entity);
    if (ops.some(({ before, after }) => !isRelation(before ?? after))) this.#renew(); // rejections count too
    this.changed = true;
    this.invalidate();
  }

  // ---- suggestions that come while the document is open

  #renew() {
    const { gold, blind } = this.layer;
    if (!gold && !blind) this.renewal.soon();
  }

  /** Whether the person is in the middle of an action. */
  get isBusy() {
    const { relating, spreading, selection } = this.view.look;
    return Boolean(relating || spreading || selection || this.pointer.down || this.page.chooser.isOpen);
  }

  /** Whether the person is between two actions, and the server knows the last. */
  #isIdle() {
    return !this.isBusy && !document.hidden && !this.sync.pending.length;
  }

  /** @param {{suggestions: any[], problem: string | null}} answer */
  #suggested({ suggestions, problem }) {
    this.work.suggester = { ...this.work.suggester, problem };
    for (const entity of this.suggestions.replace(suggestions, this.view.look.focus)) this.article.touch(entity);
    this.changed = true;
    this.invalidate();
  }

  /** @param {import("./view.js").Look} before @param {import("./view.js").Look} after */
  #looked(before, after) {
    if (before.tokens !== after.tokens) {
      this.article.showTokens = after.tokens;
      this.article.touchAll();
    }
    if (before.spreading !== after.spreading) this.#preview(before.spreading, after.spreading);
    if (before.selection && !after.selection) this.page.chooser.close();
    this.invalidate();
  }

  /** Show which occurrences would be labeled. @param {import("./view.js").Look["spreading"]} before @param {import("./view.js").Look["spreading"]} after */
  #preview(before, after) {
    [...(before?.spans ?? []), ...(after?.spans ?? [])].forEach((span) => this.article.touch(span));
    this.article.preview = (after?.spans ?? []).map((span, index) => ({
      ...span, index, off: Boolean(after?.off.has(index)), aimed: index === after?.index,
    }));
  }

  #checkText() {
    if (!this.surface.isExact()) this.page.chrome.say("The browser shows this text otherwise than it is stored. Do not label it; tell whoever runs this site.");
  }
}
