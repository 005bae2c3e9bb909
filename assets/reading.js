// @ts-check
// What is asked of a run, read for the page's own engine: the config of core, as Python would make it. What cannot be read
// so, or calls for a word of advice, is the server's: it says what is wrong, or what to expect. Needs no page.
import { scheduleOf, timestepsOf } from "./generate.js";
import { SAMPLERS } from "./samplers.js";

/** networks.json of tabs/engine.py: a run that says nothing; each network; beyond which ᾱ at the start and which log-SNR
 * a run is not what the network learned.
 * @typedef {{ defaults: import("./generate.js").Config, networks: Record<string, import("./engine/worker.js").About>,
 *   limits: { alphaBar: number, logSnr: number } }} Offered */
/** @typedef {import("./generate.js").Config} Config */

const MAX_SEED = 2 ** 31 - 1;
const MAX_GUIDANCE = 20;
export const MAX_WEIGHT = 10;

/** @param {unknown} value @param {number} low @param {number} high */
export const within = (value, low, high) => typeof value === "number" && low <= value && value <= high;

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

/** A config, as tabs/page.py's read_config makes it; null for the server.
 * @param {Offered} offered @param {Config} before the settings that are not among these @param {any} settings
 * @param {{ noClass: string, students: string[] }} known students: the distilled networks
 * @returns {Config | null} */
export function configOf({ networks, defaults }, before, settings, { noClass, students }) {
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

/** Whether core has advice for such a run (core/generate/advice.py). @param {Offered} offered @param {Config[]} configs */
export function advised({ limits }, configs) {
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

/** The share of the values that no colour has, and the largest of all. @param {Float32Array} x */
export const beyond = (x) => ({
  share: x.reduce((count, value) => count + Number(Math.abs(value) > 1.05), 0) / x.length,
  most: x.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
});

/** Whether core has advice on such sprites: more than one value in a hundred that no colour has.
 * @param {Float32Array} x */
export const tooLarge = (x) => beyond(x).share > 0.01;
