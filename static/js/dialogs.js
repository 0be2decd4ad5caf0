// @ts-check
/** Dialogs: reasons, clashes. The browser's own dialog element keeps and gives back the focus. */
import { element } from "./element.js";
import { describe } from "./history.js";

/** Open a dialog that goes when it is closed. @param {string} title @param {...(Node | string)} children @returns {HTMLDialogElement} */
export function dialog(title, ...children) {
  const made = /** @type {HTMLDialogElement} */ (element("dialog", { "aria-label": title }, element("h2", {}, title), ...children));
  made.addEventListener("close", () => made.remove());
  document.body.append(made);
  made.showModal();
  return made;
}

/**
 * Ask for a reason: a digit, a click or words of one's own.
 * @param {object} question
 * @param {string} question.title @param {string} question.hint
 * @param {string[]} question.reasons to choose from, at most nine
 * @param {string} [question.now] the reason that holds already: it can be taken away
 * @param {boolean} [question.optional] whether Enter, or Space, goes on without one
 * @param {(reason: string | null) => void} question.onChoose `null` for none
 */
export function askReason({ title, hint, reasons, now = "", optional = false, onChoose }) {
  const field = /** @type {HTMLInputElement} */ (element("input", { id: "reason", maxlength: 500, autocomplete: "off", "aria-label": "A reason of your own", placeholder: "Or write a reason", dir: "auto", value: now }));
  const problem = element("p", { class: "problem", role: "alert" });
  const end = (/** @type {string | null} */ reason) => { asked.close(); onChoose(reason); };
  const rows = reasons.slice(0, 9).map((reason, index) =>
    element("li", {}, element("button", { type: "button", class: "reason", onclick: () => end(reason) }, element("kbd", { "aria-hidden": "true" }, String(index + 1)), reason)));
  const form = element("form", { method: "dialog" },
    element("ol", { class: "reasons", "aria-label": "Usual reasons" }, ...rows), field, problem,
    element("div", { class: "buttons" },
      ...(now ? [element("button", { type: "button", onclick: () => end(null) }, "Take the flag away")] : []),
      element("button", { type: "button", onclick: () => asked.close() }, "Cancel"),
      element("button", { class: "primary" }, optional ? "Go on" : "Flag")));
  const asked = dialog(title, element("p", { class: "hint" }, hint), form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = field.value.trim();
    if (words || optional) return end(words || null);
    problem.textContent = "Choose a reason or write one.";
    field.focus();
  });
  field.addEventListener("keydown", (event) => {
    const chosen = /^[1-9]$/.test(event.key) ? rows[Number(event.key) - 1] : undefined;
    const isFirst = !field.value || (field.selectionStart === 0 && field.selectionEnd === field.value.length);
    if (event.isComposing || !isFirst) return;
    if (chosen) end(reasons[Number(event.key) - 1]);
    else if (event.key === " " && optional && !field.value) end(null);
    else return;
    event.preventDefault();
  });
  field.focus();
  field.select();
}

/**
 * Show changes that clash with those of another window, to keep or to drop.
 * @param {import("./sync.js").Sync} sync @param {import("./text.js").DocumentText} text
 */
export function showClashes(sync, text) {
  const slice = (/** @type {number} */ start, /** @type {number} */ end) => text.slice(start, end);
  const lines = sync.clashes.map((clash) => {
    const line = element("li", {}, element("p", {}, `You ${describe(clash.edit.ops, slice)}.`), element("p", { class: "hint" }, clash.reason));
    const settle = (/** @type {boolean} */ mine) => () => {
      sync.settle(clash, mine);
      line.remove();
      if (!sync.clashes.length) shown.close();
    };
    line.append(element("div", { class: "buttons" },
      element("button", { type: "button", onclick: settle(true) }, "Do mine"),
      element("button", { type: "button", onclick: settle(false) }, "Leave it as it is")));
    return line;
  });
  const shown = dialog("Changes that clash",
    element("p", {}, "This document was changed in another window meanwhile. Everything that goes together was put together; choose for the rest."),
    element("ul", { class: "clashes" }, ...lines),
    element("form", { method: "dialog" }, element("button", {}, "Decide later")));
}
