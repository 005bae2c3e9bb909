// @ts-check
// The samplers' rules, with the names and equations of core/samplers: from x_t to the mean of x_prev, and the standard
// deviation of the noise to add to it. The loop is diffusion.js's sample().
import { combine, KARRAS_SIGMA_MAX } from "./diffusion.js";

/** @typedef {import("./diffusion.js").NoiseSchedule} NoiseSchedule */
/** @typedef {import("./diffusion.js").Prediction} Prediction */
/** @typedef {import("./diffusion.js").Rule} Rule */
/** @typedef {import("./diffusion.js").SampleStep} SampleStep */
/** Fields of core's GenerateConfig.
 * @typedef {{ eta: number, variance: "beta_tilde" | "beta", noise_scale: number }} Settings */
/** Of a step, x_prev = a x0 + b y + sigma z = s1 (x_t − s2 eps) + sigma z (core/samplers/formula.py).
 * @typedef {{ a: number, b: number, sigma: number, s1: number | null, s2: number }} StepNumbers */

// ---- ancestral.py: one prediction a step, no memory -------------------------------------------------------------------

/** The mean's coefficients of Ho et al. 2020, eq. 7, for any stride: ᾱ_t / ᾱ_prev, that of x0 and that of x_t.
 * @param {number} now ᾱ_t @param {number} then ᾱ_prev */
function posterior(now, then) {
  const alpha = now / then;
  return { alpha, a: (then ** 0.5 * (1 - alpha)) / (1 - now), b: (alpha ** 0.5 * (1 - then)) / (1 - now) };
}

/** Ho et al. 2020, algorithm 2, for any stride; noise_scale 0 leaves out the noise.
 * @param {Pick<Settings, "variance" | "noise_scale">} settings @returns {Rule} */
const ddpm =
  ({ variance, noise_scale }) =>
  (denoise, schedule, x_t, t, t_prev) => {
    const prediction = denoise(x_t, t),
      [now, then] = [prediction.alphaBar, schedule.alphaBar[t_prev]],
      { alpha, a, b } = posterior(now, then),
      squared = variance === "beta" ? 1 - alpha : ((1 - alpha) * (1 - then)) / (1 - now);
    return {
      prediction,
      mean: combine(a, prediction.x0, b, x_t),
      sigma_t: t_prev === 0 ? 0 : noise_scale * squared ** 0.5,
    };
  };

/** @param {NoiseSchedule} schedule @param {number} t @param {number} t_prev @param {number} sigma
 * @returns {StepNumbers} */
function ddpmNumbers(schedule, t, t_prev, sigma) {
  const now = schedule.alphaBar[t],
    { alpha, a, b } = posterior(now, schedule.alphaBar[t_prev]);
  return { a, b, sigma, s1: alpha ? alpha ** -0.5 : null, s2: (1 - alpha) / (1 - now) ** 0.5 };
}

/** √(1 − ᾱ_prev − sigma²). @param {number} then ᾱ_prev @param {number} sigma */
const direction = (then, sigma) => Math.max(0, 1 - then - sigma ** 2) ** 0.5;

/** Song et al. 2020, eq. 12, with sigma_t of eq. 16; eta = 0 adds no noise.
 *     sigma_t = eta √((1 − ᾱ_prev) / (1 − ᾱ_t)) √(1 − ᾱ_t / ᾱ_prev)
 *     mean = √ᾱ_prev x0 + √(1 − ᾱ_prev − sigma_t²) eps
 * @param {Pick<Settings, "eta">} settings @returns {Rule} */
const ddim =
  ({ eta }) =>
  (denoise, schedule, x_t, t, t_prev) => {
    const prediction = denoise(x_t, t),
      [now, then] = [prediction.alphaBar, schedule.alphaBar[t_prev]],
      sigma_t = eta * (((1 - then) / (1 - now)) * (1 - now / then)) ** 0.5;
    return {
      prediction,
      mean: combine(then ** 0.5, prediction.x0, direction(then, sigma_t), prediction.eps),
      sigma_t,
    };
  };

/** @param {NoiseSchedule} schedule @param {number} t @param {number} t_prev @param {number} sigma
 * @returns {StepNumbers} */
function ddimNumbers(schedule, t, t_prev, sigma) {
  const [now, then] = [schedule.alphaBar[t], schedule.alphaBar[t_prev]],
    alpha = now / then,
    b = direction(then, sigma);
  return { a: then ** 0.5, b, sigma, s1: alpha ? alpha ** -0.5 : null, s2: (1 - now) ** 0.5 - alpha ** 0.5 * b };
}

