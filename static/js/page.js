// @ts-check
/** What pages do beyond plain HTML: every page works without it. */

const THEME = "labeler-theme"; // a cookie: the server writes the page in the theme, so that it never flashes in another
const YEAR = 365 * 24 * 3600; // seconds

/** Give elements the colour they name; a strict policy forbids style attributes. */
function colour() {
  for (const element of document.querySelectorAll("[data-color]")) {
    if (element instanceof HTMLElement) element.style.setProperty("--c", element.dataset.color ?? "");
  }
}

/** @param {string} theme "" follows the system */
function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  document.cookie = `${THEME}=${theme}; path=/; max-age=${theme ? YEAR : 0}; samesite=lax`;
}

function themes() {
  for (const choices of document.querySelectorAll("[data-themes]")) {
    const chosen = document.documentElement.dataset.theme ?? "";
    for (const input of choices.querySelectorAll("input")) {
      input.checked = input.value === chosen;
      input.addEventListener("change", () => setTheme(input.value));
    }
    choices.removeAttribute("hidden");
  }
}

/** Menus close when somebody looks elsewhere. */
function menus() {
  const open = () => /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details.menu[open]"));
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}

/** Ask before what cannot be taken back. */
function confirmations() {
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.dataset.confirm && !confirm(form.dataset.confirm)) event.preventDefault();
  });
}

/** `<form data-busy="words">` says so while the server works, and is sent once. */
function waiting() {
  for (const form of document.querySelectorAll("form[data-busy]")) {
    const button = form.querySelector(".primary");
    if (!(form instanceof HTMLFormElement) || !(button instanceof HTMLButtonElement)) continue;
    const words = button.textContent;
    form.addEventListener("submit", () => {
      button.disabled = true;
      button.textContent = form.dataset.busy ?? "";
    });
    addEventListener("pageshow", () => {
      button.disabled = false;
      button.textContent = words;
    });
  }
}

/** `<button data-copy="id">` copies the value of a field. */
function copying() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!(button instanceof HTMLElement)) continue;
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      const field = /** @type {HTMLInputElement | null} */ (document.getElementById(button.dataset.copy ?? ""));
      if (!field) return;
      field.select();
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    });
  }
}

/** `data-slug-of="id"`: a field suggests a slug for the title in another, until it is edited. */
function slugs() {
  for (const slug of document.querySelectorAll("[data-slug-of]")) {
    if (!(slug instanceof HTMLInputElement)) continue;
    const title = document.getElementById(slug.dataset.slugOf ?? "");
    let own = slug.value !== "";
    slug.addEventListener("input", () => (own = slug.value !== ""));
    title?.addEventListener("input", () => {
      if (!own && title instanceof HTMLInputElement) slug.value = slugOf(title.value);
    });
  }
}

/** @param {string} title */
function slugOf(title) {
  const plain = title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60);
}

/** `data-shown-by="name=value"`: shown while that choice is made. */
function dependents() {
  for (const part of document.querySelectorAll("[data-shown-by]")) {
    if (!(part instanceof HTMLElement)) continue;
    const [name, value] = (part.dataset.shownBy ?? "").split("=");
    const form = part.closest("form");
    const show = () => {
      const data = form && new FormData(form);
      part.hidden = data?.get(name) !== value;
    };
    form?.addEventListener("change", show);
    show();
  }
}

/** `data-ticks="name"`: a box that ticks all boxes of that name in its form, and shows whether all are. */
function ticks() {
  for (const all of document.querySelectorAll("[data-ticks]")) {
    if (!(all instanceof HTMLInputElement)) continue;
    const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (all.form?.querySelectorAll(`input[type=checkbox][name="${all.dataset.ticks}"]`) ?? []);
    const tell = () => {
      const count = [...boxes].filter((box) => box.checked).length;
      all.checked = count === boxes.length;
      all.indeterminate = count > 0 && !all.checked;
    };
    all.hidden = false;
    all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
    boxes.forEach((box) => box.addEventListener("change", tell));
    tell();
  }
}

for (const start of [colour, themes, menus, confirmations, waiting, copying, slugs, dependents, ticks]) start();
