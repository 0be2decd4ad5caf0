// @ts-check
/**
 * Opens the annotation screen. This stands within the page, as how the text begins does: that is painted
 * before anything else is asked of browser and server, so nothing is imported here. Meanwhile the server gets
 * a long document together, which the page has asked for already; a short one can wait for that frame.
 */

const LATEST = 300; // milliseconds: a window that nobody sees paints nothing
const EDITS = "labeler.edit."; // what outbox.js keeps in the browser's storage
const MEANT = /^(.|Arrow\w+|Enter|Backspace|Delete|Escape)$/u; // keys that say something to the screen

/** Wait until the first frame is seen: what begins before takes processors that paint it. */
function painted() {
  return new Promise((done) => {
    new PerformanceObserver(done).observe({ type: "paint", buffered: true });
    setTimeout(done, LATEST);
  });
}

/** @param {string} id of an element that the page has */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

async function ask() {
  const answer = await fetch(`/api/v1${part("article").dataset.work}`);
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer.json();
}

/** Whether edits of this page wait in the browser: the text that the server sent is without them. */
function isBehind() {
  const waits = (/** @type {string} */ name) => JSON.parse(localStorage.getItem(name) ?? "null")?.page === location.pathname;
  try {
    return Object.keys(localStorage).some((name) => name.startsWith(EDITS) && waits(name));
  } catch {
    return false; // nothing is kept here, or nothing of ours
  }
}

/** Keep the keys that are pressed before the screen answers to any; returns what presses them again. */
function keepKeys() {
  /** @type {KeyboardEvent[]} */
  const kept = [];
  const keep = (/** @type {KeyboardEvent} */ event) => {
    const other = event.ctrlKey || event.metaKey || event.altKey || !MEANT.test(event.key);
    if (other || event.target !== document.body) return;
    event.preventDefault();
    kept.push(event);
  };
  document.addEventListener("keydown", keep, true);
  return () => {
    document.removeEventListener("keydown", keep, true);
    for (const event of kept) part("viewport").dispatchEvent(new KeyboardEvent("keydown", event));
  };
}

/** @param {string} name of one of our files @returns its address, under the version of this page */
const file = (name) => part("article").dataset.files + name;

/** Fetch a style sheet; returns what puts it on: each that is put on has all of the page looked through. @param {string} name */
async function dressing(name) {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", media: "not all", href: file(name) });
  await new Promise((done, fail) => {
    sheet.addEventListener("load", done);
    sheet.addEventListener("error", () => fail(new Error("The styles did not come.")));
    document.head.append(sheet);
  });
  return () => (sheet.media = "all");
}

/** Draw what the first frame left out. */
async function drawBars() {
  const dress = await dressing("css/annotate.css");
  dress();
  document.documentElement.classList.remove("opening");
}

/** @returns {Promise<typeof import("./main.js")>} */
const screen = () => import(file("js/main.js"));

async function start() {
  const pressAgain = keepKeys();
  document.documentElement.classList.toggle("behind", isBehind());
  const seen = painted();
  const hurries = "hurries" in part("article").dataset; // then scripts come while the text is painted, else after that
  if (!hurries) await seen;
  const [found, { Page }, dress] = await Promise.all([
    ask(), screen(), dressing("css/working.css"), import(file("js/page.js")), seen.then(drawBars),
  ]);
  dress();
  await new Page(found).opened;
  document.documentElement.classList.remove("behind");
  part("viewport").focus({ preventScroll: true });
  pressAgain();
}

start().catch((error) => {
  document.documentElement.classList.remove("opening", "behind");
  part("saving").textContent = "This document cannot be opened. Reload the page.";
  throw error;
});
