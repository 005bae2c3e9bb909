// @ts-check
// Pointing at a pixel of a sprite, by mouse, finger or keys.

/** @typedef {{ x: number, y: number }} Place */

/** @type {Record<string, [number, number]>} */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The pixel of a sprite that a mouse or finger is on.
 * @param {HTMLCanvasElement} canvas @param {MouseEvent} event @returns {Place} */
export function under(canvas, event) {
  const box = canvas.getBoundingClientRect();
  const cell = (/** @type {number} */ v, /** @type {number} */ n) => Math.max(0, Math.min(n - 1, Math.floor(v * n)));
  return {
    x: cell((event.clientX - box.left) / box.width, canvas.width),
    y: cell((event.clientY - box.top) / box.height, canvas.height),
  };
}

/** A step from a pixel, which leaves the sprite at one edge and comes back at the other.
 * @param {Place} place @param {number[]} step @param {{ width: number, height: number }} sprite @returns {Place} */
export const stepped = ({ x, y }, [dx, dy], { width, height }) => ({
  x: (x + dx + width) % width,
  y: (y + dy + height) % height,
});

/**
 * Point at a pixel of a sprite's canvas by mouse, a tap or, when it has the focus, arrow keys; Escape lets go. A finger
 * that moves scrolls the page: it chooses nothing.
 * @param {HTMLCanvasElement} canvas
 * @param {(place: Place | null) => void} report
 * @param {() => Place | null} current the pixel from which the arrow keys go on
 */
export function point(canvas, report, current) {
  canvas.tabIndex = 0;
  canvas.dataset.keys = "arrows";
  canvas.addEventListener("pointermove", (event) => event.pointerType !== "touch" && report(under(canvas, event)));
  canvas.addEventListener("click", (event) => report(under(canvas, event)));
  canvas.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && report(null));
  canvas.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (event.key === "Escape") report(null);
    if (!step) return;
    event.preventDefault();
    const at = current();
    report(at ? stepped(at, step, canvas) : { x: canvas.width >> 1, y: canvas.height >> 1 });
  });
}
