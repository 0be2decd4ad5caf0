// @ts-check
/** The parts of the screen that a key goes round, so that nobody needs a mouse to get to any. */
import { byId } from "./element.js";

const REGIONS = ["viewport", "panels", "guide", "palette", "top"];

/** Give the focus to the next part that is shown. */
export function goToNextRegion() {
  const here = REGIONS.findIndex((id) => byId(id).contains(document.activeElement));
  const others = REGIONS.map((_, step) => REGIONS[(here + 1 + step) % REGIONS.length]);
  const region = byId(others.find((id) => byId(id).checkVisibility()) ?? "viewport");
  const stop = region.tabIndex >= 0 ? region : /** @type {HTMLElement | null} */ (region.querySelector("button:not(:disabled), a, [tabindex='0']"));
  stop?.focus();
}
