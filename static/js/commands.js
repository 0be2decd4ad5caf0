// @ts-check
/** What an annotator can do to a layer: the only caller of `store.edit`. */
import { describe, restore } from "./history.js";
import * as ops from "./ops.js";
import { contentOf, isCategory, isEntity, isRelation } from "./schema.js";
import { inOrder } from "./spans.js";
import { proposal } from "./suggestions.js";
import { occurrences } from "./text.js";
import { Wording } from "./wording.js";

/**
 * @typedef {import("./schema.js").Entity} Entity
 * @typedef {import("./schema.js").Relation} Relation
 * @typedef {Entity | Relation | import("./schema.js").Category} Item
 * @typedef {import("./store.js").Op} Op
 * @typedef {import("./tokens.js").Span} Span
 * @typedef {import("./guessing.js").Guess} Guess
 */

/** Commands on one open document. */
export class Commands {
  /**
   * @param {object} parts
   * @param {import("./store.js").Store} parts.store
   * @param {import("./suggestions.js").Suggestions} parts.suggestions
   * @param {import("./text.js").DocumentText} parts.text
   * @param {import("./text.js").Block[]} parts.blocks
   * @param {import("./tokens.js").Tokens} parts.tokens
   * @param {import("./view.js").View} parts.view
   * @param {import("./dom.js").Surface} parts.surface
   * @param {(point: number) => void} parts.reveal scrolls a point into view
   * @param {(words: string) => void} parts.say tells the person
   * @param {import("./keymap.js").Keymap} parts.keymap
   */
  constructor(parts) {
    this.store = parts.store;
    this.suggestions = parts.suggestions;
    this.text = parts.text;
    this.blocks = parts.blocks;
    this.tokens = parts.tokens;
    this.view = parts.view;
    this.surface = parts.surface;
    this.reveal = parts.reveal;
    this.say = parts.say;
    this.keymap = parts.keymap;
    this.scheme = parts.store.scheme;
    this.wording = new Wording(parts.text, parts.suggestions);
  }

  /** The annotation or open suggestion that is focused. @returns {Item | undefined} */
  get focused() {
    const { focus } = this.view.look;
    const item = focus === null ? undefined : this.store.get(focus);
    return isEntity(item) || isRelation(item) || isCategory(item) ? item : this.suggestions.open(focus);
  }

  /** The suggestion that the mouse points at: keys of labels and answers mean it. @returns {Item | undefined} */
  get pointed() {
    return this.suggestions.open(this.view.look.pointed);
  }

  /** What was made just now with a label that was guessed. @returns {import("./schema.js").Annotation | undefined} */
  get guessed() {
    return this.store.get(this.view.look.guess ?? "");
  }

  /** Whether the focused one is a suggestion that waits for an answer. @param {{id: string} | undefined} item */
  isOpen(item) {
    return item !== undefined && this.suggestions.open(item.id) !== undefined;
  }

  /** Make an annotation or suggestion the one that commands act on. @param {string} id @param {{scroll?: boolean}} [options] */
  focus(id, { scroll = true } = {}) {
    const item = this.store.get(id) ?? this.suggestions.byId.get(id);
    if (!item) return;
    const place = isRelation(item) ? this.suggestions.end(item.head) : isEntity(item) ? item : undefined;
    const caret = place ? this.tokens.nearest(place.end - 1) : -1;
    this.surface.deselect();
    this.view.set({ focus: id, fresh: false, selection: null, caret });
    if (place && scroll) this.reveal(place.start);
  }

  /** Do an edit unless it breaks a rule; says which. @param {Op[]} edit @param {{joins?: boolean}} [options] `joins`: undone with the one before */
  perform(edit, { joins = false } = {}) {
    const [problem] = this.store.problems(edit);
    if (problem) {
      this.say(problem.message);
      return false;
    }
    this.store.edit(edit, joins);
    this.view.set({ guess: null });
    return true;
  }

  // ---- entities

