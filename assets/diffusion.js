// @ts-check
// Diffusion in the page: schedule, prediction, guidance and the loop of sampling, with the names and equations of core
// (its schedule.py, prediction.py, conditions.py, guidance.py and samplers/loop.py). It knows neither page nor network.
// The samplers' rules: samplers.js.
//
// States are Float32Arrays of a whole batch, (B, n), one sprite after the other. Time is 0 for a clean sprite, T for noise.

/** @typedef {"eps" | "x0" | "v"} PredictionType */
/** @typedef {{ label: string, condition: Float32Array, coefficient: Float32Array }} Question rows (B, K), and (B) */
/** @typedef {{ label: string, coefficient: Float32Array, x0: Float32Array, eps: Float32Array }} Branch */
/** @typedef {{ x0: Float32Array, eps: Float32Array, alphaBar: number, nfe: number, branches: Branch[],
 *   unclipped: Float32Array | null }} Prediction √ᾱ x0 + √(1−ᾱ) eps = x_t */
/** @typedef {(x_t: Float32Array, t: number) => Prediction} Denoise */
/** @typedef {(x_t: Float32Array, logSnr: Float32Array, rows: Float32Array) => Float32Array} Network (B, n), (B), (B, K) */
/** @typedef {{ index: number, t: number, t_prev: number, x_t: Float32Array, prediction: Prediction, mean: Float32Array,
 *   sigma_t: number, noise: Float32Array | null, x_prev: Float32Array, nfe: number, rule: Rule }} SampleStep */
/** @typedef {(denoise: Denoise, schedule: NoiseSchedule, x_t: Float32Array, t: number, t_prev: number,
 *   history: SampleStep[]) => { prediction: Prediction, mean: Float32Array, sigma_t: number }} Rule */

const KARRAS_RHO = 7; // Karras et al. 2022, table 1, and
export const KARRAS_SIGMA_MAX = 80;

/** count numbers from start to end, evenly. @param {number} start @param {number} end @param {number} count */
const linspace = (start, end, count) =>
  Float64Array.from({ length: count }, (_, i) => start + ((end - start) * i) / (count - 1));

/** ᾱ of β₁ … β_T. @param {Float64Array} beta */
function fromBeta(beta) {
  const alphaBar = Float64Array.of(1, ...beta);
  for (let t = 1; t < alphaBar.length; t++) alphaBar[t] = alphaBar[t - 1] * (1 - beta[t - 1]);
  return alphaBar;
}

/** By name, ᾱ₀ … ᾱ_T with the constants of its paper. @type {Record<string, (T: number) => Float64Array>} */
const SCHEDULES = {
  linear: (T) => fromBeta(linspace(1e-4, 0.02, T)),
  scaled_linear: (T) => fromBeta(linspace(0.00085 ** 0.5, 0.012 ** 0.5, T).map((root) => root ** 2)),
  cosine(T) {
    const curve = linspace(0, 1, T + 1).map((u) => Math.cos((((u + 0.008) / 1.008) * Math.PI) / 2) ** 2);
    return fromBeta(curve.slice(1).map((value, i) => Math.min(0.999, 1 - value / curve[i])));
  },
  sigmoid(T) {
    const s = linspace(-3, 3, T + 1).map((x) => 1 / (1 + Math.exp(-x)));
    return s.map((value) => Math.max(1e-9, (s[T] - value) / (s[T] - s[0])));
  },
};

/** The forward process q(x_t | x0) = N(√ᾱ_t x0, (1 − ᾱ_t) I), for t = 0 … T. */
export class NoiseSchedule {
  /** @param {Float64Array} alphaBar ᾱ₀ = 1, then falling */
  constructor(alphaBar) {
    this.alphaBar = alphaBar;
    /** log(ᾱ / (1 − ᾱ)): ∞ at t = 0, −∞ where ᾱ is 0 */
    this.logSnr = alphaBar.map((a) => Math.log(a / (1 - a)));
    /** √((1 − ᾱ) / ᾱ), the noise level of Karras et al. 2022 */
    this.sigma = alphaBar.map((a) => Math.sqrt((1 - a) / a));
  }

  /** @param {string} name @param {number} [T] @param {boolean} [zeroTerminalSnr] */
  static named(name, T = 500, zeroTerminalSnr = false) {
    if (!Object.hasOwn(SCHEDULES, name))
      throw new Error(`unknown schedule ${name}; the schedules are ${Object.keys(SCHEDULES).join(", ")}`);
    const schedule = new NoiseSchedule(SCHEDULES[name](T));
    return zeroTerminalSnr ? schedule.withZeroTerminalSnr() : schedule;
  }

  /** √ᾱ shifted and scaled so that t = 1 keeps its value and t = T becomes 0 (Lin et al. 2023, algorithm 1). */
  withZeroTerminalSnr() {
    const root = this.alphaBar.map(Math.sqrt),
      last = root[root.length - 1];
    return new NoiseSchedule(root.map((r, t) => (t ? (((r - last) * root[1]) / (root[1] - last)) ** 2 : 1)));
  }

