// @ts-check
// What the plots of this lesson have in common: the axis of time, where you are on it, and bars under a bell curve.
import { colour, plot } from "../../assets/plot.js";
import { density } from "./gauss.js";

/** @typedef {import("../../assets/plot.js").Pair} Pair */
/** @typedef {ReturnType<typeof plot>} Plot */

/** Of values of a picture, which lie between -1 and 1, and of noise, of which hardly any lies beyond. @type {Pair} */
export const VALUE_RANGE = [-3.5, 3.5];
/** The width of a bar. */
export const BAR = 0.125;
export const DASHED = { width: 1.5, dash: [5, 5] };

/** The name of a schedule as people read it. @param {string} schedule */
export const titled = (schedule) => schedule.replaceAll("_", " ");

/** The axis of time, for plot(). @param {number} T @returns {{ x: Pair, xTicks: [number, string][] }} */
export const timeAxis = (T) => ({
  x: [0, T],
  xTicks: [
    [0, "t = 0"],
    [T / 2, `${T / 2}`],
    [T, `${T}`],
  ],
});

/** Points of a function of t, close enough for a smooth line. @param {number} T @param {(t: number) => number} f */
export const curve = (T, f) =>
  Array.from({ length: Math.floor(T / 5) + 1 }, (_, k) => /** @type {Pair} */ ([5 * k, f(5 * k)]));

/** Where you are: a vertical line. @param {HTMLCanvasElement} canvas @param {Plot} p @param {number} t */
export function here(canvas, p, t) {
  p.c.strokeStyle = colour(canvas, "--border-color-primary");
  p.c.lineWidth = 1;
  p.c.beginPath();
  p.c.moveTo(p.X(t), p.top);
  p.c.lineTo(p.X(t), p.floor);
  p.c.stroke();
}

/**
 * Bars under an exact density and, if that is wanted, N(0, 1) dashed.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} bars
 * @param {Pair[]} exact
 */
export function bells(canvas, bars, exact, { normal = true } = {}) {
  const [low] = VALUE_RANGE;
  const high = Math.max(0.5, 1.1 * Math.max(...exact.map(([, d]) => d)));
  const p = plot(canvas, {
    x: VALUE_RANGE,
    y: [0, high],
    xTicks: [-3, -2, -1, 0, 1, 2, 3].map((v) => [v, `${v}`.replace("-", "−")]),
    yTicks: [
      [0, "0"],
      [high / 2, (high / 2).toPrecision(2)],
    ],
  });
  p.c.fillStyle = colour(canvas, "--mixture");
  p.c.globalAlpha = 0.28;
  Array.from(bars).forEach((d, i) => {
    const top = p.Y(Math.min(d, high));
    p.c.fillRect(p.X(low + i * BAR) + 0.5, top, p.X(low + BAR) - p.X(low) - 1, p.floor - top);
  });
  p.c.globalAlpha = 1;
  if (normal)
    p.line(
      exact.map(([v]) => [v, density(v, 0, 1)]),
      "--body-text-color",
      DASHED,
    );
  p.line(exact, "--mixture", { width: 2.5 });
}