// ---- sigma.py: solvers of dy / dσ = eps, y = x / √ᾱ (Song et al. 2020, eq. 14) -----------------------------------------

/** x_prev for y_prev = x0 + σ_prev eps. @param {NoiseSchedule} schedule @param {Prediction} prediction @param {number} t_prev */
const eulerStep = (schedule, { x0, eps }, t_prev) =>
  combine(schedule.alphaBar[t_prev] ** 0.5, x0, (1 - schedule.alphaBar[t_prev]) ** 0.5, eps);

/** Euler's x_prev, had its slope been eps.
 * @param {NoiseSchedule} schedule @param {Float32Array} x_prev @param {Prediction} prediction @param {Float32Array} eps
 * @param {number} t @param {number} t_prev */
function withSlope(schedule, x_prev, prediction, eps, t, t_prev) {
  const by = schedule.alphaBar[t_prev] ** 0.5 * (schedule.sigma[t_prev] - schedule.sigma[t]);
  return combine(1, x_prev, by, combine(1, eps, -1, prediction.eps));
}

/** Euler's method: ddim's step with eta = 0. @returns {Rule} */
const euler = () => (denoise, schedule, x_t, t, t_prev) => {
  const prediction = denoise(x_t, t);
  return { prediction, mean: eulerStep(schedule, prediction, t_prev), sigma_t: 0 };
};

/** Whether a step has no second slope: to t = 0, and from nearly pure noise (see core's sigma.py).
 * @param {NoiseSchedule} schedule @param {number} t @param {number} t_prev */
const single = (schedule, t, t_prev) => t_prev === 0 || schedule.sigma[t] > KARRAS_SIGMA_MAX;

/** Heun's method (Karras et al. 2022, algorithm 1): the mean of eps here and where Euler's step arrives. @type {Rule} */
function heunStep(denoise, schedule, x_t, t, t_prev) {
  const prediction = denoise(x_t, t),
    x_prev = eulerStep(schedule, prediction, t_prev);
  if (single(schedule, t, t_prev)) return { prediction, mean: x_prev, sigma_t: 0 };
  const eps = combine(0.5, prediction.eps, 0.5, denoise(x_prev, t_prev).eps);
  return { prediction, mean: withSlope(schedule, x_prev, prediction, eps, t, t_prev), sigma_t: 0 };
}

/** Adams and Bashforth's weights of eps at t and at the steps before it, by their number. */
const ADAMS_BASHFORTH = [[], [], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]];

/** PNDM's linear multistep (Liu et al. 2022, section 3): a slope from four steps; the first is Heun's. @returns {Rule} */
const plms = () => (denoise, schedule, x_t, t, t_prev, history) => {
  if (!history.length) return heunStep(denoise, schedule, x_t, t, t_prev, history);
  const prediction = denoise(x_t, t),
    slopes = [
      prediction.eps,
      ...history
        .slice(-3)
        .reverse()
        .map((step) => step.prediction.eps),
    ],
    weights = ADAMS_BASHFORTH[slopes.length],
    eps = prediction.eps.map((_, i) => slopes.reduce((sum, slope, k) => sum + weights[k] * slope[i], 0)),
    x_prev = eulerStep(schedule, prediction, t_prev);
  return { prediction, mean: withSlope(schedule, x_prev, prediction, eps, t, t_prev), sigma_t: 0 };
};

// ---- dpm.py: multistep solvers in λ = log-SNR / 2 -----------------------------------------------------------------------

/** λ_prev − λ_t, half a difference of log-SNR. @param {NoiseSchedule} schedule @param {number} t @param {number} t_prev */
const stepSize = (schedule, t, t_prev) => (schedule.logSnr[t_prev] - schedule.logSnr[t]) / 2;

/** x_prev for a constant x0: √((1 − ᾱ_prev) / (1 − ᾱ_t)) x_t − √ᾱ_prev (e^−h − 1) x0 (Lu et al. 2022b).
 * @param {NoiseSchedule} schedule @param {Float32Array} x_t @param {Float32Array} x0 @param {number} t @param {number} t_prev */
function solverStep(schedule, x_t, x0, t, t_prev) {
  const [now, then] = [schedule.alphaBar[t], schedule.alphaBar[t_prev]],
    h = stepSize(schedule, t, t_prev);
  return combine(((1 - then) / (1 - now)) ** 0.5, x_t, -(then ** 0.5) * Math.expm1(-h), x0);
}

/** D = (1 + 1/(2r)) x0 − 1/(2r) x0_last, r = h_last / h; x0 in the first step and in that to t = 0.
 * @param {NoiseSchedule} schedule @param {Prediction} prediction @param {number} t @param {number} t_prev
 * @param {SampleStep[]} history */
