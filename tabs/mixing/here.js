// @ts-check
// What a drawing asks for, read for the page's own engine: runs of one sprite each, as lesson.py has them in one. What
// cannot be read so, or is too much, is the server's, which says what is wrong. Needs no page.
import { timestepsOf } from "../../assets/generate.js";
import { between, lerp, slerp } from "../../assets/interpolate.js";
import { valuesOf } from "../../assets/pixels.js";
import { Generator, randn } from "../../assets/randn.js";
import { MAX_WEIGHT, within } from "../../assets/reading.js";
import { WAYS } from "./state.js";

/** @typedef {import("../../assets/generate.js").Config} Config */
/** @typedef {{ config: Config, start?: import("../../assets/generate.js").Start }} Run */
/** Of noises between two seeds: the root mean square of each, and the angle between the ends, in degrees.
 * @typedef {{ spread: number[], theta: number }} Figures */

const MOST = 64; // sprites

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
const dot = (a, b) => Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0);

/** From one seed's noise to another's: along the sphere, then on the straight line. @param {number} seed
 * @param {number} seed_b @param {number} places of each @param {number} n numbers of a noise */
export function noises(seed, seed_b, places, n) {
  const [a, b] = [seed, seed_b].map((one) => randn(n, new Generator(one))),
    shares = Array.from({ length: places }, (_, i) => i / (places - 1));
  return [...slerp(a, b, shares), ...lerp(a, b, shares)];
}

/** @param {Float32Array[]} x_T of noises() @returns {Figures} */
export function figuresOf(x_T) {
  const lengths = x_T.map((x) => dot(x, x) ** 0.5),
    end = x_T.length / 2 - 1,
    cosine = dot(x_T[0], x_T[end]) / (lengths[0] * lengths[end]);
  return {
    spread: lengths.map((length, i) => length / x_T[i].length ** 0.5),
    theta: (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI,
  };
}

/**
 * @param {Pick<import("./state.js").Data, "classes" | "full" | "places" | "grid" | "max" | "shape">} data
 * @param {any} request of a job
 * @returns {{ runs: Run[] } & Partial<Figures> | null} null for the server
 */
export function readDrawing({ classes, full, places, grid, max, shape }, request) {
  const { what, weights, a = weights, b = weights, guidance_scale, seed, seed_b = seed, mixing } = request,
    seeds = [seed, seed_b],
    fits = [a, b].every((mix) =>
      Object.entries(mix).every(([name, w]) => classes.includes(name) && within(w, -MAX_WEIGHT, MAX_WEIGHT)),
    );
  if (!fits || !WAYS.includes(mixing) || !within(guidance_scale, 0, max.guidance)) return null;
  if (!seeds.every((one) => Number.isInteger(one) && within(one, 0, max.seed))) return null;

  /** @param {Record<string, number>} mix @param {number} own @returns {Run} */
  const run = (mix, own) => ({ config: { ...full, count: 1, weights: mix, seed: own, guidance_scale, mixing } });
  /** @param {number} mixes @param {number} rows */
  const table = (mixes, rows) =>
    Array.from({ length: rows }, (_, i) => between(a, b, mixes).map((mix) => run(mix, seed + i))).flat();
  /** @param {Run[]} runs @param {Partial<Figures>} figures */
  const made = (runs, figures = {}) => (runs.length > MOST ? null : { runs, ...figures });

  if (what === "sheet") return made(Array.from({ length: full.count }, (_, i) => run(weights, seed + i)));
  if (what === "morph") return made(table(places, 1));
  if (what === "grid") return made(table(grid, grid));
  if (what !== "seeds") return null;
  const x_T = noises(seed, seed_b, places, valuesOf(shape)),
    [T] = timestepsOf(full);
  return made(
    x_T.map((x, i) => ({ ...run(weights, seed + i), start: [T, x] })),
    figuresOf(x_T),
  );
}
