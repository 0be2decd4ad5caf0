// @ts-check
/**
 * Edits that the server has not acknowledged, in the browser's storage and in its database.
 *
 * Each edit is an entry of its own, so windows that work on one layer do not overwrite each
 * other's. A browser may refuse to store, or have no room: then `failed` says so and work goes on.
 */

/** @typedef {{key: string, ops: import("./store.js").Op[], base: number, at: number, page: string}} Waiting */

const PREFIX = "labeler.edit.";
const PATIENCE = 10_000; // milliseconds

/** The waiting edits of one layer. */
export class Outbox {
  /** Whether an edit is kept nowhere but in this page. */
  failed = false;
  #last = 0;
  /** @type {Map<string, number>} when edits were made first, by key */
  #made = new Map();

  /**
   * @param {number} layer id @param {string} page where the document is labeled
   * @param {Storage | null} storage
   * @param {import("./vault.js").Vault | null} [vault]
   * @param {() => void} [onFail] called when an edit could not be kept
   */
  constructor(layer, page, storage, vault = null, onFail = () => {}) {
    this.prefix = `${PREFIX}${layer}.`;
    this.page = page;
    this.storage = storage;
    this.vault = vault;
    this.onFail = onFail;
  }

  /** @param {import("./sync.js").Edit} edit @param {number} base revision that it was made on */
  add({ key, ops }, base) {
    this.#last = Math.max(this.#last + 1, Date.now());
    const at = this.#made.get(key) ?? this.#last;
    this.#made.set(key, at);
    const entry = { ops, base, at, page: this.page };
    const stored = this.#store(this.prefix + key, entry);
    if (!this.vault) this.failed ||= !stored;
    else this.vault.put(this.prefix + key, entry).catch(() => stored || this.#fail());
  }

  /** @param {{key: string}[]} edits */
  remove(edits) {
    const names = edits.map(({ key }) => this.prefix + key);
    if (names.length) this.vault?.remove(names).catch(() => {}); // what is sent again changes nothing
    try {
      for (const name of names) this.storage?.removeItem(name);
    } catch {
      this.failed = true;
    }
  }

  /** Whether something seems to wait for this layer, as far as that is known at once. */
  get seemsFull() {
    return stored(this.storage, this.prefix).length > 0;
  }

  /** What waits for this layer, oldest first. @returns {Promise<Waiting[]>} */
  async read() {
    const found = await entries(this.storage, this.vault, this.prefix);
    for (const { key, at } of found) this.#made.set(key, at);
    return found.sort((a, b) => a.at - b.at);
  }

  /** @param {string} name @param {object} entry */
  #store(name, entry) {
    try {
      if (!this.storage) return false;
      this.storage.setItem(name, JSON.stringify(entry));
      return true;
    } catch {
      return false;
    }
  }

  #fail() {
    this.failed = true;
    this.onFail();
  }
}

/** Pages of other layers where edits wait.
 * @param {Storage | null} storage @param {import("./vault.js").Vault | null} vault @param {string} page the one being looked at */
export async function otherPages(storage, vault, page) {
  const pages = (await entries(storage, vault, PREFIX)).map((edit) => edit.page);
  return [...new Set(pages)].filter((other) => other && other !== page);
}

/** What either place holds. @param {Storage | null} storage @param {import("./vault.js").Vault | null} vault @param {string} prefix @returns {Promise<Waiting[]>} */
async function entries(storage, vault, prefix) {
  const deep = vault ? await answer(vault, prefix) : [];
  const found = new Map([...deep, ...stored(storage, prefix)]);
  const whole = [...found].filter(([, entry]) => Array.isArray(entry?.ops));
  return whole.map(([name, entry]) => ({ ...entry, key: name.slice(name.lastIndexOf(".") + 1) }));
}

/** What a database answers; nothing where it fails or hangs. @param {import("./vault.js").Vault} vault @param {string} prefix */
function answer(vault, prefix) {
  return new Promise((/** @type {(entries: [string, any][]) => void} */ resolve) => {
    const timer = setTimeout(() => resolve([]), PATIENCE);
    vault.entries(prefix).catch(() => []).then((found) => { clearTimeout(timer); resolve(found); });
  });
}

/** @param {Storage | null} storage @param {string} prefix @returns {[string, any][]} */
function stored(storage, prefix) {
  try {
    const names = Object.keys(storage ?? {}).filter((name) => name.startsWith(prefix));
    return names.map((name) => [name, readable(storage?.getItem(name))]);
  } catch {
    return [];
  }
}

/** @param {string | null | undefined} json */
function readable(json) {
  try {
    return JSON.parse(json ?? "null");
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
