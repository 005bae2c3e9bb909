// @ts-check
// Sprites of a drawing, as canvases.
import { node } from "../../assets/dom.js";
import { drawBytes } from "../../assets/pixels.js";

/** @typedef {import("../../assets/pixels.js").Shape} Shape */

/** So many canvases: those that a box has, and new ones. @param {ParentNode} box @param {number} count
 * @param {Shape} shape */
export function canvasesOf(box, count, [, height, width]) {
  const there = box.querySelectorAll("canvas");
  return Array.from({ length: count }, (_, i) => there[i] ?? node("canvas", { width, height }));
}

/** @param {HTMLCanvasElement[]} canvases @param {Uint8Array} rgb a sprite each @param {Shape} shape */
export function paint(canvases, rgb, shape) {
  for (const [i, canvas] of canvases.entries()) drawBytes(canvas, rgb, i, shape);
}
