// @ts-check
/** Keeps the parts of a page marked `data-live` as they are on the server, without loading it anew. */

const PAUSE = { soon: 1000, later: 10_000 };

/** What a part shows, without the tokens of its forms: those differ each time. @param {Element} part */
function shown(part) {
  return part.innerHTML.replace(/name="csrf_token" value="[^"]*"/g, "");
}

/** @param {Element} part @param {Element} fresh */
function renew(part, fresh) {
  part.setAttribute("data-live", fresh.getAttribute("data-live") ?? "");
  if (shown(part) === shown(fresh)) return;
  const focused = part.contains(document.activeElement) ? document.activeElement?.id : "";
  part.replaceChildren(...document.adoptNode(fresh).childNodes);
  if (focused) (document.getElementById(focused) ?? document.getElementById("main"))?.focus();
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh) return location.reload(); // what was waited for has another page
    renew(part, fresh);
  }
}

/** How long to wait before looking again, in milliseconds; 0 when nothing will change any more. */
function pause() {
  const wishes = [...document.querySelectorAll("[data-live]")].map((part) => part.getAttribute("data-live"));
  if (wishes.includes("soon")) return PAUSE.soon;
  return wishes.includes("later") ? PAUSE.later : 0;
}

async function watch() {
  for (let wait = pause(); wait; wait = pause()) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (document.hidden) continue;
    // A server that does not answer now may do so later: what is shown stays.
    await refresh().catch(() => undefined);
  }
}

watch();
