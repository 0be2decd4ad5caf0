// @ts-check
/** Time spent on a document: idle time and time in which it cannot be seen are left out. */

const IDLE = 60_000; // milliseconds without a sign of the person that still count as work

/** Adds up the time between signs of a person's activity. */
export class Clock {
  /** @param {() => number} [now] milliseconds */
  constructor(now = () => performance.now()) {
    this.now = now;
    this.spent = 0;
    this.last = now();
    this.paused = false;
  }

  /** Note that the person did something. */
  touch() {
    const now = this.now();
    if (!this.paused && now - this.last <= IDLE) this.spent += now - this.last;
    this.last = now;
  }

  /** The page cannot be seen any more: time stands still until it can. */
  pause() {
    this.touch();
    this.paused = true;
  }

  resume() {
    this.touch();
    this.paused = false;
  }

  /** Return the whole seconds spent since the last call. */
  take() {
    this.touch();
    const seconds = Math.floor(this.spent / 1000);
    this.spent -= seconds * 1000;
    return seconds;
  }
}
