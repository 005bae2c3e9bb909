// @ts-check
// Sprites side by side under a title, and numbers as small labels over large values.
import { node } from "../../assets/dom.js";
import { bytes, bytesOf, drawBytes } from "../../assets/pixels.js";

/** A sheet as draw_sheets of sheets.py sends it; what could not be measured is null.
 * @typedef {{ noise_scale: number, guidance_scale: number, sprites: string, diversity: number | null,
 *   taken: number | null, cut_off: number }} Sheet */

/** @param {number} share */
export const percent = (share) => Math.round(100 * share);

/** @param {Sheet} sheet @param {import("../../assets/pixels.js").Shape} shape
 * @param {{ title: string, ariaLabel: string, className?: string }} words @param {...Node} measured what stands under it */
export function sheetOf({ sprites }, shape, { title, ariaLabel, className = "" }, ...measured) {
  const rgb = bytes(sprites),
    grid = node("div", { className: `sheet ${className}`, role: "img", ariaLabel });
  for (let i = 0; i < rgb.length / bytesOf(shape); i++) {
    const canvas = node("canvas");
    drawBytes(canvas, rgb, i, shape);
    grid.append(canvas);
  }
  return node("div", {}, node("h4", { textContent: title }), grid, ...measured);
}

/** What goes into a dl.readout-strip. @param {(readonly [label: string | Node[], value: string])[]} pairs */
export const readouts = (pairs) =>
  pairs.map(([label, value]) => node("div", {}, node("dt", {}, ...label), node("dd", { textContent: value })));
