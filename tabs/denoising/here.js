// @ts-check
// What is asked of a run, read for the page's own engine: the configs of core, as lesson.py makes them. What cannot be
// read so, or calls for a word of advice, is the server's: it says what is wrong, or what to expect. Needs no page.
import { scheduleOf, timestepsOf } from "../../assets/generate.js";
import { SAMPLERS } from "../../assets/samplers.js";

/** @typedef {import("../../assets/engine.js").Offered} Offered */
/** @typedef {import("../../assets/generate.js").Config} Config */
/** @typedef {import("./trajectory.js").Fork} Fork */

const CHANGES = /** @type {const} */ ([
  "weights",
  "network",
  "sampler",
  "guidance_scale",
  "seed",
  "eta",
  "noise_scale",
]); // of a fork, in lesson.py's order
const MAX_SEED = 2 ** 31 - 1;
const MAX_GUIDANCE = 20;
const MAX_WEIGHT = 10;

/** @param {unknown} value @param {number} low @param {number} high */
const within = (value, low, high) => typeof value === "number" && low <= value && value <= high;

/** Weights as a control or a fork has them: a class, "no class", or an object.
 * @param {unknown} weights @param {string[]} classes @param {string} noClass @returns {Record<string, number> | null} */
function readWeights(weights, classes, noClass) {
  if (typeof weights === "string")
    return weights === noClass ? {} : classes.includes(weights) ? { [weights]: 1 } : null;
  const fits = Object.entries(weights ?? {}).every(
    ([name, weight]) => classes.includes(name) && within(weight, -MAX_WEIGHT, MAX_WEIGHT),
  );
  return fits ? /** @type {Record<string, number>} */ (weights) : null;
}

/** @param {Offered} offered @param {Config} before the settings that are not among these @param {any} settings
 * @param {{ noClass: string, students: string[] }} known @returns {Config | null} */
function configOf({ networks, defaults }, before, settings, { noClass, students }) {
  const network = networks[settings.network],
    sampler = SAMPLERS[settings.sampler],
    weights = network && readWeights(settings.weights, network.classes, noClass);
  if (!weights || !sampler) return null;
  const config = { ...before, ...settings, weights, spacing: network.spacing };
  if (students.includes(config.network)) {
    if (config.sampler !== "ddim") return null;
    config.eta = 0; // it has no use for fresh noise
  }
  for (const name of Object.values(SAMPLERS).flatMap((one) => one.settings))
    if (!sampler.settings.includes(name)) config[name] = defaults[name];
  const fits =
    Number.isInteger(config.seed) &&
    within(config.seed, 0, MAX_SEED) &&
    Number.isInteger(config.num_inference_steps) &&
    within(config.num_inference_steps, 1, config.num_train_timesteps) &&
    within(config.guidance_scale, 0, MAX_GUIDANCE) &&
    within(config.eta, 0, 1) &&
    within(config.noise_scale, 0, 1);
  return fits ? config : null;
}

/**
 * The configs of a run and of its forks; null for the server.
 * @param {Offered} offered
 * @param {Record<string, any>} settings of the run, by the names of FIELDS in lesson.py
 * @param {Fork[]} forks
 * @param {{ noClass: string, students: string[] }} known students: the distilled networks
 * @returns {{ config: Config, forks: [number, Config][] } | null}
 */
export function readRun(offered, settings, forks, known) {
  const config = configOf(offered, { ...offered.defaults, count: 1 }, settings, known);
  if (!config) return null;
  /** @type {[number, Config][]} */
  const read = [];
  for (const { at, ...change } of forks) {
    const own = configOf(offered, config, change, known);
    if (!own || !Number.isInteger(at) || at < 0 || at <= (read.at(-1)?.[0] ?? -1)) return null;
    read.push([at, own]);
  }
  return advised(offered, [config, ...read.map(([, own]) => own)]) ? null : { config, forks: read };
}

/** The forks as lesson.py repeats them. @param {[number, Config][]} forks @returns {Fork[]} */
export const toldForks = (forks) =>
  forks.map(
    ([at, own]) => /** @type {any} */ ({ at, ...Object.fromEntries(CHANGES.map((name) => [name, own[name]])) }),
  );

/** Whether core has advice for such a run (core/generate/advice.py). @param {Offered} offered @param {Config[]} configs */
function advised({ limits }, configs) {
  return configs.some((config) => {
    try {
      const { alphaBar, logSnr } = scheduleOf(config),
        timesteps = timestepsOf(config);
      return alphaBar[timesteps[0]] > limits.alphaBar || timesteps.some((t) => t && logSnr[t] > limits.logSnr);
    } catch {
      return true; // it has no such schedule
    }
  });
}

/** Whether core has advice on such sprites: more than one value in a hundred that no colour has.
 * @param {Float32Array} x */
export const tooLarge = (x) => x.reduce((count, value) => count + Number(Math.abs(value) > 1.05), 0) > 0.01 * x.length;
