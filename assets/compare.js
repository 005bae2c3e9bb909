// @ts-check
// Several runs from the same noise, timed one after the other, as core/compare.py does it. Knows no page.
import { stacked } from "./explain.js";
import { generate } from "./generate.js";
import { toBytes, VALUES } from "./pixels.js";

/** @typedef {import("./diffusion.js").SampleStep} SampleStep */
/** @typedef {import("./generate.js").Config} Config */
/** @typedef {import("./generate.js").Model} Model */
/** States of a lane for its replay; rgb: the sprites of each.
 * @typedef {{ seconds: number[], done: number[], nfe: number[], t: number[], rgb: Uint8ClampedArray[] }} Frames */
/** How far a lane is: x, its sprites there (count, n); shown: some of its steps, evenly spread.
 * @typedef {{ done: number, nfe: number, seconds: number, x: Float32Array, frames: Frames, shown: SampleStep[] }} Lane */
/** Tells how far a race is, and resolves to whether to go on; wait: when the page has drawn it.
 * @typedef {(progress?: any, wait?: boolean) => Promise<boolean>} GoOn */

const SHOW_EVERY = 0.3; // seconds of a lane's own time between two pictures of it
const WARM_UP = 0.2; // seconds
const MAX_FRAMES = 40; // of a lane's replay
const SHOWN_STEPS = 8; // of a lane
const CONVERGED_STEPS = 200;
const KEPT = 32; // ends of the ODE

const clock = () => performance.now() / 1000;

/** Rounded half to even, as Python does. @param {number} x */
const rounded = (x) => (x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

/** Of n things in a row the places of so many at most, evenly spread, the first among them.
 * @param {number} n @param {number} most */
export const spread = (n, most) =>
  Array.from({ length: Math.min(n, most) }, (_, i) => rounded((i * n) / Math.min(n, most)));

/** Run a lane, yielding it after each step. Only the sampling is timed, not what is done with what it yields.
 * @param {Model} model @param {Config} config @returns {Generator<Lane, void, void>} */
export function* drive(model, config) {
  const n = config.num_inference_steps,
    kept = new Set([...spread(n, MAX_FRAMES), n]),
    some = new Set(spread(n, SHOWN_STEPS)),
    steps = generate(model, config);
  /** @type {Lane} */
  const lane = {
    ...{ done: 0, nfe: 0, seconds: 0, x: new Float32Array(), shown: [] },
    frames: { seconds: [], done: [], nfe: [], t: [], rgb: [] },
  };
  /** @param {Float32Array} x @param {number} t */
  function keep(x, t) {
    for (const name of /** @type {const} */ (["seconds", "done", "nfe"])) lane.frames[name].push(lane[name]);
    lane.frames.t.push(t);
    lane.frames.rgb.push(toBytes(x));
  }
  for (;;) {
    const began = clock(),
      step = steps.next().value,
      took = clock() - began;
    if (!step) return;
    if (!lane.done) keep(step.x_t, step.t);
    lane.done++;
    lane.nfe = step.nfe;
    lane.seconds += took;
    lane.x = step.x_prev;
    if (kept.has(lane.done)) keep(step.x_prev, step.t_prev);
    if (some.has(step.index)) lane.shown.push(step);
    yield lane;
  }
}

/** Evaluations by the lane's network, just before it starts: the first ones are slower, and should not count.
 * @param {Model} model @param {Config} config @param {GoOn} goOn */
async function warmUp(model, config, goOn) {
  const short = { ...config, sampler: "ddim", eta: 0, num_inference_steps: 2 },
    began = clock();
  do for (const _ of generate(model, short)) if (!(await goOn())) return false;
  while (clock() - began < WARM_UP);
  return true;
}

/** The first sprite of a run for the overview, as tabs/journey.py has it: each of these steps, then the sprite.
 * @param {Lane} lane */
function journey({ shown, x }) {
  const first = (/** @type {Float32Array} */ batch) => batch.subarray(0, VALUES);
  return {
    t: [...shown.map(({ t }) => t), 0],
    states: stacked([...shown.map(({ x_t }) => x_t), x].map(first)),
    eps: stacked(shown.map(({ prediction }) => first(prediction.eps))),
    x0: stacked(shown.map(({ prediction }) => first(prediction.x0))),
    next: stacked(shown.map(({ x_prev }) => first(x_prev))),
  };
}

/** The run that ends where the probability-flow ODE leads from that run's noise, by the first network.
 * @param {Config} defaults @param {Config} config @returns {Config} */
const exact = (defaults, { weights, count, seed }) => ({
  ...{ ...defaults, weights, count, seed },
  ...{ sampler: "dpmpp_2m", num_inference_steps: CONVERGED_STEPS },
});

/** Its ends, by their configs. @type {Map<string, Float32Array>} */
const ends = new Map();

/** Where that run ends, (count, n); null if it is not wanted any more.
 * @param {Model} model @param {Config} config @param {GoOn} goOn */
async function end(model, config, goOn) {
  const name = JSON.stringify(config);
  let found = ends.get(name) ?? null;
  for (const { x_prev } of found ? [] : generate(model, config)) {
    found = x_prev;
    if (!(await goOn())) return null;
  }
  if (ends.size >= KEPT) ends.clear();
  if (found) ends.set(name, found);
  return found;
}

/** Root-mean-square difference of two batches of sprites in 1/255, of the median sprite.
 * @param {Float32Array} x0 @param {Float32Array} other */
export function distance(x0, other) {
  const each = Array.from({ length: x0.length / VALUES }, (_, k) => {
    let sum = 0;
    for (let i = k * VALUES; i < (k + 1) * VALUES; i++) sum += (x0[i] - other[i]) ** 2;
    return Math.sqrt(sum / VALUES);
  }).sort((a, b) => a - b);
  return each[Math.floor((each.length - 1) / 2)] * 127.5;
}

/**
 * All lanes from the same x_T, one after the other: their distances from the ODE; null if it is not wanted any more.
 * On the way it tells of a lane { lane, done, nfe, seconds, rgb }, while it runs, and of all { ended, fastest }.
 * @param {(network: string) => Model} models @param {Config[]} configs @param {Config} defaults of all other settings
 * @param {GoOn} goOn
 */
export async function race(models, configs, defaults, goOn) {
  /** @type {Lane[]} */
  const lanes = [];
  for (const [i, config] of configs.entries()) {
    const model = models(config.network);
    let told = 0;
    if (!(await warmUp(model, config, goOn))) return null;
    for (const lane of drive(model, config)) {
      const { done, nfe, seconds, x } = lane,
        due = seconds - told > SHOW_EVERY || done === config.num_inference_steps;
      if (!(await goOn(due ? { lane: i, done, nfe, seconds, rgb: toBytes(x) } : undefined, due))) return null;
      if (due) told = seconds;
      lanes[i] = lane;
    }
  }
  const times = lanes.map(({ seconds }) => seconds),
    fastest = times.indexOf(Math.min(...times)),
    ended = lanes.map(({ shown, ...lane }) => lane);
  if (!(await goOn({ ended, fastest: { lane: fastest, ...journey(lanes[fastest]) } }))) return null;
  const truth = await end(models("sprites"), exact(defaults, configs[0]), goOn);
  return truth && lanes.map(({ x }) => distance(x, truth));
}
