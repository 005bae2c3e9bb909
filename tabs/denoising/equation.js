// @ts-check
// The equation of one step: which of lesson.html's equations says what its sampler did, and the numbers to be filled
// in. (They are MathML there; a script only chooses among them.) Needs no page.
import { number } from "../../assets/numbers.js";

/** @typedef {import("./trajectory.js").Trajectory} Trajectory */
/** @typedef {import("../../assets/words.js").Values} Values */

/**
 * Names and values of the words that tell step k: with symbols, with numbers, as the course writes it. `row` is null,
 * and only numbers are given, for a step that no formula in this prediction alone makes.
 * @param {Trajectory} run
 * @param {number} k
 * @param {string} y what the mean is a sum of, beside x̂₀: "x_t" or "eps"
 * @param {boolean} scaled whether λ takes a part of the fresh noise away
 */
export function equation(run, k, y, scaled) {
  const s = run.sigmas[k],
    row = run.numbers[k],
    ends = { t: run.t[k], next: run.t[k + 1] };
  if (!row) return { symbols: null, numbers: "numbers-none", values: ends, course: false };
  const { a, b, s1, s2 } = row,
    ddpm = y === "x_t",
    noisy = s > 0;
  /** @type {Values} */
  const values = { ...ends, a: number(a), b: number(b), s: number(s), noisy, still: !noisy, scaled, unscaled: !scaled };
  if (s1 !== null && s2 !== null)
    Object.assign(values, {
      s1: number(s1),
      s2: number(s2),
      ddpm,
      not_ddpm: !ddpm,
      smaller: ddpm && noisy, // of the DDPM paper's two variances
      root_beta: number(Math.sqrt(1 - s1 ** -2)),
      cancels: s1 > 20,
    });
  const kind = ddpm ? "x_t" : "eps";
  return { symbols: `symbols-${kind}`, numbers: `numbers-${kind}`, values, course: s1 !== null };
}

/** The sums that make one value of x_t′: [factor, value] of x̂₀, of x_t or ε̂, and of z if the step adds noise.
 * @param {Trajectory} run @param {number} k @param {string} y
 * @param {(array: Float32Array) => number} at the value of a tensor of step k
 * @returns {[number, number][] | null} */
export function summands(run, k, y, at) {
  const row = run.numbers[k];
  if (!row) return null;
  /** @type {[number, number][]} */
  const pairs = [
    [row.a, at(run.x0)],
    [row.b, at(y === "x_t" ? run.x_t : run.eps)],
  ];
  if (run.z && run.sigmas[k] > 0) pairs.push([run.sigmas[k], at(run.z)]);
  return pairs;
}