  // A mouse or finger has left the cursor where it clicked last: a label that is `clicked` does not mean that word.
  /** Label the selection, the suggestion pointed at, the focused entity or the token at the cursor; or hold the label. @param {string} name @param {boolean} [clicked] */
  label(name, clicked = false) {
    const { selection, fresh, caret, focus, held } = this.view.look;
    const { focused: item, pointed } = this;
    if (selection) return this.create(selection, name);
    if (isEntity(pointed)) return this.relabel(pointed, name);
    if (isEntity(item) && !fresh) return this.relabel(item, name);
    if (caret >= 0 && focus === null && !clicked) return this.create(this.tokens.span(caret), name);
    this.hold(held === name ? null : name);
  }

  /** Give every selection a label from now on. @param {string | null} name */
  hold(name) {
    this.view.set({ held: name });
    this.say(name ? `Every selection becomes ${name} now. ${this.keymap.keyOf("cancel")} ends that.` : "No label is held.");
  }

  /** @param {Span} span @param {string} label */
  create(span, label) {
    const made = { start: span.start, end: span.end, label };
    const twin = this.store.twin({ id: "", ...made });
    if (twin) {
      this.focus(twin.id, { scroll: false });
      return this.say(`“${this.wording.words(span)}” is ${label} already.`);
    }
    const op = ops.create(made);
    if (!this.perform([op])) return;
    this.surface.deselect();
    const held = this.view.look.held === label;
    this.view.set({ focus: op.id, fresh: held, selection: null, caret: this.tokens.nearest(span.end - 1) });
    this.#tellOthers(span, label);
  }

  /** Label a selection by what is likely, for another key to change; returns the id, null where a rule forbids it. @param {Span} span @param {Guess} guess */
  guess({ start, end }, guess) {
    const { label } = guess;
    const op = ops.create({ start, end, label, ...originOf(guess) });
    if (this.store.twin({ id: "", start, end, label }) || this.store.problems([op]).length || !this.perform([op])) return null;
    this.surface.deselect();
    this.view.set({ focus: op.id, guess: op.id, fresh: false, selection: null, caret: this.tokens.nearest(end - 1) });
    const others = this.others({ start, end }, label).length;
    const spread = others ? `; ${this.keymap.keyOf("propagate")} labels ${others} more` : "";
    this.say(`“${this.wording.words({ start, end })}” is most likely ${label}${why(guess)}: another label’s key changes it${spread}.`);
    return op.id;
  }

  /** Take an entity back whose label was guessed. @param {Entity} entity */
  unmake(entity) {
    return this.perform(ops.remove(this.store, [entity], () => false), { joins: true });
  }

  /** What is selected; the words of an entity whose label was guessed just now are selected again, without it. @returns {Span | null} */
  reselect() {
    const { guess, selection } = this.view.look;
    const entity = this.store.entity(guess ?? "");
    if (!entity || !this.unmake(entity)) return selection;
    const span = { start: entity.start, end: entity.end };
    this.view.set({ selection: span, anchor: span.start, focus: null, fresh: false });
    this.surface.select(span.start, span.end);
    return span;
  }

