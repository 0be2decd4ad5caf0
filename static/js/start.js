// @ts-check
/**
 * Opens the annotation screen. The page carries how the text begins: that is painted before anything
 * else is asked of the browser, so nothing is imported here. Meanwhile the server gets a long document
 * together, which the page has asked for already; a short one can wait for that frame.
 */

const LATEST = 300; // milliseconds: a window that nobody sees paints nothing

/** Wait for the first frame. */
function painted() {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
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

/** Have the styles of what scripts add: they lie beside the scripts, under the same version. */
function dressed() {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("../css/working.css", import.meta.url).href });
  return new Promise((done, fail) => {
    sheet.addEventListener("load", done);
    sheet.addEventListener("error", () => fail(new Error("The styles did not come.")));
    document.head.append(sheet);
  });
}

async function start() {
  const early = "hurries" in part("article").dataset ? ask() : null;
  early?.catch(() => {}); // told below
  await painted();
  const work = early ?? ask();
  work.catch(() => {});
  document.documentElement.classList.remove("opening");
  const [{ Page }] = await Promise.all([import("./main.js"), import("./page.js"), dressed()]);
  new Page(await work);
  part("viewport").focus({ preventScroll: true });
}

start().catch((error) => {
  part("saving").textContent = "This document cannot be opened. Reload the page.";
  throw error;
});
