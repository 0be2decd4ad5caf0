// @ts-check
/** Goes on looking for rare words, a part of the texts at a time, until some are found or all are read. */

/** @param {HTMLAnchorElement} link where the next part would be shown */
async function goOn(link) {
  const next = new URL(link.href);
  for (;;) {
    const answer = await fetch(`${link.dataset.asks}${next.search}`);
    if (!answer.ok) return; // the link stays, for people to follow
    const found = await answer.json();
    if (found.occurrences.length || found.next === null) return location.replace(next);
    next.searchParams.set("after", found.next);
    link.href = next.href;
  }
}

const link = /** @type {HTMLAnchorElement | null} */ (document.getElementById("further"));
// Without a connection the link stays as well.
if (link) goOn(link).catch(() => undefined);
