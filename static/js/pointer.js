// @ts-check
/** Mouse, pen and finger on the text: selecting, choosing, dragging ends and relations. */
import { element, listen } from "./element.js";
import { Press } from "./press.js";
import { isEntity } from "./schema.js";

const STILL = 4; // pixels that a click may move
const EDGE = 48; // pixels from the edge of the view where dragging scrolls
const SETTLE = 400; // milliseconds without change after which a finger's selection counts

/** Turns gestures on one article into commands. */
export class Pointer {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.viewport what scrolls
   * @param {HTMLElement} parts.paper
   * @param {HTMLElement} parts.root the article
   * @param {import("./render.js").Article} parts.article
   * @param {import("./arcs.js").Arcs} parts.arcs
   * @param {import("./dom.js").Surface} parts.surface
   * @param {import("./tokens.js").Tokens} parts.tokens
   * @param {import("./view.js").View} parts.view
   * @param {import("./commands.js").Commands} parts.commands
   * @param {import("./relating.js").Relating} parts.relating
   * @param {import("./cursor.js").Cursor} parts.cursor
   * @param {import("./spreading.js").Spreading} parts.spreading
   * @param {(span: import("./tokens.js").Span, clicked: boolean) => void} parts.guess labels the selection, or asks for its label
   * @param {() => void} parts.ask opens the menu of labels at the selection
   */
  constructor(parts) {
    this.parts = parts;
    /** @type {{x: number, y: number, alt: boolean, kind: string, point: number | null} | null} */
    this.down = null;
    /** @type {((event: PointerEvent) => void) | null} */
    this.drag = null;
    /** @type {((event: PointerEvent) => void) | null} */
    this.finish = null;
    this.grips = ["start", "end"].map((side) => element("i", { class: `grip ${side}`, "data-grip": side, hidden: true }));
    parts.paper.append(...this.grips);
    this.press = new Press({ root: parts.root, surface: parts.surface, tokens: parts.tokens });
    this.ends = [
      listen(parts.paper, "pointerdown", (event) => this.#down(event)),
      listen(document, "pointermove", (event) => this.#move(event)),
      listen(document, "pointerup", (event) => this.#up(event)),
      listen(document, "pointercancel", () => this.#cancel()),
      // Tags are inline, where `touch-action` has no say: a finger that drags must not scroll.
      listen(parts.paper, "touchmove", (event) => (this.drag || this.press.selects) && event.preventDefault(), { passive: false }),
      listen(parts.root, "dragstart", (event) => event.preventDefault()), // selected text is not moved about
      listen(document, "selectionchange", () => this.#touched()),
      listen(parts.root, "pointerover", (event) => this.#hover(event)),
      listen(parts.root, "pointerleave", () => parts.view.set({ hover: null })),
    ];
  }

  /** Find out where the ends of the focused entity are; returns what puts the handles there. @returns {() => void} */
  measure() {
    const { commands, surface, paper, view } = this.parts;
    const item = commands.focused;
    const shown = isEntity(item) && !view.look.relating && !commands.isOpen(item);
    const boxes = shown ? this.parts.article.marks(item.id).flatMap((mark) => [...mark.getClientRects()]) : [];
    if (!shown || !boxes.length) return () => this.grips.forEach((grip) => (grip.hidden = true));
    const { left, top } = paper.getBoundingClientRect();
    const turned = surface.isRightToLeft(item.start);
    const [first, last] = [boxes[0], boxes[boxes.length - 1]];
    return () => {
      this.grips.forEach((grip) => (grip.hidden = false));
      place(this.grips[0], turned ? "right" : "left", first, left, top);
      place(this.grips[1], turned ? "left" : "right", last, left, top);
    };
  }

  destroy() {
    this.#cancel();
    clearTimeout(this.timer);
    this.ends.forEach((end) => end());
    this.grips.forEach((grip) => grip.remove());
    this.press.destroy();
  }

  // ---- pressing

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const kind = target.dataset.grip ? "grip" : target.classList.contains("tag") ? "tag" : "text";
    const point = kind === "text" ? this.parts.surface.turningPointAt(event.clientX, event.clientY) : null;
    this.down = { x: event.clientX, y: event.clientY, alt: event.altKey, kind, point };
    if (kind === "grip") this.#startResize(event, /** @type {string} */ (target.dataset.grip));
    if (kind === "tag") this.#startTag(event, target);
    if (kind === "text" && event.pointerType === "mouse" && !event.shiftKey) this.parts.surface.deselect(); // else the browser drags what is selected
    if (kind === "text" && event.pointerType === "touch" && !this.parts.view.look.relating) this.press.down(event);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (this.down) this.drag?.(event);
    if (this.down && event.pointerType === "touch") this.press.move(event);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const { down, finish } = this;
    this.down = this.drag = this.finish = null;
    clearTimeout(this.scrolling);
    if (!down) return;
    const pressed = this.press.up();
    if (finish) finish(event);
    else if (event.pointerType !== "touch") this.#textUp(event, down);
    else if (pressed) this.select(pressed, true);
    else if (isStill(down, event)) this.#tap(event);
  }

  #cancel() {
    this.down = this.drag = this.finish = null;
    clearTimeout(this.scrolling);
    this.press.cancel();
    this.parts.arcs.stretch(null);
  }

  // ---- text

  /** @param {PointerEvent} event @param {{x: number, y: number, alt: boolean, point: number | null}} down */
  #textUp(event, down) {
    const picked = this.#dragged(event, down) ?? this.parts.surface.selection();
    if (picked && (!isStill(down, event) || this.#isDouble(picked))) {
      return this.select(picked, down.alt || event.altKey, isStill(down, event) ? "clicked" : "dragged");
    }
    if (isStill(down, event)) this.#click(event);
  }

  /** What was dragged over in text from right to left, where the browser's own selection may not be what it seems. @param {PointerEvent} event @param {{x: number, y: number, point: number | null}} down */
  #dragged(event, down) {
    if (down.point === null || isStill(down, event)) return null;
    const point = this.parts.surface.turningPointAt(event.clientX, event.clientY);
    return point === null || point === down.point ? null : { start: Math.min(point, down.point), end: Math.max(point, down.point) };
  }

  /** A double click selects a word before the button is let go. @param {import("./tokens.js").Span} picked */
  #isDouble(picked) {
    const { selection } = this.parts.view.look;
    return !selection || picked.start < selection.start || picked.end > selection.end;
  }

  /**
   * Select what was dragged over, clicked or tapped on; what a finger selects by handles may still grow.
   * @param {import("./tokens.js").Span} picked @param {boolean} exact without snapping to tokens
   * @param {"dragged" | "clicked" | "handled"} [how]
   */
  select(picked, exact, how = "dragged") {
    const { tokens, surface, view, commands, ask, guess } = this.parts;
    const span = exact ? picked : tokens.snap(picked.start, picked.end);
    if (!span) return surface.deselect();
    const { held } = view.look;
    view.set({ selection: span, anchor: span.start, caret: tokens.nearest(span.end - 1), focus: null, fresh: false });
    if (held) return commands.create(span, held);
    surface.select(span.start, span.end);
    if (how === "handled") ask();
    else guess(span, how === "clicked");
  }

  /** @param {PointerEvent} event */
  #click(event) {
    const { view, commands, relating, cursor, surface } = this.parts;
    const offered = /** @type {HTMLElement} */ (event.target).closest?.(".preview");
    if (offered) return this.parts.spreading.toggle(Number(/** @type {HTMLElement} */ (offered).dataset.index));
    const ids = marksAt(event);
    const { relating: drawn, focus } = view.look;
    if (drawn) {
      const target = ids.find((id) => drawn.targets.includes(id));
      if (target) relating.pick(target);
      else if (ids.length) relating.refuse(ids[0]);
      else relating.cancel();
      return;
    }
    if (ids.length) return commands.focus(ids[(ids.indexOf(focus ?? "") + 1) % ids.length], { scroll: false });
    const word = view.look.held ? this.press.wordAt(event.clientX, event.clientY) : null;
    if (word) return this.select(word, true);
    const point = surface.pointAt(event.clientX, event.clientY);
    view.set({ focus: null, fresh: false, selection: null });
    if (point !== null) cursor.place(point);
  }

  /** A finger that taps on a plain word means it. @param {PointerEvent} event */
  #tap(event) {
    const { view } = this.parts;
    const plain = !marksAt(event).length && !view.look.relating && !view.look.spreading;
    const word = plain ? this.press.wordAt(event.clientX, event.clientY) : null;
    if (word) this.select(word, true, "clicked");
    else this.#click(event);
  }

