// @ts-check
// Gaussian noise, and what is known about it exactly.

/** A generator of N(0, 1) from a seed: mulberry32 for the uniform numbers, Box-Muller for the bell curve.
 * @param {number} seed */
export function normals(seed) {
  let state = seed >>> 0;
  /** @type {number | null} */
  let spare = null;
  const uniform = () => {
    // [0, 1)
    state = (state + 0x6d2b79f5) | 0;
    let h = Math.imul(state ^ (state >>> 15), 1 | state);
    h = (h + Math.imul(h ^ (h >>> 7), 61 | h)) ^ h;
    return ((h ^ (h >>> 14)) >>> 0) / 4294967296;
  };
  return () => {
    if (spare !== null) {
      const z = spare;
      spare = null;
      return z;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform())),
      angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** Of N(mean, std^2) at x. @param {number} x @param {number} mean @param {number} std */
export const density = (x, mean, std) => Math.exp(-0.5 * ((x - mean) / std) ** 2) / (std * Math.sqrt(2 * Math.PI));

/** P(N(0, 1) <= z), to 1e-7 (Abramowitz & Stegun, 26.2.17). @param {number} z */
export function cumulative(z) {
  if (z < -6) return 0;
  if (z > 6) return 1;
  const k = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    0.3989422804014327 *
    Math.exp(-0.5 * z * z) *
    k *
    (0.31938153 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))));
  return z > 0 ? 1 - tail : tail;
}

/** How often each value occurs: [[value, share], ...].
 * @param {ArrayLike<number>} values @returns {[number, number][]} */
export function shares(values) {
  const counts = new Map();
  for (const v of Array.from(values)) counts.set(v, (counts.get(v) ?? 0) + 1);
  return [...counts].map(([v, n]) => [v, n / values.length]);
}

/**
 * The exact density of a value of x_t whose x0 is drawn from `parts` (see shares): the sum of share * N(signal v,
 * noise^2), averaged over a window of `width`, so that it can be laid over bars of that width, even where noise = 0.
 * Returns [[x, density], ...] at steps of half a window from low to high.
 * @param {[number, number][]} parts
 * @param {number} signal
 * @param {number} noise
 * @param {number} low
 * @param {number} high
 * @param {number} width
 * @returns {[number, number][]}
 */
export function mixture(parts, signal, noise, low, high, width) {
  const n = Math.round((2 * (high - low)) / width),
    below = new Float64Array(n + 3);
  for (const [v, share] of parts) {
    for (let i = 0; i < n + 3; i++) {
      const gap = low + ((i - 1) * width) / 2 - signal * v;
      below[i] += share * (noise > 0 ? cumulative(gap / noise) : gap >= 0 ? 1 : 0);
    }
  }
  return Array.from({ length: n + 1 }, (_, i) => [low + (i * width) / 2, (below[i + 2] - below[i]) / width]);
}

/**
 * Bars of a histogram as a density: how many values fall into each of the windows between low and high.
 * @param {Float32Array | Float64Array} values
 * @param {number} low
 * @param {number} high
 * @param {number} width
 */
export function histogram(values, low, high, width) {
  const bars = new Float64Array(Math.round((high - low) / width));
  for (const v of values) {
    const i = Math.floor((v - low) / width);
    if (i >= 0 && i < bars.length) bars[i] += 1 / (values.length * width);
  }
  return bars;
}

/**
 * Walk the forward process from x (changed in place), one step q(x_s | x_{s-1}) after the other, s = 1 ... t, with
 * fresh noise in every one: x_s = sqrt(1 - beta_s) x_{s-1} + sqrt(beta_s) z (Ho et al. 2020, eq. 2).
 * @template {Float32Array | Float64Array} Values
 * @param {Values} x
 * @param {ArrayLike<number>} alphaBar
 * @param {number} t
 * @param {() => number} normal
 */
export function walk(x, alphaBar, t, normal) {
  for (let s = 1; s <= t; s++) {
    const alpha = alphaBar[s] / alphaBar[s - 1],
      keep = Math.sqrt(alpha),
      add = Math.sqrt(1 - alpha);
    for (let i = 0; i < x.length; i++) x[i] = keep * x[i] + add * normal();
  }
  return x;
}

/**
 * Mean and standard deviation of a sample of Gaussian values, each with its standard error: s / sqrt(n),
 * s / sqrt(2 (n - 1)).
 * @param {Float64Array} values
 */
export function moments(values) {
  const n = values.length,
    mean = values.reduce((sum, v) => sum + v, 0) / n;
  const std = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1));
  return { mean, std, meanError: std / Math.sqrt(n), stdError: std / Math.sqrt(2 * (n - 1)) };
}
