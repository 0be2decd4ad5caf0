// @ts-check
/** The scheme page, nicer: rows are added, moved and greyed at once; saving stays one form. */

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-scheme]"));

/** @param {string} kind @returns {HTMLElement} */
const list = (kind) => /** @type {HTMLElement} */ (form.querySelector(`[data-rows="${kind}"]`));

/** Number the rows by their place: the server reads them in the order of their numbers. */
function renumber() {
  for (const kind of ["entities", "relations", "categories"]) {
    [...list(kind).children].forEach((row, index) => {
      for (const part of row.querySelectorAll("[name], [id]")) {
        for (const attribute of ["name", "id"]) {
          const value = part.getAttribute(attribute);
          if (value?.startsWith(`${kind}-`)) part.setAttribute(attribute, value.replace(/-\d+-/, `-${index}-`));
        }
        if (part instanceof HTMLButtonElement && part.name === "move") {
          part.value = part.value.replace(/:\d+:/, `:${index}:`);
        }
      }
    });
  }
}

/** @param {string} kind */
function add(kind) {
  const rows = list(kind);
  const last = /** @type {HTMLElement} */ (rows.lastElementChild);
  const row = /** @type {HTMLElement} */ (last.cloneNode(true));
  row.classList.remove("going");
  for (const error of row.querySelectorAll(".error")) error.remove();
  for (const used of row.querySelectorAll(".used")) used.textContent = "";
  for (const input of row.querySelectorAll("input")) {
    input.removeAttribute("aria-invalid");
    if (input.type === "checkbox") input.checked = false;
    else if (input.type !== "color") input.value = "";
  }
  const palette = rows.dataset.palette?.split(" ") ?? [];
  const color = /** @type {HTMLInputElement} */ (row.querySelector("[type=color]"));
  if (palette.length) color.value = palette[rows.children.length % palette.length];
  rows.append(row);
  renumber();
  /** @type {HTMLInputElement} */ (row.querySelector(".name")).focus();
}

/** @param {HTMLButtonElement} button */
function move(button) {
  const row = /** @type {HTMLElement} */ (button.closest("[data-row]"));
  const up = button.value.endsWith(":up");
  const other = up ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (up) other.before(row);
  else other.after(row);
  renumber();
  button.focus();
}

form.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("button");
  if (!button) return;
  if (button.dataset.add) add(button.dataset.add);
  if (button.name === "move") {
    event.preventDefault();
    move(button);
  }
});
form.addEventListener("change", (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  if (box.name.endsWith("-remove")) box.closest("[data-row]")?.classList.toggle("going", box.checked);
});
for (const button of form.querySelectorAll("[data-add]")) button.removeAttribute("hidden");
