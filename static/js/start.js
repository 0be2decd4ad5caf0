// @ts-check
/**
 * Opens the annotation screen. The page carries how the text begins: that is painted before anything
 * else is asked of the browser; meanwhile the server gets the document together.
 */
import { Api } from "./api.js";
import { byId } from "./element.js";

const LATEST = 300; // milliseconds: a window that nobody sees paints nothing

/** Wait for the first frame. */
function painted() {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, LATEST);
  });
}

async function start() {
  const work = new Api({ token: "" }).get(`/documents/${byId("article").dataset.document}/work`);
  work.catch(() => {}); // told below
  await painted();
  document.head.append(/** @type {HTMLTemplateElement} */ (byId("modules")).content);
  const { Page } = await import("./main.js");
  new Page(await work);
  byId("viewport").focus({ preventScroll: true });
}

start().catch((error) => {
  byId("saving").textContent = "This document cannot be opened. Reload the page.";
  throw error;
});
