// @ts-check
/**
 * Edits that wait, in the browser's database.
 *
 * `localStorage` keeps an edit at once but writes it to disk seconds later, and is full at 5 MB. The
 * database writes within milliseconds and has room for far more, but answers later: edits are kept
 * in both, and either is enough.
 */

const NAME = "labeler";
const SHELF = "edits";

/** Named entries that outlive the browser; every wish rejects where there is no database. */
export class Vault {
  /** @type {Promise<IDBDatabase> | null} */
  #opened = null;

  /** @param {IDBFactory | undefined} [factory] */
  constructor(factory = globalThis.indexedDB) {
    this.factory = factory;
  }

  /** @param {string} name @param {object} entry @returns {Promise<void>} resolves once it is on disk */
  put(name, entry) {
    return this.#do("readwrite", (shelf) => shelf.put(entry, name));
  }

  /** @param {string[]} names @returns {Promise<void>} */
  remove(names) {
    return this.#do("readwrite", (shelf) => names.forEach((name) => shelf.delete(name)));
  }

  /** @param {string} prefix of the names @returns {Promise<[string, any][]>} */
  async entries(prefix) {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    /** @type {[string, any][]} */
    const found = [];
    await this.#do("readonly", (shelf) => {
      shelf.openCursor(range).onsuccess = ({ target }) => {
        const cursor = /** @type {IDBRequest<IDBCursorWithValue | null>} */ (target).result;
        if (!cursor) return;
        found.push([String(cursor.key), cursor.value]);
        cursor.continue();
      };
    });
    return found;
  }

  /** @param {IDBTransactionMode} mode @param {(shelf: IDBObjectStore) => void} wish */
  async #do(mode, wish) {
    this.#opened ??= this.#open();
    const database = await this.#opened.catch((error) => {
      this.#opened = null; // another time it may open
      throw error;
    });
    const transaction = database.transaction(SHELF, mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(undefined);
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("The browser's database refuses."));
    });
    wish(transaction.objectStore(SHELF));
    if (mode === "readwrite") transaction.commit(); // at once: the page may end before its requests are answered
    return /** @type {Promise<void>} */ (done);
  }

  /** @returns {Promise<IDBDatabase>} */
  #open() {
    return new Promise((resolve, reject) => {
      if (!this.factory) throw new Error("There is no database.");
      const request = this.factory.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(SHELF);
      request.onsuccess = () => resolve(request.result);
      request.onerror = request.onblocked = () => reject(request.error ?? new Error("The browser's database refuses."));
    });
  }
}
