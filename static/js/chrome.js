// @ts-check
/** What surrounds the text that is labeled: bar, labels, what can be undone. */
import { byId, element, listen } from "./element.js";
import { Frame, signIn } from "./frame.js";
import { offered } from "./schema.js";

/** The frame of the page; it stays while documents come and go. */
export class Chrome extends Frame {
  /** @param {import("./view.js").View} view @param {(command: string, argument?: string, pointed?: boolean) => void} run */
  constructor(view, run) {
    super();
    this.view = view;
    this.palette = byId("palette");
    this.ends = [
      listen(document, "click", (event) => {
        const button = event.target.closest?.("[data-command]");
        button?.closest("details")?.removeAttribute("open"); // what a menu offered is done
        if (button) run(button.dataset.command, button.dataset.argument, event.detail > 0); // a key on a button has no detail
      }),
      listen(this.palette, "focusin", (event) => this.speak(event.target.title ? `${event.target.dataset.argument}: ${event.target.title}` : "")),
      // Pressing a button must not take the selection or the focus from the text.
      listen(document, "mousedown", (event) => event.target.closest?.("[data-command]") && event.preventDefault()),
    ];
  }

  /** Show which document this is. @param {any} work @param {import("./palette.js").Palette} palette @param {import("./keymap.js").Keymap} keymap */
  show(work, palette, keymap) {
    const { progress, document: article, project } = work;
    document.title = `${article.name} · ${project.title} · labeler`;
    byId("name").textContent = article.name;
    byId("position").textContent = `${progress.position} of ${progress.total}`;
    const bar = byId("bar");
    bar.setAttribute("aria-valuenow", String(progress.done));
    bar.setAttribute("aria-valuemax", String(progress.total));
    bar.title = `${progress.done} of ${progress.total} done`;
    bar.style.setProperty("--done", String(progress.total ? progress.done / progress.total : 0));
    for (const [id, target] of [["previous", work.previous], ["next", work.next]]) {
      /** @type {HTMLButtonElement} */ (byId(id)).disabled = target === null;
    }
    this.#fillPalette(work.scheme, palette, keymap);
    for (const key of document.querySelectorAll("[data-key]")) {
      key.textContent = keymap.keyOf(/** @type {HTMLElement} */ (key).dataset.key ?? "");
    }
  }

  /** Show what is held, how the document is labeled and what can be undone. @param {import("./store.js").Store} store @param {import("./suggestions.js").Suggestions} suggestions */
  draw(store, suggestions) {
    const { held, heldRelation } = this.view.look;
    const given = new Set([...store.categories.values()].map(({ label }) => label));
    const proposed = new Set(suggestions.openCategories.map(({ label }) => label));
    for (const chip of /** @type {NodeListOf<HTMLElement>} */ (this.palette.querySelectorAll(".chip"))) {
      const { argument = "", command } = chip.dataset;
      const on = command === "category" ? given.has(argument) : argument === (command === "label" ? held : heldRelation);
      chip.setAttribute("aria-pressed", String(on));
      if (command === "category") chip.classList.toggle("suggestion", proposed.has(argument));
    }
    /** @type {HTMLButtonElement} */ (byId("undo")).disabled = !store.canUndo;
    /** @type {HTMLButtonElement} */ (byId("redo")).disabled = !store.canRedo;
  }

  /** Show whether likely labels are given at once. @param {boolean} on */
  drawGuesses(on) {
    for (const button of document.querySelectorAll("[data-command=guess]")) button.setAttribute("aria-pressed", String(on));
  }

  /** @param {import("./sync.js").Sync} sync */
  drawSaving(sync) {
    this.showSaving(sync.state, sync.outbox.failed && sync.pending.length > 0, this.#ways(sync));
  }

  destroy() {
    super.destroy();
    this.ends.forEach((end) => end());
  }

  /** What the person can do about it. @param {import("./sync.js").Sync} sync */
  #ways(sync) {
    if (sync.state === "clashing") return [element("button", { type: "button", class: "small", "data-command": "clashes" }, "Settle")];
    if (sync.state === "signed-out") {
      const again = element("button", { type: "button", class: "small", onclick: () => sync.retry() }, "Save now");
      return [signIn(), again];
    }
    if (sync.state === "waiting") return [element("button", { type: "button", class: "small", onclick: () => sync.retry() }, "Try now")];
    return sync.state === "refused" ? [element("small", {}, sync.trouble)] : [];
  }

  /** @param {any} scheme @param {import("./palette.js").Palette} palette @param {import("./keymap.js").Keymap} keymap */
  #fillPalette(scheme, palette, keymap) {
    const chip = (/** @type {string} */ command, /** @type {any} */ label) => {
      const key = keymap.keyOf(command, label.name);
      const attributes = {
        type: "button", class: `chip ${command} ${command === "label" ? palette.of(label.name) : ""}`, "data-command": command,
        "data-argument": label.name, "aria-pressed": "false", title: label.description,
      };
      return element("button", attributes, ...(key ? [element("kbd", { "aria-hidden": "true" }, key)] : []), label.name);
    };
    const group = (/** @type {string} */ title, /** @type {HTMLElement[]} */ chips) =>
      element("div", { class: "group", role: "group", "aria-label": title }, element("b", { "aria-hidden": "true" }, title), ...chips);
    const groups = [];
    const [entities, relations, categories] = [scheme.entities, scheme.relations, scheme.categories ?? []].map(offered);
    if (entities.length) groups.push(group("Entities", entities.map((/** @type {any} */ label) => chip("label", label))));
    if (relations.length) groups.push(group("Relations", relations.map((/** @type {any} */ label) => chip("relation", label))));
    if (categories.length) groups.push(group("Document", categories.map((/** @type {any} */ label) => chip("category", label))));
    this.palette.replaceChildren(...groups);
  }
}
