// @ts-check
// The pad under a hand: a point that is moved by mouse, finger and keys.
import { ARROWS } from "../../assets/point.js";
import { REACH } from "./pad-canvas.js";

/** @typedef {import("./pad.js").Point} Point */

const ATTRACTS = 12; // px: how near a corner takes hold of the point
const MARGIN = 20; // px: how far out the pad can be touched
const STEP = 0.05; // of an arrow key
const SMALL_STEP = 0.01; // with Shift
/** @type {Point} */
const MIDDLE = [0, 0];

/**
 * Let a canvas be moved on: report(point) for every new place. Arrows step (with Shift a little), Home goes to the middle,
 * 1 ... 9 to a corner.
 * @param {HTMLCanvasElement} canvas
 * @param {import("./pad.js").Pad} pad
 * @param {() => Point | null} current where the point is
 * @param {(point: Point) => void} report
 */
export function movable(canvas, { corners, inside }, current, report) {
  /** The nearest place on the pad, and whether the hand is near enough to mean it. @param {MouseEvent | Touch} event */
  function under({ clientX, clientY }) {
    const box = canvas.getBoundingClientRect();
    const unit = box.width / 2 / REACH;
    /** @type {Point} */
    const hand = [(clientX - box.left - box.width / 2) / unit, (clientY - box.top - box.height / 2) / unit];
    const nearest = inside(hand);
    /** In px. @param {Point} place */
    const distance = ([x, y]) => unit * Math.hypot(x - nearest[0], y - nearest[1]);
    return {
      place: corners.find((corner) => distance(corner) <= ATTRACTS) ?? nearest,
      meant: distance(hand) <= MARGIN,
    };
  }

  let held = false;
  // A finger on the pad moves the point; anywhere else on the canvas it scrolls the page.
  canvas.addEventListener(
    "touchstart",
    (event) => event.touches.length === 1 && under(event.touches[0]).meant && event.preventDefault(),
    { passive: false },
  );
  canvas.addEventListener("pointerdown", (event) => {
    const { place, meant } = under(event);
    if (event.button || !event.isPrimary || !meant) return;
    held = true;
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true }); // which a touch would not do by itself
    report(place);
  });
  canvas.addEventListener("pointermove", (event) => {
    const { place, meant } = under(event);
    canvas.style.cursor = held || meant ? "crosshair" : "";
    if (held && event.isPrimary) report(place);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
    canvas.addEventListener(end, () => {
      held = false;
    });

  /** Where a key leads. @param {KeyboardEvent} event @returns {Point | undefined} */
  function goal({ key, shiftKey }) {
    if (key === "Home") return MIDDLE;
    const arrow = ARROWS[key];
    if (!arrow) return corners[+key - 1];
    const [x, y] = inside(current() ?? MIDDLE);
    const far = shiftKey ? SMALL_STEP : STEP;
    return inside([x + far * arrow[0], y + far * arrow[1]]);
  }
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const place = goal(event);
    if (!place) return;
    event.preventDefault();
    report(place);
  });
}
