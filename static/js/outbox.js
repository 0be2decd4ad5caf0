// @ts-check
/**
 * Edits that the server has not acknowledged, in the browser's storage.
 *
 * Each edit is an entry of its own, so windows that work on one layer do not overwrite each
 * other's. A browser may refuse to store, or have no room: then `failed` says so and work goes on.
 */

/** @typedef {{key: string, ops: import("./store.js").Op[], base: number, at: number, page: string}} Waiting */

const PREFIX = "labeler.edit.";

/** The waiting edits of one layer. */
export class Outbox {
  /** Whether the storage has refused an edit. */
  failed = false;
  #last = 0;

  /**
   * @param {number} layer id @param {string} page where the document is labeled
   * @param {Storage | null} storage
   */
  constructor(layer, page, storage) {
    this.prefix = `${PREFIX}${layer}.`;
    this.page = page;
    this.storage = storage;
  }

  /** @param {import("./sync.js").Edit} edit @param {number} base revision that it was made on */
  add({ key, ops }, base) {
    this.#last = Math.max(this.#last + 1, Date.now());
    try {
      if (!this.storage) throw new Error("There is no storage.");
      const known = this.storage.getItem(this.prefix + key);
      const at = known ? JSON.parse(known).at : this.#last;
      this.storage.setItem(this.prefix + key, JSON.stringify({ ops, base, at, page: this.page }));
    } catch {
      this.failed = true;
    }
  }

  /** @param {{key: string}[]} edits */
  remove(edits) {
    try {
      for (const { key } of edits) this.storage?.removeItem(this.prefix + key);
    } catch {
      this.failed = true;
    }
  }

  /** What waits for this layer, oldest first. @returns {Waiting[]} */
  read() {
    return entries(this.storage, this.prefix).sort((a, b) => a.at - b.at);
  }
}

/** Pages of other layers where edits wait. @param {Storage | null} storage @param {string} page the one being looked at */
export function otherPages(storage, page) {
  const pages = entries(storage, PREFIX).map((edit) => edit.page);
  return [...new Set(pages)].filter((other) => other && other !== page);
}

/** @param {Storage | null} storage @param {string} prefix @returns {Waiting[]} */
function entries(storage, prefix) {
  try {
    const names = Object.keys(storage ?? {}).filter((name) => name.startsWith(prefix));
    return names.flatMap((name) => {
      const entry = readable(storage?.getItem(name));
      return entry ? [{ ...entry, key: name.slice(name.lastIndexOf(".") + 1) }] : [];
    });
  } catch {
    return [];
  }
}

/** @param {string | null | undefined} json */
function readable(json) {
  try {
    const entry = JSON.parse(json ?? "null");
    return entry && Array.isArray(entry.ops) ? entry : null;
  } catch {
    return null;
  }
}

/** The browser's storage, or null where it is forbidden. */
export function browserStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
