// @ts-check
/**
 * What a curator settles, sent in order, one request at a time.
 *
 * Each decision stands in the browser's storage until the server has acknowledged it. Its key makes
 * sending it twice harmless, so after a crash it is simply sent again.
 */
import { ApiError } from "./api.js";

const PREFIX = "labeler.settle.";
const FIRST_WAIT = 1_000; // milliseconds
const LONGEST_WAIT = 30_000;

/** @typedef {{key: string, path: string, body: object, at: number}} Step */

/** The steps of one document that are not acknowledged. */
export class Decisions {
  /** @type {"saved" | "saving" | "waiting" | "signed-out"} */
  state = "saved";
  /** Whether the storage has refused a step. */
  failed = false;
  #wait = FIRST_WAIT;
  #sending = false;

  /**
   * @param {object} parts
   * @param {import("./api.js").Api} parts.api
   * @param {number} parts.document id
   * @param {Storage | null} parts.storage
   * @param {() => void} parts.onChange told when something is sent, saved or stuck
   * @param {(answer: any, step: Step) => void} parts.onSaved told what the server answered
   * @param {(error: ApiError, step: Step) => void} parts.onRefused told what cannot be done
   */
  constructor({ api, document, storage, onChange, onSaved, onRefused }) {
    this.api = api;
    this.root = `/documents/${document}/adjudication`;
    this.prefix = `${PREFIX}${document}.`;
    this.storage = storage;
    this.onChange = onChange;
    this.onSaved = onSaved;
    this.onRefused = onRefused;
    /** @type {Step[]} */
    this.waiting = this.#kept();
  }

  /** Settle, undo or open again: `path` says which. @param {string} path @param {string} key @param {object} body */
  add(path, key, body) {
    const step = { key, path, body: { ...body, key }, at: Math.max(Date.now(), (this.waiting.at(-1)?.at ?? 0) + 1) };
    this.waiting.push(step);
    this.#keep(step);
    this.send();
  }

  /** Resolves once all is acknowledged; rejects when that has to wait. */
  async flush() {
    await this.send();
    if (this.waiting.length) throw new ApiError(0, { message: "The server cannot be reached. What you settled is kept here." });
  }

  /** Send what waits, now. */
  async send() {
    clearTimeout(this.timer);
    if (this.#sending) return this.#running;
    this.#running = this.#all();
    return this.#running;
  }

  /** @type {Promise<void> | undefined} */
  #running;

  async #all() {
    this.#sending = true;
    while (this.waiting.length && (await this.#one(this.waiting[0])));
    this.#sending = false;
    if (!this.waiting.length) this.state = "saved";
    this.onChange();
  }

  /** @param {Step} step @returns {Promise<boolean>} whether to go on */
  async #one(step) {
    this.state = "saving";
    this.onChange();
    try {
      const answer = await this.api.post(this.root + step.path, step.body);
      this.#done(step);
      this.onSaved(answer, step);
      return true;
    } catch (error) {
      return this.#fail(error instanceof ApiError ? error : new ApiError(500, { message: String(error) }), step);
    }
  }

  /** @param {ApiError} error @param {Step} step */
  #fail(error, step) {
    if ([400, 403, 404, 409, 413, 422].includes(error.status)) {
      this.#done(step);
      this.onRefused(error, step);
      return true;
    }
    this.state = error.status === 401 ? "signed-out" : "waiting";
    this.timer = setTimeout(() => this.send(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
    return false;
  }

  /** @param {Step} step */
  #done(step) {
    this.#wait = FIRST_WAIT;
    this.waiting = this.waiting.filter((other) => other !== step);
    try {
      this.storage?.removeItem(this.prefix + step.key);
    } catch {
      this.failed = true;
    }
  }

  /** @param {Step} step */
  #keep(step) {
    try {
      if (!this.storage) throw new Error("There is no storage.");
      this.storage.setItem(this.prefix + step.key, JSON.stringify(step));
    } catch {
      this.failed = true;
    }
  }

  /** @returns {Step[]} */
  #kept() {
    try {
      const names = Object.keys(this.storage ?? {}).filter((name) => name.startsWith(this.prefix));
      const steps = names.map((name) => JSON.parse(this.storage?.getItem(name) ?? "null"));
      return steps.filter((step) => step?.key && step.body).sort((a, b) => a.at - b.at);
    } catch {
      return [];
    }
  }
}
