// @ts-check
/** Labeling the other occurrences of an entity's words, with a say on each. */
import { isEntity } from "./schema.js";

/** A choice among occurrences, or none. */
export class Spreading {
  /**
   * @param {object} parts
   * @param {import("./view.js").View} parts.view
   * @param {import("./commands.js").Commands} parts.commands
   * @param {(words: string) => void} parts.say
   */
  constructor({ view, commands, say }) {
    this.view = view;
    this.commands = commands;
    this.say = say;
  }

  /** Show the other occurrences of the focused entity's words, all chosen. */
  start() {
    const entity = this.commands.focused;
    if (!isEntity(entity) || this.commands.isOpen(entity)) return this.say("Go to an entity first.");
    const spans = this.commands.others(entity, entity.label);
    if (!spans.length) return this.say("No other occurrence is left to label.");
    this.view.set({ spreading: { of: entity.id, spans, off: new Set(), index: 0 } });
    this.commands.reveal(spans[0].start);
    const { keymap } = this.commands;
    const [next, leave, take, stop] = [keymap.keyOf("suggestion", "next"), ...["skip", "submit", "cancel"].map((each) => keymap.keyOf(each))];
    this.say(`${spans.length} more, all chosen: ${next} goes through them, ${leave} leaves one out, ${take} labels them, ${stop} cancels.`);
  }

  /** Go to the next or previous occurrence. @param {1 | -1} step */
  step(step) {
    const { spreading } = this.view.look;
    if (!spreading) return;
    const { length } = spreading.spans;
    const index = (spreading.index + step + length) % length;
    this.view.set({ spreading: { ...spreading, index } });
    this.commands.reveal(spreading.spans[index].start);
    this.say(`${index + 1} of ${length}, ${spreading.off.has(index) ? "left out" : "chosen"}.`);
  }

  /** Leave an occurrence out, or take it in again. @param {number} [index] the one stepped to unless told */
  toggle(index) {
    const { spreading } = this.view.look;
    if (!spreading) return;
    const which = index ?? spreading.index;
    const off = new Set(spreading.off);
    if (!off.delete(which)) off.add(which);
    this.view.set({ spreading: { ...spreading, off, index: which } });
    this.say(`${spreading.spans.length - off.size} of ${spreading.spans.length} are chosen.`);
  }

  /** Label those chosen, as one edit; those left out are not offered again. */
  confirm() {
    const { spreading } = this.view.look;
    const entity = spreading && this.commands.store.entity(spreading.of);
    this.cancel();
    if (!spreading || !entity) return;
    const on = spreading.spans.filter((_, index) => !spreading.off.has(index));
    const off = spreading.spans.filter((_, index) => spreading.off.has(index));
    this.commands.spread(entity, on, off);
  }

  cancel() {
    this.view.set({ spreading: null });
  }
}
