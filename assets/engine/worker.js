// @ts-check
// The network in a worker of the page, so that the page stays quick. Messages: { id, what, ...arguments }; answers:
// { id, answer }, { id, error }, and while something is loaded { id, progress }, in bytes.
import { guided, NoiseSchedule, sample, toPrediction, unipc } from "../diffusion.js";
import { toBytes } from "../pixels.js";
import { seededNoise } from "../randn.js";
import { Executor } from "./executor.js";
import { kernel } from "./kernel.js";
import { read } from "./safetensors.js";

/** network.json of tabs/shell.py.
 * @typedef {{ bytes: number, hash: string, classes: string[], shape: [number, number, number],
 *   predictionType: import("../diffusion.js").PredictionType }} About */
/** @typedef {{ about: About, plan: string, weights: string, kernel: string }} Files addresses */
/** What is known of a sprite to draw; timesteps, schedule and so on as core.GenerateConfig has them.
 * @typedef {{ row: number[], seed: number, guidance_scale: number, mixing: "embedding" | "prediction", schedule: string,
 *   num_train_timesteps: number, timesteps: number[], clip_x0: boolean }} Wish */

const KEPT = "networks"; // the browser's cache of weights, by their hash

/** @type {{ about: About, network: import("../diffusion.js").Network } | null} */
let loaded = null;

/** The weights, from the browser's cache or else from the server.
 * @param {Files} files @param {(bytes: number) => void} progress */
async function weightsOf({ about, weights }, progress) {
  const cache = await globalThis.caches?.open(KEPT).catch(() => undefined); // a page without https has none
  const name = new URL(`network-${about.hash}`, weights).href;
  const kept = await cache?.match(name);
  if (kept) return kept.arrayBuffer();
  const response = await fetch(weights);
  if (!response.ok || !response.body) throw new Error("the server did not send the weights");
  const file = new Uint8Array(about.bytes);
  let count = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if (count + value.length > file.length) throw new Error("more came than the weights");
    file.set(value, count);
    count += value.length;
    progress(count);
  }
  if (count !== file.length) throw new Error("the weights were cut off on their way");
  for (const old of (await cache?.keys()) ?? []) await cache?.delete(old);
  await cache?.put(name, new Response(file)).catch(() => {}); // it may be full
  return file.buffer;
}

const network = () => {
  if (!loaded) throw new Error("the network is not loaded");
  return loaded;
};

/** @type {Record<string, (asked: any, progress: (bytes: number) => void) => any>} */
const TASKS = {
  /** Resolves to how long an evaluation takes, in ms. @param {Files} files */
  async load(files, progress) {
    const [plan, wasm, weights] = await Promise.all([
      fetch(files.plan).then((response) => response.json()),
      fetch(files.kernel).then((response) => response.arrayBuffer()),
      weightsOf(files, progress),
    ]);
    const { about } = files,
      executor = new Executor(plan, read(weights), kernel(await WebAssembly.compile(wasm)));
    loaded = { about, network: (x_t, log_snr, rows) => executor.evaluate({ x_t, log_snr, weights: rows }).output };
    const [x, level] = [new Float32Array(about.shape.reduce((a, b) => a * b)), new Float32Array(1)];
    const times = Array.from({ length: 3 }, () => {
      const start = performance.now();
      loaded?.network(x, level, new Float32Array(about.classes.length));
      return performance.now() - start;
    });
    return { ms: Math.min(...times) };
  },

  /** What it makes out in x_t, with the class told and without: x0 as RGB bytes.
   * @param {{ x_t: Float32Array, alphaBar: number, row: number[] }} asked */
  guess({ x_t, alphaBar, row }) {
    const { about, network: run } = network(),
      level = new Float32Array([Math.log(alphaBar / (1 - alphaBar))]);
    const seen = [row, row.map(() => 0)].map((told) => {
      const raw = run(x_t, level, Float32Array.from(told));
      return toBytes(toPrediction(raw, x_t, alphaBar, about.predictionType, { clipX0: true }).x0);
    });
    return Uint8Array.from(seen.flatMap((rgb) => [...rgb]));
  },

  /** A sprite by UniPC, as RGB bytes. @param {Wish} wish */
  sprite({ row, seed, guidance_scale, mixing, schedule, num_train_timesteps, timesteps, clip_x0 }) {
    const { about, network: run } = network(),
      noises = NoiseSchedule.named(schedule, num_train_timesteps),
      noise = seededNoise(
        [seed],
        about.shape.reduce((a, b) => a * b),
      ),
      condition = { rows: Float32Array.from(row), K: row.length, mixing },
      options = { predictionType: about.predictionType, scale: guidance_scale, clipX0: clip_x0 };
    let x = noise();
    for (const step of sample(guided(run, noises, condition, options), noises, x, timesteps, unipc(), { noise }))
      x = step.x_prev;
    return toBytes(x);
  },
};

globalThis.onmessage = async ({ data: { id, what, ...asked } }) => {
  const tell = (/** @type {object} */ message) => globalThis.postMessage({ id, ...message });
  try {
    tell({ answer: await TASKS[what](asked, (progress) => tell({ progress })) });
  } catch (error) {
    tell({ error: error instanceof Error ? error.message : String(error) });
  }
};
