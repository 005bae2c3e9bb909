// @ts-check
// The networks in a worker of the page, so that the page stays quick. Messages: { id, what, line, ...arguments };
// answers: { id, answer }, { id, error }, and on the way { id, progress, wait }, where wait asks for { id, what: "drawn" }
// before the task goes on. A long task lets others in between. Of a line the newest task counts: the one before it ends
// with null. A task that there is not does nothing.
import { race } from "../compare.js";
import { toPrediction } from "../diffusion.js";
import { follow, trajectory } from "../explain.js";
import { generate } from "../generate.js";
import { toBytes } from "../pixels.js";
import { Executor } from "./executor.js";
import { kernel, file as kernelFile } from "./kernel.js";
import { read } from "./safetensors.js";

/** @typedef {import("../generate.js").Config} Config */
/** @typedef {import("../generate.js").Model} Model */
/** A network of networks.json (tabs/engine.py).
 * @typedef {{ bytes: number, hash: string, spacing: string } & Omit<Model, "run">} About */
/** @typedef {{ name: string, about: About, plan: string, weights: string, kernels: string, keep: string[] }} Files
 *   addresses; keep: the hashes of all networks that the page may want */
/** Tells how far it is, and resolves to whether to go on; wait: when the page has drawn that.
 * @typedef {(progress?: any, wait?: boolean) => Promise<boolean>} GoOn */

const KEPT = "networks"; // the browser's cache of weights, by their hash
const PATIENCE = 30; // ms that others wait for their turn

/** @type {Map<string, Model>} */
const models = new Map();
/** @param {string} name */
function model(name) {
  const found = models.get(name);
  if (!found) throw new Error("the network is not loaded");
  return found;
}

/** The weights, from the browser's cache or else from the server.
 * @param {Files} files @param {GoOn} goOn */
async function weightsOf({ about, weights, keep }, goOn) {
  const cache = await globalThis.caches?.open(KEPT).catch(() => undefined); // a page without https has none
  const address = (/** @type {string} */ hash) => new URL(`network-${hash}`, new URL("/", weights)).href;
  const kept = await cache?.match(address(about.hash)).catch(() => undefined);
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
    goOn(count);
  }
  if (count !== file.length) throw new Error("the weights were cut off on their way");
  const wanted = keep.map(address);
  try {
    for (const old of (await cache?.keys()) ?? []) if (!wanted.includes(old.url)) await cache?.delete(old);
    await cache?.put(address(about.hash), new Response(file));
  } catch {
    /* it is full: at the next visit they are fetched again */
  }
  return file.buffer;
}

/** @param {string} address */
async function fetched(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error("the server did not send a part of it");
  return response;
}

/** A run by its steps, or null if it is not wanted any more. @template T @param {Iterable<T>} steps @param {GoOn} goOn
 * @param {(count: number) => any} progress what to tell of it @returns {Promise<T[] | null>} */
async function walked(steps, goOn, progress = () => undefined) {
  const walked = [];
  for (const step of steps) {
    walked.push(step);
    if (!(await goOn(progress(walked.length)))) return null;
  }
  return walked;
}

