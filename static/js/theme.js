// @ts-check
/* Runs before the page is drawn, so that it never flashes in the wrong theme: no module therefore. */
(() => {
  try {
    const chosen = localStorage.getItem("labeler.theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage may be forbidden: the system's theme is used then.
  }
})();