  /** A finger selects with the browser's own handles, which tell nothing but the selection. */
  #touched() {
    clearTimeout(this.timer);
    if (!matchMedia("(pointer: coarse)").matches || this.down) return;
    this.timer = setTimeout(() => {
      const picked = this.parts.surface.selection();
      const { selection } = this.parts.view.look;
      const known = picked && selection && picked.start === selection.start && picked.end === selection.end;
      if (picked && !known) this.select(picked, false, "handled");
    }, SETTLE);
  }

  /** @param {PointerEvent} event */
  #hover(event) {
    if (event.buttons) return;
    this.parts.view.set({ hover: marksAt(event)[0] ?? null });
  }

  // ---- ends

  /** @param {PointerEvent} event @param {string} side */
  #startResize(event, side) {
    const { commands, tokens, surface } = this.parts;
    const entity = commands.focused;
    if (!isEntity(entity)) return;
    event.preventDefault();
    /** @type {import("./tokens.js").Span | null} */
    let span = null;
    this.drag = (move) => {
      this.#scroll(move);
      const point = surface.pointAt(move.clientX, move.clientY);
      if (point === null) return;
      span = side === "start" ? { start: Math.min(point, entity.end - 1), end: entity.end } : { start: entity.start, end: Math.max(point, entity.start + 1) };
      if (!move.altKey) span = snapEnd(tokens, entity, span, side);
      surface.select(span.start, span.end);
    };
    this.finish = () => {
      surface.deselect();
      if (span) commands.resizeTo(span);
    };
  }

  // ---- relations

  /** @param {PointerEvent} event @param {HTMLElement} tag */
  #startTag(event, tag) {
    const { commands, relating, arcs, view } = this.parts;
    const mark = /** @type {HTMLElement} */ (tag.closest("mark"));
    const id = mark.dataset.id ?? "";
    event.preventDefault();
    if (view.look.relating) {
      this.finish = (up) => this.#click(up);
      return;
    }
    let begun = false;
    this.drag = (move) => {
      if (!begun && isStill(/** @type {any} */ (this.down), move)) return;
      if (!begun && !relating.begin(id, "drag", null)) return this.#cancel();
      begun = true;
      this.#scroll(move);
      arcs.stretch({ from: tag.getBoundingClientRect(), x: move.clientX, y: move.clientY });
      this.#aim(move);
    };
    this.finish = (up) => {
      arcs.stretch(null);
      if (begun) this.#drop(up);
      else commands.focus(id, { scroll: false });
    };
  }

  /** @param {PointerEvent} event */
  #aim(event) {
    const { view } = this.parts;
    const { relating } = view.look;
    if (!relating) return;
    const index = relating.targets.findIndex((id) => marksAt(event).includes(id));
    if (index !== relating.index) view.set({ relating: { ...relating, index } });
  }

  /** @param {PointerEvent} event */
  #drop(event) {
    const { view, relating } = this.parts;
    const ids = marksAt(event);
    const target = ids.find((id) => view.look.relating?.targets.includes(id));
    if (target) relating.pick(target);
    else if (ids.length) relating.refuse(ids[0]);
    else relating.cancel();
  }

  /** Scroll while something is dragged at the edge of the view: what is dragged stays under the pointer. @param {PointerEvent} event */
  #scroll(event) {
    clearTimeout(this.scrolling);
    const { viewport } = this.parts;
    const { top, bottom } = viewport.getBoundingClientRect();
    const { clientY } = event;
    const over = clientY < top + EDGE ? clientY - top - EDGE : Math.max(0, clientY - bottom + EDGE);
    if (!over) return;
    this.scrolling = setTimeout(() => {
      viewport.scrollBy(0, over / 3);
      this.drag?.(event);
    }, 16);
  }
}

