// @ts-check
/** Time spent on a document, idle time left out. */

const IDLE = 60_000; // milliseconds without a sign of the person that still count as work

/** Adds up the time between signs of a person's activity. */
export class Clock {
  /** @param {() => number} [now] milliseconds */
  constructor(now = () => performance.now()) {
    this.now = now;
    this.spent = 0;
    this.last = now();
  }

  /** Note that the person did something. */
  touch() {
    const now = this.now();
    if (now - this.last <= IDLE) this.spent += now - this.last;
    this.last = now;
  }

  /** Return the whole seconds spent since the last call. */
  take() {
    this.touch();
    const seconds = Math.floor(this.spent / 1000);
    this.spent -= seconds * 1000;
    return seconds;
  }
}
