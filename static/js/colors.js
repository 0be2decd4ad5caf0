// @ts-check
/** Label colours that can be read: the contrast of WCAG 2.2, 1.4.3. Colours are `#rrggbb`. */

/** @param {string} color @returns {number[]} */
function channels(color) {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
}

/** Relative luminance, as WCAG 2.2 defines it. @param {string} color */
export function luminance(color) {
  const [red, green, blue] = channels(color).map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two colours, 1 to 21. @param {string} a @param {string} b */
export function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** A colour with a share of another mixed in. @param {string} a @param {string} b @param {number} share of b, 0 to 1 */
export function mix(a, b, share) {
  const other = channels(b);
  const mixed = channels(a).map((value, index) => value * (1 - share) + other[index] * share);
  return `#${mixed.map((value) => Math.round(value * 255).toString(16).padStart(2, "0")).join("")}`;
}

/**
 * The shade of a colour, taken towards black or white, that reaches a contrast on a ground.
 * @param {string} color @param {string} ground @param {number} [least]
 */
export function readable(color, ground, least = 4.5) {
  const towards = luminance(ground) > 0.18 ? "#000000" : "#ffffff";
  for (let share = 0; share < 1; share += 0.05) {
    const shade = mix(color, towards, share);
    if (contrast(shade, ground) >= least) return shade;
  }
  return towards;
}
