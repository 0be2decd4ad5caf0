// @ts-check
/** Asks again what is suggested, once edits or a new model may have changed that. */

const PAUSE = 1000; // milliseconds without an edit
const SHARE = 10; // times as long as an answer took: long documents are not asked for all the time

/** Keeps the suggestions of an open document up to date: one question at a time, only in a pause. */
export class Renewal {
  /**
   * @param {object} parts
   * @param {() => Promise<any>} parts.ask what the server suggests
   * @param {() => boolean} parts.isIdle whether nothing waits to be saved, and nothing is half done
   * @param {(answer: any) => void} parts.onAnswer
   */
  constructor({ ask, isIdle, onAnswer }) {
    this.ask = ask;
    this.isIdle = isIdle;
    this.onAnswer = onAnswer;
    this.asked = 0; // how many times something has changed
    this.took = 0;
    this.asking = false;
  }

  /** Something has changed: ask when the person pauses. */
  soon() {
    this.asked += 1;
    this.#wait();
  }

  #wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#renew(), Math.max(PAUSE, SHARE * this.took));
  }

  async #renew() {
    if (this.asking || !this.isIdle()) return this.#wait();
    const { asked } = this;
    const began = performance.now();
    this.asking = true;
    try {
      const answer = await this.ask();
      this.took = performance.now() - began;
      if (this.ended) return;
      if (asked !== this.asked || !this.isIdle()) return this.#wait(); // it may be out of date
      this.onAnswer(answer);
    } catch {
      // the suggestions on the page stay; the next edit asks again
    } finally {
      this.asking = false;
    }
  }

  destroy() {
    this.ended = true;
    clearTimeout(this.timer);
  }
}
