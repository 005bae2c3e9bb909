// @ts-check
// A run as the page handles it: what lesson.py's trajectory() sends, decoded into arrays of the checkpoint's shape, and
// what follows from them: the mean of each step, the noise that it added, guidance as a sum. Needs no page.
import { bytes, bytesOf, float16, valuesOf } from "../../assets/pixels.js";

/** @typedef {import("../../assets/pixels.js").Shape} Shape */
/** @typedef {import("../../assets/point.js").Place} Place */
/** @typedef {{ weights: Record<string, number>, network: string, sampler: string, num_inference_steps: number,
 *   guidance_scale: number, seed: number, eta: number, noise_scale: number, schedule: string }} Config */
/** What a fork may change. @typedef {Pick<Config, "weights" | "network" | "sampler" | "guidance_scale" | "seed" |
 *   "eta" | "noise_scale">} Change */
/** @typedef {Change & { at: number }} Fork the step that it was made at, and how the run went on */
/** Of the step x_t' = a x0 + b (x_t or eps) + sigma z; s1 and s2 as the course has it, or null. @typedef {{ a: number,
 *   b: number, s1: number | null, s2: number | null }} StepNumbers */

/**
 * What lesson.py sends: arrays as base64, see trajectory and told there.
 * @typedef {{ shape: Shape, what: string, nfe: number, t: number[], x_t: string, rgb: string, eps: string, x0: string,
 *   z: string | null, configs: Config[], alpha_bars: number[], sigmas: number[], numbers: (StepNumbers | null)[], warning: string | null,
 *   parts: { at: number[], conditional: string, unconditional: string } | null,
 *   config: Config, forks: Fork[], python: string | null, seconds: number }} Payload
 */
/** Parts of guidance, in the steps `at`; `clearest` is that where the two differ most.
 * @typedef {{ at: number[], conditional: Float32Array, unconditional: Float32Array, clearest: number }} Parts */
/** A run of n steps: x_t and rgb hold n + 1 states, all else n. here: it was made in the page; then python, its program,
 * is null until the server is asked for it.
 * @typedef {Omit<Payload, "x_t" | "rgb" | "eps" | "x0" | "z" | "parts"> & { here: boolean, x_t: Float32Array,
 *   rgb: Uint8Array, eps: Float32Array, x0: Float32Array, z: Float32Array | null, mean: Float32Array | null,
 *   parts: Omit<Parts, "clearest"> | null }} Made */
/** n: steps; values: of one tensor. @typedef {Omit<Made, "mean" | "parts"> & { n: number, values: number,
 *   mean: Float32Array, noise: Float32Array, parts: Parts | null }} Trajectory */

/** What the server sends. @param {Payload} payload @returns {Trajectory} */
export const decoded = ({ parts, ...payload }) =>
  completed({
    ...payload,
    here: false,
    z: payload.z === null ? null : float16(payload.z),
    x_t: float16(payload.x_t),
    eps: float16(payload.eps),
    x0: float16(payload.x0),
    rgb: bytes(payload.rgb),
    mean: null,
    parts: parts && {
      at: parts.at,
      conditional: float16(parts.conditional),
      unconditional: float16(parts.unconditional),
    },
  });

/** A run with what follows from its tensors. Where the means are not known they are x_t' − sigma z, exact up to half
 * precision. @param {Made} run @returns {Trajectory} */
export function completed(run) {
  const n = run.t.length - 1,
    values = valuesOf(run.shape),
    { z, x_t, sigmas, parts } = run,
    noise = new Float32Array(n * values);
  if (z) for (let i = 0; i < noise.length; i++) noise[i] = sigmas[Math.floor(i / values)] * z[i];
  return {
    ...run,
    n,
    values,
    noise,
    mean: run.mean ?? x_t.slice(values).map((after, i) => after - noise[i]),
    parts: parts && { ...parts, clearest: clearest(parts, values) },
  };
}

/** The step in which the two answers differ most. @param {Omit<Parts, "clearest">} parts @param {number} values */
function clearest({ at, conditional, unconditional }, values) {
  const differences = at.map((_, j) => {
    let sum = 0;
    for (let v = j * values; v < (j + 1) * values; v++) sum += Math.abs(conditional[v] - unconditional[v]);
    return sum;
  });
  return at[differences.indexOf(Math.max(...differences))];
}

/** The finished sprite, RGB bytes. @param {Trajectory} run */
export const finishedRGB = (run) => run.rgb.slice(run.n * bytesOf(run.shape));

/** A pixel's value in tensor number k of a row of them. @param {ArrayLike<number>} array @param {Shape} shape
 * @param {number} k @param {number} channel @param {Place} pixel @returns {number} */
export function valueAt(array, [channels, rows, columns], k, channel, { x, y }) {
  return array[((k * channels + channel) * rows + y) * columns + x];
}

/**
 * Guidance in step k: where its tensors begin in the parts, the difference of the two answers and the largest value in
 * it, what they are added up to, and how many values of that are no colours. Null if the step was not guided.
 * @param {Trajectory} run
 * @param {number} k
 */
export function guided({ parts, values, configs }, k) {
  const j = parts ? parts.at.indexOf(k) : -1;
  if (!parts || j < 0) return null;
  const from = j * values,
    scale = configs[k].guidance_scale,
    without = parts.unconditional.subarray(from, from + values),
    difference = parts.conditional.slice(from, from + values).map((v, i) => v - without[i]),
    result = difference.map((v, i) => without[i] + scale * v);
  return {
    from,
    difference,
    result,
    most: difference.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-6),
    outside: result.filter((v) => Math.abs(v) > 1.01).length,
  };
}
