// @ts-check
/** The server's JSON interface. */

/** An answer that is no success; `status` is 0 where no answer came. */
export class ApiError extends Error {
  /** @param {number} status @param {{code?: string, message?: string, problems?: {path?: string, message: string}[]}} body */
  constructor(status, body) {
    super(body.message ?? `The server answered ${status}.`);
    this.name = "ApiError";
    this.status = status;
    this.code = body.code ?? (status ? "error" : "offline");
    this.problems = body.problems ?? [];
    this.body = /** @type {any} */ (body);
  }
}

const TIMEOUT = 30_000; // milliseconds

/** Requests to `/api/v1`, each answered by JSON or ApiError. */
export class Api {
  /**
   * @param {{token: string, renew?: () => Promise<string>, fetch?: typeof fetch}} options
   *   `token` guards against forged requests; `renew` gets a new one once a session has changed
   */
  constructor({ token, renew, fetch: fetcher = globalThis.fetch.bind(globalThis) }) {
    this.token = token;
    this.renew = renew;
    this.fetch = fetcher;
  }

  /** @param {string} path @param {{signal?: AbortSignal}} [options] */
  get(path, options) {
    return this.#send("GET", path, undefined, options);
  }

  /** @param {string} path @param {object} body @param {{keepalive?: boolean}} [options] */
  post(path, body, options) {
    return this.#change("POST", path, body, options);
  }

  /** @param {string} path @param {object} body @param {{keepalive?: boolean}} [options] */
  patch(path, body, options) {
    return this.#change("PATCH", path, body, options);
  }

  /** Done even if the page is left at once. @param {string} path @param {object} body */
  put(path, body) {
    return this.#change("PUT", path, body, { keepalive: true });
  }

  /** @param {string} path */
  delete(path) {
    return this.#change("DELETE", path);
  }

  /** @param {string} method @param {string} path @param {object} [body] @param {object} [options] */
  async #change(method, path, body, options) {
    try {
      return await this.#send(method, path, body, options);
    } catch (error) {
      if (!(error instanceof ApiError) || !this.renew || !isForgery(error)) throw error;
      this.token = await this.renew();
      return this.#send(method, path, body, options);
    }
  }

  /** @param {string} method @param {string} path @param {object} [body] @param {object} [options] @returns {Promise<any>} */
  async #send(method, path, body, options) {
    const answer = await this.#ask(method, path, body, options);
    const parsed = await answer.json().catch(() => null);
    if (answer.ok && parsed !== null) return parsed;
    throw new ApiError(answer.ok ? 0 : answer.status, parsed ?? {});
  }

  /** @param {string} method @param {string} path @param {object} [body] @param {object} [options] */
  async #ask(method, path, body, options) {
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.token };
    const signal = AbortSignal.timeout(TIMEOUT);
    const content = body && JSON.stringify(body);
    try {
      return await this.fetch(`/api/v1${path}`, { method, headers, body: content, signal, ...options });
    } catch {
      throw new ApiError(0, { code: "offline", message: "The server cannot be reached." });
    }
  }
}

/** Whether the server took a request for a forged one: it refuses nothing else by this status. @param {ApiError} error */
function isForgery(error) {
  return error.status === 400;
}

/** A session that was signed in again guards against forgery with another token: the page has it. */
export async function freshToken() {
  const answer = await fetch(location.pathname);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return /** @type {HTMLMetaElement | null} */ (page.querySelector("meta[name=csrf-token]"))?.content ?? "";
}