/** @type {Record<string, (asked: any, goOn: GoOn) => Promise<any>>} */
const TASKS = {
  /** To be heard of. */
  ping: async () => null,

  /** Resolves to how long an evaluation takes, in ms; on the way it tells the bytes. @param {Files} files */
  async load(files, goOn) {
    const { name, about, kernels } = files,
      build = kernelFile();
    if (!build) throw new Error("this browser lacks what it takes");
    const [plan, wasm, weights] = await Promise.all([
      fetched(files.plan).then((response) => response.text()),
      fetched(kernels + build).then((response) => response.arrayBuffer()),
      weightsOf(files, goOn),
    ]);
    /** @type {Executor} */
    let executor;
    try {
      executor = new Executor(JSON.parse(plan), read(weights), kernel(await WebAssembly.compile(wasm)));
    } catch {
      throw new Error("what came of it is damaged");
    }
    /** @type {import("../diffusion.js").Network} */
    const run = (x_t, log_snr, weights) => executor.evaluate({ x_t, log_snr, weights }).output;
    const [x, level] = [new Float32Array(about.shape.reduce((a, b) => a * b)), new Float32Array(1)];
    const times = Array.from({ length: 3 }, () => {
      const start = performance.now();
      run(x, level, new Float32Array(about.classes.length));
      return performance.now() - start;
    });
    models.set(name, { ...about, run });
    return { ms: Math.min(...times) };
  },

  /** What the first network makes out in x_t, with the class told and without: x0 as RGB bytes.
   * @param {{ x_t: Float32Array, alphaBar: number, row: number[] }} asked */
  async guess({ x_t, alphaBar, row }) {
    const { run, predictionType } = model("sprites"),
      level = new Float32Array([Math.log(alphaBar / (1 - alphaBar))]);
    const seen = [row, row.map(() => 0)].map((told) => {
      const raw = run(x_t, level, Float32Array.from(told));
      return toBytes(toPrediction(raw, x_t, alphaBar, predictionType, { clipX0: true }).x0);
    });
    return Uint8Array.from(seen.flatMap((rgb) => [...rgb]));
  },

  /** The sprite of a run of one, as RGB bytes. @param {{ config: Config }} asked */
  async sprite({ config }, goOn) {
    const steps = await walked(generate(model(config.network), config), goOn);
    return steps && toBytes(steps[steps.length - 1].x_prev);
  },

  /** Sprites of runs of one each, as RGB bytes, and the first run taken apart. On the way it tells each sprite.
   * @param {{ runs: { config: Config, start?: import("../generate.js").Start }[] }} asked */
  async sprites({ runs }, goOn) {
    const sprites = [];
    let first = null;
    for (const [i, { config, start }] of runs.entries()) {
      const steps = await walked(generate(model(config.network), config, { start }), goOn);
      if (!steps) return null;
      first ??= trajectory(
        steps,
        steps.map(() => config),
      );
      const rgb = toBytes(steps[steps.length - 1].x_prev);
      sprites.push(rgb);
      if (!(await goOn({ i, rgb }))) return null;
    }
    return { rgb: Uint8Array.from(sprites.flatMap((rgb) => [...rgb])), run: first };
  },

  /** A run of one sprite with its forks, taken apart, and its states as RGB bytes; refused, if a fork lies beyond the
   * end. On the way it tells its steps.
   * @param {{ config: Config, forks: import("../explain.js").Fork[] }} asked */
  async follow({ config, forks }, goOn) {
    const start = performance.now(),
      steps = follow(model, config, forks);
    let made;
    try {
      made = await walked(steps, goOn, (count) => count);
    } catch (error) {
      if (error instanceof RangeError) return { refused: error.message };
      throw error;
    }
    if (!made) return null;
    const configs = made.map((one) => one.config),
      seconds = (performance.now() - start) / 1000,
      run = trajectory(
        made.map(({ step }) => step),
        configs,
      ),
      { shape } = model(config.network);
    return { ...run, shape, configs, seconds, rgb: toBytes(run.x_t) };
  },

  /** A race. @param {{ configs: Config[], defaults: Config }} asked */
  race: ({ configs, defaults }, goOn) => race(model, configs, defaults, goOn),
};

/** The newest task of each line. @type {Map<string, number>} */
const newest = new Map();
/** What tasks that wait do when the page has drawn. @type {Map<number, (drawn: void) => void>} */
const waiting = new Map();
const { port1, port2 } = new MessageChannel();
/** Tasks that let others in: several may at a time. @type {((value?: unknown) => void)[]} */
const pausing = [];
port1.onmessage = () => pausing.shift()?.();

/** Let the messages in that have come meanwhile. */
const others = () =>
  new Promise((done) => {
    pausing.push(done);
    port2.postMessage(null);
  });

globalThis.onmessage = async ({ data: { id, what, line, ...asked } }) => {
  if (what === "drawn") return waiting.get(id)?.();
  const tell = (/** @type {object} */ message) => globalThis.postMessage({ id, ...message });
  if (line) newest.set(line, id);
  let turn = performance.now();
  /** @type {GoOn} */
  async function goOn(progress, wait = false) {
    if (progress !== undefined) tell({ progress, wait });
    if (wait) await new Promise((drawn) => waiting.set(id, drawn));
    if (performance.now() - turn > PATIENCE) {
      await others();
      turn = performance.now();
    }
    return !line || newest.get(line) === id;
  }
  try {
    const answer = Object.hasOwn(TASKS, what) ? await TASKS[what](asked, goOn) : null;
    tell({ answer: line && newest.get(line) !== id ? null : answer });
  } catch (error) {
    tell({ error: error instanceof Error ? error.message : String(error) });
  }
  waiting.delete(id);
};
