// @ts-check
// The forward process as numbers: x_t = sqrt(alpha_bar_t) x0 + sqrt(1 - alpha_bar_t) eps, its two parts, the sum that a
// pixel is, and the stages of noise. Needs no page. Pictures are floats (3, 16, 16), as in assets/pixels.js.
import { addition } from "../../assets/numbers.js";
import { AREA, SPRITE, VALUES } from "../../assets/pixels.js";
import { normals } from "./gauss.js";

/** @typedef {import("../../assets/point.js").Place} Place */
/** @typedef {ArrayLike<number>} Values */
/** @typedef {{ signal: number, noise: number }} Weights of x0 and eps in x_t */

export const CHANNELS = ["red", "green", "blue"];

/** @param {number} alphaBar @returns {Weights} */
export const weightsOf = (alphaBar) => ({ signal: Math.sqrt(alphaBar), noise: Math.sqrt(1 - alphaBar) });

/** The signal-to-noise ratio. @param {number} alphaBar */
export const snr = (alphaBar) => alphaBar / (1 - alphaBar);

/** x_t, written to `out`. @param {Float32Array} out @param {Values} x0 @param {Values} eps @param {Weights} weights */
export function noised(out, x0, eps, { signal, noise }) {
  for (let i = 0; i < VALUES; i++) out[i] = signal * x0[i] + noise * eps[i];
  return out;
}

/** A part of the sum, written to `out`. @param {Float32Array} out @param {Values} x @param {number} weight */
export function weighted(out, x, weight) {
  for (let i = 0; i < VALUES; i++) out[i] = weight * x[i];
  return out;
}

/** Where the value of a pixel stands in a picture. @param {Place} place @param {number} channel */
export const valueAt = ({ x, y }, channel) => channel * AREA + SPRITE[2] * y + x;

/**
 * The sum that a pixel of x_t is, channel by channel, as it is written: parts are rounded first, so that it comes out.
 * @param {Place} place @param {Values} x0 @param {Values} eps @param {Weights} weights
 */
export function pixelSum(place, x0, eps, { signal, noise }) {
  return CHANNELS.map((channel, c) => {
    const i = valueAt(place, c);
    const { terms, total } = addition([signal * x0[i], noise * eps[i]]);
    return { channel, signal: terms[0], noise: terms[1], total };
  });
}

/**
 * The stage of noise that these weights belong to: the first that lasts until the noise weighs that many times as much
 * as the sprite.
 * @template {{ until: number }} Stage
 * @param {Stage[]} stages by `until`, of which the last is Infinity
 * @param {Weights} weights
 */
export const stageOf = (stages, { signal, noise }) =>
  /** @type {Stage} */ (stages.find(({ until }) => noise / signal <= until) ?? stages.at(-1));

/** The t of a schedule whose noise level is nearest to that alpha_bar.
 * @param {ArrayLike<number>} table @param {number} alphaBar */
export function nearestStep(table, alphaBar) {
  let best = 0;
  for (let t = 1; t < table.length; t++) if (Math.abs(table[t] - alphaBar) < Math.abs(table[best] - alphaBar)) best = t;
  return best;
}

/** Fresh noise that nobody needs again. @param {() => number} normal */
export const freshNoise = (normal) => Float32Array.from({ length: VALUES }, normal);

/** Noise of its own for each frame of a film, always the same for a t. @param {number} t */
export const frameNoise = (t) => freshNoise(normals(1000 + t));

/** How far sprite number `index` of `rgb` is off: root mean square over its bytes.
 * @param {Values} sprite @param {Values} rgb */
export function offBy(sprite, rgb, index = 0) {
  let sum = 0;
  for (let i = 0; i < VALUES; i++) sum += (sprite[i] - rgb[VALUES * index + i]) ** 2;
  return Math.sqrt(sum / VALUES);
}