  /** T */
  get numTrainTimesteps() {
    return this.alphaBar.length - 1;
  }

  /** x_t = √ᾱ_t x0 + √(1 − ᾱ_t) eps (Ho et al. 2020, eq. 4). @param {Float32Array} x0 @param {number} t @param {Float32Array} eps */
  addNoise(x0, t, eps) {
    return combine(this.alphaBar[t] ** 0.5, x0, (1 - this.alphaBar[t]) ** 0.5, eps);
  }

  /** The n + 1 timesteps of n steps, from T (but for leading) down to 0; core's schedule.py says what each spacing is.
   * @param {number} n @param {string} [spacing] @returns {number[]} */
  timesteps(n, spacing = "trailing") {
    const T = this.numTrainTimesteps;
    if (!Number.isInteger(n) || n < 1 || n > T)
      throw new Error(`the number of steps must be a whole number from 1 to T = ${T}; got ${n}`);
    /** a / b, rounded half up @param {number} a @param {number} b */
    const rounded = (a, b) => Math.floor((2 * a + b) / (2 * b));
    /** @param {number} count @param {(k: number) => number} value */
    const down = (count, value) => Array.from({ length: count }, (_, i) => value(count - 1 - i));
    if (spacing === "trailing") return down(n + 1, (k) => rounded(T * k, n));
    if (spacing === "linspace") return n === 1 ? [T, 0] : [...down(n, (k) => 1 + rounded((T - 1) * k, n - 1)), 0];
    if (spacing === "leading") return [...down(n, (k) => 1 + k * Math.floor(T / n)), 0];
    if (spacing === "karras") return distinct([0, ...this.karras(n), T], T).reverse();
    if (spacing !== "quadratic" && spacing !== "mirrored") throw new Error(`unknown spacing ${spacing}`);
    const squares = distinct(down(n + 1, (k) => rounded(T * k * k, n * n)).reverse(), T);
    return spacing === "quadratic" ? squares.reverse() : squares.map((t) => T - t);
  }

  /** The n − 1 timesteps between 0 and T of that spacing. @param {number} n @returns {number[]} */
  karras(n) {
    const [, ...sigma] = this.sigma,
      a = Math.min(sigma[sigma.length - 1], KARRAS_SIGMA_MAX) ** (1 / KARRAS_RHO),
      b = sigma[0] ** (1 / KARRAS_RHO),
      between = sigma.slice(1).map((s, i) => (Math.log(s) + Math.log(sigma[i])) / 2);
    return [...linspace(b, a, n).subarray(0, n - 1)].map((root) => {
      const at = between.findIndex((middle) => middle >= Math.log(root ** KARRAS_RHO));
      return 1 + (at < 0 ? between.length : at);
    });
  }
}

/** Whole numbers, 0 = first ≤ … ≤ last = T, made strictly increasing by the smallest possible largest shift.
 * @param {number[]} wanted @param {number} T */
function distinct(wanted, T) {
  const n = wanted.length - 1,
    c = wanted.map((t, i) => t - i);
  return c.map((_, i) => {
    const high = Math.max(...c.slice(0, i + 1)),
      low = Math.min(...c.slice(i));
    return i + Math.min(Math.max(Math.floor((low + high) / 2), 0), T - n);
  });
}

/** a x + b y. @param {number} a @param {Float32Array} x @param {number} b @param {Float32Array} y */
export const combine = (a, x, b, y) => x.map((value, i) => a * value + b * y[i]);

/** A network's answer, read as eps, x0 or v: v = √ᾱ eps − √(1−ᾱ) x0 (Salimans & Ho 2022).
 * @param {Float32Array} raw @param {Float32Array} x_t @param {number} alphaBar @param {PredictionType} type
 * @param {{ clipX0?: boolean, nfe?: number, branches?: Branch[] }} [options] clipX0: x0 is kept in [−1, 1]
 * @returns {Prediction} */
export function toPrediction(raw, x_t, alphaBar, type, { clipX0 = false, nfe = 1, branches = [] } = {}) {
  const signal = alphaBar ** 0.5,
    noise = (1 - alphaBar) ** 0.5;
  if (type === "eps" && signal === 0) throw new Error("at ᾱ = 0 a noise prediction says nothing about x0");
  const whole =
    type === "x0"
      ? raw
      : type === "v"
        ? combine(signal, x_t, -noise, raw)
        : combine(1 / signal, x_t, -noise / signal, raw);
  const x0 = clipX0 ? whole.map((value) => Math.min(1, Math.max(-1, value))) : whole;
  let eps = raw;
  if (clipX0 || type === "x0") eps = combine(1 / noise, x_t, -signal / noise, x0);
  else if (type === "v") eps = combine(noise, x_t, signal, raw);
  return { x0, eps, alphaBar, nfe, branches, unclipped: clipX0 ? whole : null };
}

