// @ts-check
// A run in the page: a config in, a stream of steps out, as core/generate/run.py makes it. Knows no page.
import { guided, NoiseSchedule, sample } from "./diffusion.js";
import { seededNoise } from "./randn.js";
import { SAMPLERS } from "./samplers.js";

/** @typedef {import("./diffusion.js").SampleStep} SampleStep */
/** @typedef {Record<string, number>} Weights class name -> weight */
/** core's GenerateConfig in JSON, all its fields, of one sprite or of several that have weights and seeds of their own.
 * @typedef {{ weights: Weights | Weights[], count: number, seed: number | number[], sampler: string,
 *   num_inference_steps: number, eta: number, variance: "beta_tilde" | "beta", noise_scale: number,
 *   guidance_scale: number, guidance_interval: [number, number | null], mixing: "embedding" | "prediction",
 *   schedule: string, zero_terminal_snr: boolean, num_train_timesteps: number, spacing: string, clip_x0: boolean,
 *   network: string }} Config */
/** A network that is here. @typedef {{ run: import("./diffusion.js").Network, classes: string[],
 *   predictionType: import("./diffusion.js").PredictionType, shape: [number, number, number] }} Model */
/** t, and x_t (count, n). @typedef {[number, Float32Array]} Start */

/** @param {Config} config */
export const scheduleOf = ({ schedule, num_train_timesteps, zero_terminal_snr }) =>
  NoiseSchedule.named(schedule, num_train_timesteps, zero_terminal_snr);

/** The n + 1 timesteps of that run, from where it starts to 0. @param {Config} config */
export const timestepsOf = (config) => scheduleOf(config).timesteps(config.num_inference_steps, config.spacing);

/** The seed of each sprite. @param {Config} config */
const seedsOf = ({ seed, count }) =>
  typeof seed === "number" ? Array.from({ length: count }, (_, i) => seed + i) : seed;

/** The rows that the network is told, (count, K). Throws an Error for a class that is not among them.
 * @param {Config} config @param {string[]} classes */
function rowsOf({ weights, count }, classes) {
  const rows = new Float32Array(count * classes.length);
  const each = Array.isArray(weights) ? weights : Array.from({ length: count }, () => weights);
  for (const [i, own] of each.entries())
    for (const [name, weight] of Object.entries(own)) {
      if (!classes.includes(name)) throw new Error(`unknown class ${name}; the classes are ${classes.join(", ")}`);
      rows[i * classes.length + classes.indexOf(name)] = weight;
    }
  return rows;
}

/**
 * Run a sampler; the last step's x_prev (count, n) are the sprites.
 * @param {Model} model the network that the config names
 * @param {Config} config
 * @param {{ start?: Start, after?: SampleStep[] }} options start: where to start instead of at the seeds' noise; after:
 * the first steps of another run of the same schedule, which this one continues
 * @returns {Generator<SampleStep, void, void>}
 */
export function generate({ run, classes, predictionType, shape }, config, { start, after = [] } = {}) {
  const schedule = scheduleOf(config),
    [low, high] = config.guidance_interval,
    { mixing, guidance_scale: scale, clip_x0: clipX0 } = config,
    condition = { rows: rowsOf(config, classes), K: classes.length, mixing },
    interval = /** @type {[number, number]} */ ([low, high ?? Number.POSITIVE_INFINITY]),
    denoise = guided(run, schedule, condition, { predictionType, scale, interval, clipX0 }),
    noise = seededNoise(
      seedsOf(config),
      shape.reduce((a, b) => a * b),
    ),
    record = SAMPLERS[config.sampler];
  if (!record)
    throw new Error(`unknown sampler ${config.sampler}; the samplers are ${Object.keys(SAMPLERS).join(", ")}`);
  let [x, timesteps] = [noise(), timestepsOf(config)];
  const last = after.at(-1);
  if (start && last) throw new Error("a continued run starts where the other ended; leave start out");
  if (start) {
    const [t, x_t] = start,
      T = config.num_train_timesteps;
    if (!Number.isInteger(t) || t < 1 || t > T)
      throw new Error(`the timestep to start at must be a whole number from 1 to ${T}; got ${t}`);
    if (x_t.length !== x.length)
      throw new Error(`the state to start from must have ${x.length} numbers; got ${x_t.length}`);
    x = x_t;
    timesteps = [t, ...timesteps.filter((s) => s < t)];
  }
  if (last) {
    const t = last.t_prev;
    if (t === 0) throw new RangeError("the run to continue has already ended");
    x = last.x_prev;
    timesteps = [t, ...timesteps.filter((s) => s < t)];
    for (const _ of after) noise(); // what the earlier steps drew
  }
  return sample(denoise, schedule, x, timesteps, record.rule(config), { noise, after });
}