function drawnOn(schedule, prediction, t, t_prev, history) {
  const last = history.at(-1);
  if (!last || t_prev === 0) return prediction.x0;
  const r = stepSize(schedule, last.t, t) / stepSize(schedule, t, t_prev);
  return combine(1 + 1 / (2 * r), prediction.x0, -1 / (2 * r), last.prediction.x0);
}

/** DPM-Solver++(2M) (Lu et al. 2022b, algorithm 2). @returns {Rule} */
const dpmpp2m = () => (denoise, schedule, x_t, t, t_prev, history) => {
  const prediction = denoise(x_t, t),
    x0 = drawnOn(schedule, prediction, t, t_prev, history);
  return { prediction, mean: solverStep(schedule, x_t, x0, t, t_prev), sigma_t: 0 };
};

/** SDE-DPM-Solver++(2M) (Lu et al. 2022b): the reverse SDE with the D of drawnOn. @returns {Rule} */
const dpmpp2mSde = () => (denoise, schedule, x_t, t, t_prev, history) => {
  const prediction = denoise(x_t, t),
    x0 = drawnOn(schedule, prediction, t, t_prev, history),
    [now, then] = [prediction.alphaBar, schedule.alphaBar[t_prev]],
    h = stepSize(schedule, t, t_prev),
    kept = ((1 - then) / (1 - now)) ** 0.5 * Math.exp(-h),
    fresh = -Math.expm1(-2 * h);
  return { prediction, mean: combine(kept, x_t, then ** 0.5 * fresh, x0), sigma_t: ((1 - then) * fresh) ** 0.5 };
};

/** x_t by UniC-2 (Zhao et al. 2023): core's _corrected.
 * @param {NoiseSchedule} schedule @param {Float32Array} x_t @param {Prediction} prediction @param {number} t
 * @param {SampleStep[]} history */
function corrected(schedule, x_t, prediction, t, history) {
  const [before, last] = [history.at(-2), /** @type {SampleStep} */ (history.at(-1))],
    h = stepSize(schedule, last.t, t),
    B = Math.expm1(-h),
    weight = schedule.alphaBar[t] ** 0.5 * B,
    change = combine(1, prediction.x0, -1, last.prediction.x0);
  if (!before) return combine(1, x_t, -weight / 2, change);
  const r = stepSize(schedule, before.t, last.t) / h,
    hPhi2 = B / -h - 1,
    hPhi3 = hPhi2 / -h - 1 / 2,
    [b1, b2] = [hPhi2 / B, (2 * hPhi3) / B],
    rho1 = (b1 - b2) / (1 + r),
    slope = combine((rho1 - 1 / 2) / r, combine(1, last.prediction.x0, -1, before.prediction.x0), b1 - rho1, change);
  return combine(1, x_t, -weight, slope);
}

/** UniPC-2 (Zhao et al. 2023) for data prediction, with B(h) = e^−h − 1: dpmpp2m's step, and the prediction where it
 * arrives corrects that state before the next step starts from it. @type {Rule} */
const unipcRule = (denoise, schedule, x_t, t, t_prev, history) => {
  const prediction = denoise(x_t, t),
    from = history.at(-1)?.rule === unipcRule ? corrected(schedule, x_t, prediction, t, history) : x_t,
    x0 = drawnOn(schedule, prediction, t, t_prev, history);
  return { prediction, mean: solverStep(schedule, from, x0, t, t_prev), sigma_t: 0 };
};
const unipc = () => unipcRule;

/** By core's names (core/samplers/registry.py): what makes the rule, of which settings, and the numbers of its steps, if
 * they are a formula in the step's prediction alone.
 * @type {Record<string, { rule: (settings: Settings) => Rule, settings: (keyof Settings)[],
 *   numbers?: (schedule: NoiseSchedule, t: number, t_prev: number, sigma: number) => StepNumbers }>} */
export const SAMPLERS = {
  ddpm: { rule: ddpm, settings: ["variance", "noise_scale"], numbers: ddpmNumbers },
  ddim: { rule: ddim, settings: ["eta"], numbers: ddimNumbers },
  euler: { rule: euler, settings: [], numbers: ddimNumbers },
  heun: { rule: () => heunStep, settings: [] },
  plms: { rule: plms, settings: [] },
  dpmpp_2m: { rule: dpmpp2m, settings: [] },
  dpmpp_2m_sde: { rule: dpmpp2mSde, settings: [] },
  unipc: { rule: unipc, settings: [] },
};