  /** @param {Span} span @param {string} label */
  #tellOthers(span, label) {
    const others = this.others(span, label).length;
    const words = this.wording.words(span);
    if (!others) return this.say(`Labeled “${words}” ${label}.`);
    const times = others === 1 ? "once more" : `${others} more times`;
    this.say(`“${words}” appears ${times} – press ${this.keymap.keyOf("propagate")} to label ${others === 1 ? "it" : "them"} ${label}`);
  }

  /** @param {Entity} entity @param {string} label */
  relabel(entity, label) {
    if (this.isOpen(entity)) return this.#acceptAs(entity, { label });
    const guessed = this.view.look.guess === entity.id;
    if (entity.label === label && guessed) return this.#tellOthers(entity, label); // the key came after the guess
    if (entity.label === label) return this.say(`“${this.wording.words(entity)}” is ${label} already.`);
    const edit = ops.relabelEntity(this.store, entity, label);
    if (!this.perform(edit, { joins: guessed })) return;
    const lost = edit.length - 1;
    const gone = lost ? ` ${lost} relation${lost > 1 ? "s" : ""} that ${label} does not allow went with it; undo brings all back.` : "";
    this.say(`“${this.wording.words(entity)}” is ${label} now.${gone}`);
  }

  /** Give the focused entity another extent. @param {Span} span */
  resizeTo(span) {
    const entity = this.focused;
    if (!isEntity(entity) || span.start >= span.end) return;
    if (span.start === entity.start && span.end === entity.end) return;
    if (this.isOpen(entity)) return this.#acceptAs(entity, span);
    if (this.perform(ops.resize(entity, span))) this.say(`It reads “${this.wording.words(span)}” now.`);
  }

  /** Accept a suggestion, with another label or extent where that is told. @param {Entity} entity @param {object} fields */
  #acceptAs(entity, fields) {
    const same = "label" in fields && fields.label === entity.label;
    if (!this.perform(same ? ops.accept(this.store, this.suggestions, [entity]) : ops.acceptChanged(entity, fields))) return;
    this.focus(entity.id, { scroll: false });
    this.say(`Accepted ${this.wording.name({ ...entity, ...fields })}${same ? "" : ", changed"}.`);
  }

  /** Move an end of the focused entity by a token: "end right" and so on. @param {string} which */
  resize(which) {
    const entity = this.focused;
    if (!isEntity(entity)) return this.say("Go to an entity first.");
    const [end, way] = which.split(" ");
    const step = (way === "right") === this.surface.isRightToLeft(entity.start) ? -1 : 1;
    const span = { start: entity.start, end: entity.end };
    if (end === "start") span.start = this.#border(entity.start, step, this.tokens.starts);
    else span.end = this.#border(entity.end, step, this.tokens.ends);
    if (span.start < span.end) this.resizeTo(span);
  }

  /** The next border of a token before or after a point. @param {number} point @param {number} step @param {Int32Array} borders */
  #border(point, step, borders) {
    const found = step > 0 ? borders.find((border) => border > point) : borders.findLast((border) => border < point);
    return found ?? point;
  }

  /** Make the focused entity begin and end at borders of tokens. */
  fit() {
    const entity = this.focused;
    if (!isEntity(entity)) return this.say("Go to an entity first.");
    const span = this.tokens.fit(entity);
    if (!span || this.tokens.fits(entity)) return this.say("It fits the tokens already.");
    this.resizeTo(span);
  }

  /** Label the other occurrences of the focused entity's words, as one edit. */
  propagate() {
    const entity = this.focused;
    if (!isEntity(entity) || this.isOpen(entity)) return this.say("Go to an entity first.");
    const others = this.others(entity, entity.label);
    if (!others.length) return this.say(`No other “${this.wording.words(entity)}” is left to label.`);
    this.spread(entity, others, []);
  }

  /** Label places like an entity, as one edit, and remember those that a person left out. @param {Entity} entity @param {Span[]} on @param {Span[]} off */
  spread(entity, on, off) {
    const { label } = entity;
    const edit = [...on.map((span) => this.#spread(span, label)), ...ops.reject(off.map((span) => proposal(span, label)))];
    const words = `“${this.wording.words(entity)}” ${label}`;
    if (this.perform(edit)) this.say(on.length ? `Labeled ${on.length} more ${words}. Undo takes them back together.` : `Labeled no other ${words}.`);
  }

  /** Other places of the same words that nothing is labeled in and that nobody left out. @param {Span & {parts?: [number, number][]}} span @param {string} label */
  others(span, label) {
    if (span.parts) return []; // the words between the parts are not its own
    const places = occurrences(this.text, span.start, span.end);
    return places.filter((place) => !this.store.entities.overlapping(place.start, place.end).length && !this.store.get(proposal(place, label).id));
  }

  /** @param {Span} span @param {string} label @returns {Op} */
  #spread({ start, end }, label) {
    const made = { start, end, label };
    const proposed = this.suggestions.openEntities.overlapping(start, end).find((each) => contentOf(each) === contentOf({ id: "", ...made }));
    return proposed ? ops.accept(this.store, this.suggestions, [proposed])[0] : ops.create(made);
  }

  // ---- relations

  /**
   * Draw a relation; ends that are suggestions are accepted with it. Returns whether a rule allows it.
   * @param {string} head @param {string} tail @param {string} label
   * @param {{guess: Guess, names: string[]}} [guessed] of which labels this one is the likeliest
   */
  relate(head, tail, label, guessed) {
    const open = [head, tail].flatMap((id) => this.suggestions.open(id) ?? []);
    const op = ops.create({ head, tail, label, ...(guessed && originOf(guessed.guess)) });
    if (!this.perform([...ops.accept(this.store, this.suggestions, open), op])) return false;
    this.view.set({ focus: op.id, guess: guessed ? op.id : null, fresh: false, selection: null });
    const others = (guessed?.names ?? []).filter((name) => name !== label).map((name) => `${this.keymap.keyOf("relation", name)} ${name}`.trim());
    this.say(`${this.wording.end(head)} ${label} ${this.wording.end(tail)}${guessed ? `, most likely${why(guessed.guess)}. Otherwise: ${others.join(", ")}` : ""}.`);
    return true;
  }

  /** Give a relation another label; a suggested one is accepted. @param {Relation} relation @param {string} label */
  relabelRelation(relation, label) {
    const isOpen = this.isOpen(relation);
    if (relation.label === label && !isOpen) return;
    const origin = relation.label === label ? relation.origin : { ...relation.origin, changed: true };
    const edit = isOpen ? ops.accept(this.store, this.suggestions, [{ ...relation, label, origin }]) : ops.relabelRelation(relation, label);
    if (!this.perform(edit, { joins: this.view.look.guess === relation.id })) return;
    if (isOpen) this.focus(relation.id, { scroll: false });
    this.say(`The relation is ${label} now.`);
  }

  /** Turn the focused relation round. */
  reverse() {
    const relation = this.focused;
    if (!isRelation(relation) || this.isOpen(relation)) return this.say("Go to a relation first.");
    if (this.perform(ops.reverse(relation))) this.say(`${this.wording.end(relation.tail)} ${relation.label} ${this.wording.end(relation.head)} now.`);
  }

  // ---- any annotation

  /** Delete the annotation that is focused. */
  remove() {
    const item = this.focused;
    if (!item) return this.say("Go to an entity or a relation first.");
    const edit = ops.remove(this.store, [item], (id) => this.suggestions.byId.has(id));
    if (!this.perform(edit)) return;
    this.view.set({ focus: null, fresh: false });
    const lost = edit.length - 1;
    this.say(`Deleted ${this.wording.name(item)}${lost ? ` with ${lost} relation${lost > 1 ? "s" : ""}` : ""}.`);
  }

  /** Go to the next or previous entity. @param {string} way */
  step(way) {
    const item = this.focused;
    const point = this.place;
    const place = isEntity(item) ? item : { id: "", start: point, end: point };
    const entity = this.store.entities.step(place, way === "next" ? 1 : -1);
    if (!entity) return this.say("Nothing is labeled yet.");
    this.focus(entity.id);
    this.say(`${this.wording.name(entity)}.`);
  }

  undo() {
    this.#travelled("Undone", this.store.undo());
  }

  redo() {
    this.#travelled("Done again", this.store.redo());
  }

  /** @param {string} verb @param {import("./store.js").Change | null} change */
  #travelled(verb, change) {
    if (!change) return this.say(verb === "Undone" ? "Nothing to undo." : "Nothing to do again.");
    const there = change.ops.map(({ id }) => this.store.get(id)).filter((item) => isEntity(item) || isRelation(item));
    const [first] = there.filter(isEntity).sort(inOrder);
    const shown = first ?? there[0];
    if (shown) this.focus(shown.id);
    else this.view.set({ focus: null, fresh: false });
    this.say(`${verb}: ${describe(change.ops, (start, end) => this.text.slice(start, end))}.`);
  }

  /** Bring the layer back to what it was. @param {import("./history.js").Entry[]} entries @param {number} revision */
  restore(entries, revision) {
    const edit = restore(entries, revision, this.store.items);
    if (!edit.length) return this.say("That is how it is now.");
    if (!this.perform(edit)) return;
    this.view.set({ focus: null, fresh: false, selection: null });
    this.say("Restored. Undo takes that back.");
  }

  // ---- words

  /** Where the person is in the text, a code point. */
  get place() {
    const item = this.focused;
    if (isEntity(item)) return item.start;
    const { caret } = this.view.look;
    return caret >= 0 ? this.tokens.starts[caret] : 0;
  }
}

/** What tells that a label was guessed: it is the person's, who saw it, but was not theirs alone. @param {Guess} guess */
const originOf = ({ label, score }) => ({ origin: { guess: label, score } });

/** @param {Guess} guess */
const why = ({ reason }) => (reason ? ` (${reason})` : "");
