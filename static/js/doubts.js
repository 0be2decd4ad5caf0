// @ts-check
/** Single keys on the list of doubts: the first one is fixed or kept, and the last one undone. */
import { listen } from "./element.js";

const KEYS = new Map([["f", "fix"], ["k", "keep"], ["u", "undo"]]);

listen(document, "keydown", (event) => {
  const { key, target } = /** @type {KeyboardEvent} */ (event);
  const verdict = KEYS.get(key.toLowerCase());
  const busy = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
  if (!verdict || busy || target.closest("input, textarea, select")) return;
  /** @type {HTMLFormElement | null} */ (document.querySelector(`main form[action$="/${verdict}"]`))?.requestSubmit();
});
