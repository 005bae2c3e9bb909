// @ts-check
// The pad as a picture: the polygon, a ray to each corner as thick as its weight, the ends of a line, and the point.
import { colour, sharp } from "../../assets/plot.js";

/** @typedef {import("./pad.js").Point} Point */

export const REACH = 1.5; // how far out of the centre the canvas shows the plane

const HANDLE = 11; // px, the radius of the point

/**
 * A ray is dashed where the weight is negative: it pushes away. A point beyond the canvas is drawn at its rim; one that does
 * not exist, not at all.
 * @param {HTMLCanvasElement} canvas
 * @param {import("./pad.js").Pad} pad
 * @param {number[]} weights
 * @param {Point | null} point
 * @param {[string, Point | null][]} marks other places, with a letter each and a line between them
 */
export function drawPad(canvas, { corners, inside }, weights, point, marks) {
  const { context: c, width, rem } = sharp(canvas);
  const unit = width / 2 / REACH;
  /** @param {Point} place @returns {Point} */
  const at = ([x, y]) => [width / 2 + unit * x, width / 2 + unit * y];
  const [border, fill, ink, mixture, noise, ground] = [
    "--border-color-primary",
    "--background-fill-secondary",
    "--body-text-color",
    "--mixture",
    "--noise",
    "--background-fill-primary",
  ].map((name) => colour(canvas, name));

  /** @param {Point[]} places on the canvas */
  function path(places) {
    c.beginPath();
    for (const [i, place] of places.entries()) c[i ? "lineTo" : "moveTo"](...place);
  }

  /** @param {number} scale */
  function polygon(scale) {
    path(corners.map(([x, y]) => at([scale * x, scale * y])));
    c.closePath();
  }

  function board() {
    polygon(1);
    c.fillStyle = fill;
    c.fill();
    c.strokeStyle = border;
    c.lineWidth = 1;
    for (const scale of [1 / 3, 2 / 3]) {
      polygon(scale);
      c.stroke();
    }
    for (const corner of corners) {
      path([at([0, 0]), at(corner)]);
      c.stroke();
    }
    polygon(1);
    c.strokeStyle = ink;
    c.lineWidth = 1.5;
    c.stroke();
  }

  /** @param {Point} from */
  function rays(from) {
    c.globalAlpha = 0.55;
    for (const [i, corner] of corners.entries()) {
      const weight = weights[i];
      if (Math.abs(weight) < 0.005) continue;
      c.strokeStyle = weight > 0 ? mixture : noise;
      c.lineWidth = 1 + 7 * Math.min(1, Math.abs(weight));
      c.setLineDash(weight > 0 ? [] : [6, 6]);
      path([at(from), at(corner)]);
      c.stroke();
    }
    c.setLineDash([]);
    c.globalAlpha = 1;
  }

  function line() {
    /** @type {{ letter: string, place: Point }[]} */
    const ends = marks.flatMap(([letter, end]) => (end ? [{ letter, place: at(inside(end)) }] : []));
    c.strokeStyle = ink;
    c.lineWidth = 1.5;
    c.setLineDash([3, 4]);
    path(ends.map(({ place }) => place));
    c.stroke();
    c.setLineDash([]);
    c.font = `600 ${0.8125 * rem}px system-ui, sans-serif`;
    c.textAlign = "center";
    c.textBaseline = "middle";
    for (const { letter, place } of ends) {
      const [x, y] = place;
      c.fillStyle = ground;
      c.beginPath();
      c.arc(x, y, 0.625 * rem, 0, 2 * Math.PI);
      c.fill();
      c.stroke();
      c.fillStyle = ink;
      c.fillText(letter, x, y + 1);
    }
  }

  /** @param {Point} place @param {boolean} beyond */
  function handle(place, beyond) {
    c.beginPath();
    c.arc(...at(place), HANDLE, 0, 2 * Math.PI);
    c.fillStyle = beyond ? ground : mixture;
    c.fill();
    c.lineWidth = 3;
    c.strokeStyle = beyond ? mixture : ground;
    c.stroke();
  }

  board();
  if (!point) return line();
  const rim = Math.max(1, Math.hypot(...point) / (REACH - 0.15));
  /** @type {Point} */
  const shown = [point[0] / rim, point[1] / rim];
  rays(shown);
  line();
  handle(shown, rim > 1);
}