/** Entities under a pointer, the innermost first. @param {{clientX: number, clientY: number}} event */
function marksAt({ clientX, clientY }) {
  const ids = [];
  let mark = document.elementFromPoint(clientX, clientY)?.closest("mark[data-id]");
  while (mark) {
    ids.push(/** @type {HTMLElement} */ (mark).dataset.id ?? "");
    mark = mark.parentElement?.closest("mark[data-id]");
  }
  return ids;
}

/** @param {{x: number, y: number}} down @param {{clientX: number, clientY: number}} event */
function isStill(down, event) {
  return Math.abs(event.clientX - down.x) < STILL && Math.abs(event.clientY - down.y) < STILL;
}

/**
 * Snap the end that is moved; the other stays.
 * @param {import("./tokens.js").Tokens} tokens @param {import("./schema.js").Entity} entity
 * @param {import("./tokens.js").Span} span @param {string} side
 */
function snapEnd(tokens, entity, span, side) {
  const snapped = tokens.snap(span.start, span.end) ?? span;
  return side === "start" ? { start: snapped.start, end: entity.end } : { start: entity.start, end: snapped.end };
}

/**
 * Put a handle at an edge of a box.
 * @param {HTMLElement} grip @param {"left" | "right"} edge @param {DOMRect} box
 * @param {number} left of the paper @param {number} top of the paper
 */
function place(grip, edge, box, left, top) {
  grip.dataset.edge = edge; // for a mouse it lies inside, so that the next word can be dragged over at once
  grip.style.setProperty("translate", `${box[edge] - left - 12}px ${box.top - top - 6}px`);
  grip.style.setProperty("block-size", `${box.height + 12}px`);
}
