// @ts-check
/** What every page to work on has around the text: the state of saving, and messages. */
import { byId, element } from "./element.js";

const SHOWN = 7000; // milliseconds that a message stays

/** @type {Record<string, string[]>} how each state of saving looks and reads */
const SAVING = {
  opening: ["busy", "Opening…"],
  saved: ["ok", "✓ All changes saved"],
  saving: ["busy", "Saving…"],
  waiting: ["warn", "⚠ Not saved: the server cannot be reached"],
  clashing: ["warn", "⚠ Changes clash"],
  "signed-out": ["warn", "⚠ Not saved: you are signed out"],
  refused: ["warn", "⚠ Not saved: the server refuses"],
};

/** The elements that tell how it goes: of each page that is worked on there is one. */
export class Frame {
  constructor() {
    this.toast = byId("toast");
    this.saving = byId("saving");
  }

  /**
   * Show how saving stands, drawn anew only where that reads otherwise: a button keeps the focus.
   * @param {string} state @param {boolean} stuck whether the browser has no room for what waits @param {HTMLElement[]} ways what the person can do
   */
  showSaving(state, stuck, ways) {
    const [kind, words] = SAVING[state];
    const told = words + (stuck ? ". The browser has no room to keep it: leave this page open." : "");
    if (this.saving.dataset.words === told) return;
    this.saving.dataset.words = told;
    this.saving.dataset.state = state;
    this.saving.className = `saving ${kind}`;
    this.saving.title = kind === "warn" && !stuck ? "Go on working: this browser keeps your changes and sends them again." : "";
    this.saving.replaceChildren(told, ...ways);
  }

  /** Tell the person something. @param {string} words */
  say(words) {
    clearTimeout(this.timer);
    this.toast.textContent = words;
    this.toast.classList.add("shown");
    this.timer = setTimeout(() => this.hush(), SHOWN);
  }

  hush() {
    this.toast.classList.remove("shown");
  }

  /** Tell those who do not see the screen what everybody else sees. @param {string} words */
  speak(words) {
    byId("spoken").textContent = words;
  }

  destroy() {
    clearTimeout(this.timer);
  }
}

/** The way to sign in again without leaving the page. */
export function signIn() {
  return element("a", { href: `/sign-in?next=${encodeURIComponent(location.pathname)}`, target: "_blank", rel: "opener" }, "Sign in");
}
