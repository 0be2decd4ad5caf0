// @ts-check
/** Dialogs: flag, clashes. The browser's own dialog element keeps and gives back the focus. */
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
 * Ask why a document is flagged.
 * @param {string | null} reason that it is flagged for now
 * @param {(reason: string | null) => void} onChoose
 */
export function askFlag(reason, onChoose) {
  const field = /** @type {HTMLInputElement} */ (element("input", { id: "reason", maxlength: 500, required: true, autocomplete: "off" }));
  field.value = reason ?? "";
  const form = element("form", { method: "dialog" },
    element("label", { for: "reason" }, "What should the lead of the project know?"), field,
    element("div", { class: "buttons" },
      ...(reason ? [element("button", { value: "clear", formnovalidate: true, type: "submit" }, "Take the flag away")] : []),
      element("button", { type: "button", value: "cancel", onclick: () => asked.close("cancel") }, "Cancel"),
      element("button", { class: "primary", value: "flag" }, "Flag")));
  const asked = dialog("Flag this document", form);
  form.addEventListener("submit", (event) => {
    asked.returnValue = /** @type {HTMLButtonElement} */ (/** @type {SubmitEvent} */ (event).submitter)?.value ?? "flag";
  });
  asked.addEventListener("close", () => {
    if (asked.returnValue === "clear") onChoose(null);
    else if (asked.returnValue === "flag" && field.value.trim()) onChoose(field.value.trim());
  });
  field.focus();
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