/** What guidance at that scale asks the network; the coefficients add up to 1.
 * embedding mixes the classes, then guides (Ho & Salimans 2022): eps_null + s (eps(rows) − eps_null);
 * prediction asks about each class (Liu et al. 2022, eq. 11): eps_null + s Σ wᵢ (epsᵢ − eps_null).
 * @param {Float32Array} rows (B, K) @param {number} K @param {number} scale @param {"embedding" | "prediction"} mixing
 * @returns {Question[]} */
export function questions(rows, K, scale, mixing) {
  const sprites = Array.from({ length: rows.length / K }, (_, i) => rows.subarray(i * K, (i + 1) * K)),
    nothing = new Float32Array(rows.length);
  /** @param {(row: Float32Array) => number} of */
  const each = (of) => Float32Array.from(sprites, of);
  const asked =
    mixing === "embedding"
      ? [
          { label: "conditional", condition: rows, coefficient: each(() => scale) },
          { label: "unconditional", condition: nothing, coefficient: each(() => 1 - scale) },
        ]
      : [
          ...Array.from({ length: K }, (_, k) => ({
            label: `class ${k}`,
            condition: rows.map((_, i) => (i % K === k ? 1 : 0)),
            coefficient: each((row) => scale * row[k]),
          })),
          {
            label: "unconditional",
            condition: nothing,
            coefficient: each((row) => 1 - scale * row.reduce((a, b) => a + b, 0)),
          },
        ];
  if (!rows.some((weight) => weight)) return asked.slice(-1); // without a class there is nothing to guide to
  return asked.filter(({ coefficient }) => coefficient.some((c) => Math.abs(c) > 1e-6));
}

/** A conditional network as the denoiser of a sampler (classifier-free guidance).
 * @param {Network} network @param {NoiseSchedule} schedule
 * @param {{ rows: Float32Array, K: number, mixing?: "embedding" | "prediction" }} condition rows (B, K)
 * @param {{ predictionType: PredictionType, scale?: number, interval?: [number, number], clipX0?: boolean }} options
 * interval (low, high): guide only where low < sigma ≤ high, and take scale 1 elsewhere (Kynkäänniemi et al. 2024)
 * @returns {Denoise} */
export function guided(network, schedule, condition, options) {
  const { rows, K, mixing = "embedding" } = condition,
    { predictionType, scale = 1, interval: [low, high] = [0, Number.POSITIVE_INFINITY], clipX0 = true } = options,
    inside = questions(rows, K, scale, mixing),
    outside = questions(rows, K, 1, mixing),
    everywhere = low === 0 && high === Number.POSITIVE_INFINITY;
  return (x_t, t) => {
    const asked = everywhere || (low < schedule.sigma[t] && schedule.sigma[t] <= high) ? inside : outside,
      alphaBar = schedule.alphaBar[t],
      raws = asked.map(({ condition: row }) => {
        return network(x_t, new Float32Array(rows.length / K).fill(schedule.logSnr[t]), row);
      });
    if (asked.length === 1) return toPrediction(raws[0], x_t, alphaBar, predictionType, { clipX0 });
    const n = (x_t.length * K) / rows.length,
      raw = x_t.map((_, i) => raws.reduce((sum, own, j) => sum + asked[j].coefficient[Math.floor(i / n)] * own[i], 0)),
      branches = asked.map(({ label, coefficient }, j) => {
        const { x0, eps } = toPrediction(raws[j], x_t, alphaBar, predictionType);
        return { label, coefficient, x0, eps };
      });
    return toPrediction(raw, x_t, alphaBar, predictionType, { clipX0, nfe: asked.length, branches });
  };
}

/** Walks x_T down the timesteps by a rule: x_prev = mean + sigma_t noise.
 * @param {Denoise} denoise @param {NoiseSchedule} schedule @param {Float32Array} x_T @param {number[]} timesteps
 * @param {Rule} rule
 * @param {{ noise: () => Float32Array, after?: SampleStep[] }} options after: the steps that led to x_T, where this run
 * continues another
 * @returns {Generator<SampleStep, void, void>} */
export function* sample(denoise, schedule, x_T, timesteps, rule, { noise, after = [] }) {
  let x_t = x_T,
    nfe = after.at(-1)?.nfe ?? 0,
    history = after.slice(-3);
  /** @type {Denoise} */
  const counted = (x, t) => {
    const prediction = denoise(x, t);
    nfe += prediction.nfe;
    return prediction;
  };
  for (const [i, t] of timesteps.slice(0, -1).entries()) {
    const t_prev = timesteps[i + 1],
      { prediction, mean, sigma_t } = rule(counted, schedule, x_t, t, t_prev, history),
      eps = sigma_t > 0 ? noise() : null,
      x_prev = eps ? combine(1, mean, sigma_t, eps) : mean;
    const step = { index: after.length + i, t, t_prev, x_t, prediction, mean, sigma_t, noise: eps, x_prev, nfe, rule };
    history = [...history.slice(-2), step];
    yield step;
    x_t = x_prev;
  }
}
