// @ts-check
/**
 * Labels at once what a gesture shows: the server is asked for the likeliest label, and another key changes it.
 *
 * One question at a time, put when the gesture ends. Whatever a person does before the answer drops it, and an
 * answer that is late or says nothing leaves all as it would be without: then the person is asked.
 */
import { listen } from "./element.js";
import { blockAt } from "./text.js";

const PATIENCE = 400; // milliseconds that a selection waits for its label
const REST = 10_000; // milliseconds without questions once an answer did not come in time
const LONGEST = 12; // tokens: longer selections are passages, or meant for a comment
const CLICKS = 500; // milliseconds in which a third click belongs to a double click
const MODIFIERS = ["Alt", "AltGraph", "Control", "Meta", "Shift"];
const KEPT = "labeler.guessing"; // in the browser's storage

/**
 * @typedef {import("./tokens.js").Span} Span
 * @typedef {{label: string, score: number, reason: string | null}} Guess
 */

/** The questions of one open document. */
export class Guessing {
  /**
   * @param {object} parts
   * @param {(query: string, signal: AbortSignal) => Promise<any>} parts.ask for a label, null where none is sure enough
   * @param {() => boolean} parts.isOn
   * @param {import("./commands.js").Commands} parts.commands
   * @param {import("./chooser.js").Chooser} parts.chooser
   * @param {() => void} parts.offer opens the menu of labels at the selection
   */
  constructor({ ask, isOn, commands, chooser, offer }) {
    this.ask = ask;
    this.isOn = isOn;
    this.commands = commands;
    this.chooser = chooser;
    this.offer = offer;
    this.view = commands.view;
    /** @type {{otherwise: () => void, request: AbortController, isEntity: boolean} | null} */
    this.question = null;
    this.rested = 0; // when questions may be asked again
    this.end = listen(document, "pointerdown", () => this.drop(), { capture: true });
  }

  destroy() {
    this.drop();
    this.end();
  }

  /** Label what was just selected by its likeliest label, or offer all of them. @param {Span} span the selection @param {boolean} clicked rather than dragged over */
  entity(span, clicked) {
    this.#goBack(span, clicked);
    if (!this.#mayBeEntity(span)) return this.offer();
    const stands = () => this.view.look.selection === span && !this.chooser.isOpen;
    this.#ask(`start=${span.start}&end=${span.end}`, (guess) => stands() && this.#make(span, guess, clicked), () => stands() && this.offer(), true);
  }

  /** @param {Span} span @param {Guess} guess @param {boolean} clicked */
  #make(span, guess, clicked) {
    const made = this.commands.guess(span, guess);
    if (made && clicked) this.clicked = { id: made, at: performance.now() };
    return made !== null;
  }

  /** Whether a selection may be an entity: in one line, of few words, and not labeled yet. @param {Span} span */
  #mayBeEntity({ start, end }) {
    const { blocks, store, tokens } = this.commands;
    const words = tokens.firstEndingAfter(end - 1) - tokens.firstEndingAfter(start) + 1;
    if (words > LONGEST || end > blockAt(blocks, start).body) return false;
    return !store.entities.overlapping(start, end).some((other) => other.start === start && other.end === end);
  }

  /** Take the entity of two clicks back when a third one selects more. @param {Span} span @param {boolean} clicked */
  #goBack({ start, end }, clicked) {
    const { id, at } = this.clicked ?? { id: "", at: 0 };
    const entity = this.commands.store.entity(id);
    if (clicked && entity && performance.now() - at < CLICKS && start <= entity.start && entity.end <= end) this.commands.unmake(entity);
  }

  /**
   * Relate two entities by the likeliest of several labels, or ask for it.
   * @param {string} head @param {string} tail @param {string[]} names of the labels that fit @param {() => void} otherwise
   */
  relation(head, tail, names, otherwise) {
    const [from, to] = [head, tail].map((id) => this.commands.suggestions.end(id));
    if (!from || !to) return otherwise();
    const query = new URLSearchParams({ head: written(from), tail: written(to) });
    this.#ask(query.toString(), (guess) => names.includes(guess.label) && this.commands.relate(head, tail, guess.label, { guess, names }), otherwise, false);
  }

  /** @param {string} query @param {(guess: Guess) => boolean} make what comes of an answer; tells whether anything does @param {() => void} otherwise @param {boolean} isEntity */
  async #ask(query, make, otherwise, isEntity) {
    this.drop();
    if (!this.isOn() || performance.now() < this.rested) return otherwise();
    const question = { otherwise, request: new AbortController(), isEntity };
    this.question = question;
    const late = setTimeout(() => this.#giveUp(question), PATIENCE);
    const answer = await this.ask(query, question.request.signal).catch(() => null);
    clearTimeout(late);
    if (this.question !== question) return;
    if (!answer) return this.#giveUp(question);
    this.question = null;
    if (answer.label === null || !make(answer)) otherwise();
  }

  /** No answer came in time: the next ones would not either. @param {NonNullable<Guessing["question"]>} question */
  #giveUp(question) {
    if (this.question !== question) return;
    this.drop();
    this.rested = performance.now() + REST;
    question.otherwise();
  }

  /** A key is pressed before the answer: then the person is asked, unless the key says it. @param {KeyboardEvent} event @param {boolean} isLabel of entities */
  pressed({ key, repeat }, isLabel) {
    if (!this.question || (repeat && MODIFIERS.includes(key))) return;
    const { otherwise, isEntity } = this.question;
    this.drop();
    if (!isLabel || !isEntity) otherwise();
  }

  /** Something else is done meanwhile. */
  drop() {
    this.question?.request.abort();
    this.question = null;
  }
}

/** An end of a relation as the server takes it. @param {import("./schema.js").Entity} entity */
const written = ({ start, end, label }) => `${start}-${end}:${label}`;

/** Whether this person wants guesses; kept in the browser. @param {Storage | null} storage */
export function wantsGuesses(storage) {
  return storage?.getItem(KEPT) !== "off";
}

/** @param {Storage | null} storage @param {boolean} wanted */
export function keepGuesses(storage, wanted) {
  try {
    storage?.setItem(KEPT, wanted ? "on" : "off");
  } catch {
    // it holds until the page is closed
  }
}
