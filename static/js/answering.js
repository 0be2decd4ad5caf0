// @ts-check
/** Answering suggestions: accepting and rejecting them, one by one or all in view, and going to the next. */
import * as ops from "./ops.js";

/**
 * @typedef {import("./commands.js").Item} Item
 * @typedef {{stay?: boolean}} How `stay`: the mouse answers, and nothing may move away under it
 */

/** Answers on one open document, beside the commands, which do the edits. */
export class Answering {
  /** @param {import("./commands.js").Commands} commands */
  constructor(commands) {
    this.commands = commands;
    this.store = commands.store;
    this.suggestions = commands.suggestions;
    this.view = commands.view;
    this.say = commands.say;
  }

  /** Accept the suggestion that is pointed at or focused; then go to the next. */
  accept() {
    this.#answer((item, how) => this.acceptOne(item, how));
  }

  /** Reject the suggestion that is pointed at or focused; then go to the next. */
  reject() {
    this.#answer((item, how) => this.rejectOne(item, how));
  }

  /** @param {(item: Item, how: How) => void} act */
  #answer(act) {
    const { pointed, focused } = this.commands;
    const item = pointed ?? focused;
    if (item && this.commands.isOpen(item)) act(item, { stay: pointed !== undefined });
    else if (!this.step("next")) this.say("No suggestions are left.");
  }

  /** @param {Item} item @param {How} [how] */
  acceptOne(item, { stay = false } = {}) {
    const after = this.#after(item);
    if (!this.commands.perform(ops.accept(this.store, this.suggestions, [item]))) return;
    this.say(`Accepted ${this.commands.wording.name(item)}.`);
    if (stay) this.commands.focus(item.id, { scroll: false });
    else this.#goOn(after, item.id);
  }

  /** @param {Item} item @param {How} [how] */
  rejectOne(item, { stay = false } = {}) {
    const after = this.#after(item);
    if (!this.commands.perform(ops.reject([item]))) return;
    this.say(`Rejected ${this.commands.wording.name(item)}.`);
    if (stay) this.view.set({ focus: null, fresh: false, selection: null, caret: -1 });
    else this.#goOn(after, null);
  }

  /** Accept several as one edit, leaving out those that break a rule; returns how many ops that took. @param {Item[]} items */
  acceptAll(items) {
    if (!items.length) {
      this.say("No suggestion is in view.");
      return 0;
    }
    let edit = ops.accept(this.store, this.suggestions, items);
    if (this.store.problems(edit).length) edit = ops.accept(this.store, this.suggestions, this.#fitting(items));
    if (!edit.length) this.say("None of them fits what is labeled already.");
    if (!edit.length || !this.commands.perform(edit)) return 0;
    this.view.set({ focus: null });
    const left = items.filter((item) => !this.store.items.has(item.id)).length;
    this.say(`Accepted ${edit.length}.${left ? ` ${left} did not fit what is labeled already.` : ""} Undo takes them back together.`);
    return edit.length;
  }

  /** @param {Item[]} items */
  #fitting(items) {
    /** @type {Item[]} */
    const kept = [];
    for (const item of items) if (this.fits(item, kept)) kept.push(item);
    return kept;
  }

  /** Whether a suggestion can be accepted as it is. @param {Item} item @param {Item[]} [others] that are accepted with it */
  fits(item, others = []) {
    return !this.store.problems(ops.accept(this.store, this.suggestions, [...others, item])).length;
  }

  /** Delete what is focused; a suggestion is rejected. */
  remove() {
    const item = this.commands.focused;
    if (item && this.commands.isOpen(item)) this.rejectOne(item);
    else this.commands.remove();
  }

  /** Go to the next or previous suggestion; returns false where there is none. @param {string} way */
  step(way) {
    const all = this.suggestions.inOrder();
    if (!all.length) return false;
    const here = all.findIndex(({ item }) => item.id === this.view.look.focus);
    const { place } = this.commands;
    const next = here >= 0 ? here + 1 : Math.max(0, all.findIndex(({ start }) => start >= place));
    const index = way === "next" ? next : (here >= 0 ? here : all.filter(({ start }) => start < place).length) - 1;
    const { item } = all[(index + all.length) % all.length];
    this.commands.focus(item.id);
    this.say(`Suggested: ${this.commands.wording.name(item)}.`);
    return true;
  }

  /** The suggestions to go to when this one is settled: those that follow, then those before. @param {Item} item */
  #after(item) {
    const all = this.suggestions.inOrder().map((each) => each.item);
    const here = all.findIndex(({ id }) => id === item.id);
    return [...all.slice(here + 1), ...all.slice(0, here)];
  }

  /** Go to the first that still waits: a relation goes with its end. @param {Item[]} after @param {string | null} otherwise */
  #goOn(after, otherwise) {
    const next = after.find((item) => this.commands.isOpen(item));
    if (next) this.commands.focus(next.id);
    else this.view.set({ focus: otherwise, fresh: false, selection: null });
  }
}
