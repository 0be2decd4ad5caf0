// @ts-check
/** Single keys on the list of doubts: the focused one is fixed or kept, and the last one undone. */
import { listen } from "./element.js";

const VERDICTS = new Map([["f", "fix"], ["k", "keep"], ["u", "undo"]]);
const STEPS = new Map([["arrowdown", 1], ["arrowup", -1]]);
const PLACE = "doubts-place"; // which one had the focus before the page came anew

const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#doubts > li")]);

/** @returns {number} the place of the focused doubt, or of the first */
function place() {
  return Math.max(0, rows.findIndex((row) => row.contains(document.activeElement)));
}

/** @param {number} at */
function focus(at) {
  const row = rows[Math.min(Math.max(at, 0), rows.length - 1)];
  for (const each of rows) each.tabIndex = each === row ? 0 : -1;
  row?.focus();
}

listen(document, "keydown", (event) => {
  const { key, target } = /** @type {KeyboardEvent} */ (event);
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select")) return;
  const step = STEPS.get(key.toLowerCase());
  if (step) {
    event.preventDefault();
    return focus(rows.some((row) => row.contains(document.activeElement)) ? place() + step : 0);
  }
  const verdict = VERDICTS.get(key.toLowerCase());
  if (!verdict || event.repeat) return;
  const within = verdict === "undo" ? document : rows[place()];
  sessionStorage.setItem(PLACE, String(place()));
  /** @type {HTMLFormElement | null} */ (within?.querySelector(`main form[action$="/${verdict}"]`))?.requestSubmit();
});

const before = sessionStorage.getItem(PLACE);
sessionStorage.removeItem(PLACE);
if (before !== null) focus(Number(before));
