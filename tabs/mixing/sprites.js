// @ts-check
// Sprites of an answer, as canvases.
import { node } from "../../assets/dom.js";
import { drawBytes } from "../../assets/pixels.js";

/**
 * The sprite number i. @param {Uint8Array} rgb @param {number} i
 * @param {import("../../assets/pixels.js").Shape} shape
 */
export function sprite(rgb, i, shape) {
  const canvas = node("canvas");
  drawBytes(canvas, rgb, i, shape);
  return canvas;
}
