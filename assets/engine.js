// @ts-check
// Who runs the network: the server, or the page itself, in a worker (engine/worker.js), once its weights are here. They
// are fetched when somebody first lends a hand; not where data are dear, until that person chooses it.
import { tell } from "./dom.js";
import { words as wordsOf } from "./words.js";

/** @typedef {{ weights: string | Record<string, number>, network: string, sampler: string, num_inference_steps: number,
 *   guidance_scale: number, seed: number, eta: number, noise_scale: number, schedule: string }} Config */
/** off: nobody has wanted it yet; slow: the server is quicker.
 * @typedef {"off" | "loading" | "ready" | "slow" | "failed"} Stage */

/**
 * An engine whose runs the server makes.
 * @param {(request: object) => Promise<any>} ask see ask.js
 */
export function serverEngine(ask) {
  return {
    /**
     * The trajectory of a run (tabs/denoising/lesson.py), or null if a newer one was asked for meanwhile.
     * @param {Config} config
     * @param {object[]} forks where it was left, and how it went on
     * @returns {Promise<any>}
     */
    run: (config, forks = []) => ask({ settings: config, forks }),
  };
}

const CHOICE = "engine"; // in localStorage
const NARROW = "(pointer: coarse) and (max-width: 960px)"; // a phone
const SLOW = 60; // ms of an evaluation: on two cores the server takes less
// The smallest module that has an instruction of WebAssembly's SIMD.
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253];
const END = [98, 11];

const state = {
  choice: stored(),
  stage: /** @type {Stage} */ ("off"),
  loaded: 0, // bytes
  bytes: 0,
  ms: 0, // of an evaluation
  why: "", // it failed
};
/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {Worker | null} */
let worker = null;
/** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
const asked = new Map();
let count = 0;

function stored() {
  try {
    return localStorage.getItem(CHOICE) ?? "automatic";
  } catch {
    return "automatic";
  }
}

/** @param {Partial<typeof state>} change */
function update(change) {
  Object.assign(state, change);
  for (const listener of listeners) listener();
}

/** Whether a browser like this should be asked before it loads some megabytes. */
const frugal = () => /** @type {any} */ (navigator).connection?.saveData === true || matchMedia(NARROW).matches;

const able = () =>
  typeof Worker === "function" &&
  typeof WebAssembly === "object" &&
  WebAssembly.validate(Uint8Array.from([...SIMD, ...END]));

/** Whether the page itself runs the network now. */
export const here = () => state.stage === "ready" && state.choice !== "server";

/** A hand is at work, so the network will be wanted: its weights are loaded, if that is what this person wants. */
async function want() {
  if (state.stage !== "off" || state.choice === "server" || !document.querySelector("template.engine-choice")) return;
  if (state.choice === "automatic" && frugal()) return;
  if (!able()) return update({ stage: "failed", why: "this browser lacks what it takes" });
  update({ stage: "loading" });
  const address = window.page.address;
  try {
    const response = await fetch(address("tabs/network.json"));
    if (!response.ok) throw new Error("the server does not offer it");
    const about = await response.json();
    update({ bytes: about.bytes });
    worker = new Worker(new URL("engine/worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => heard(data);
    worker.onerror = () => failed("its worker has stopped");
    const files = { about, plan: address("tabs/network.plan.json"), weights: address("tabs/network.safetensors") };
    const { ms } = await run("load", { ...files, kernel: address("assets/engine/kernel.wasm") });
    update({ stage: state.choice === "automatic" && ms > SLOW ? "slow" : "ready", ms });
  } catch (error) {
    failed(error instanceof Error ? error.message : "");
  }
}

/** @param {{ id: number, answer?: any, error?: string, progress?: number }} message of the worker */
function heard({ id, answer, error, progress }) {
  if (progress !== undefined) return update({ loaded: progress });
  const own = asked.get(id);
  asked.delete(id);
  if (error === undefined) own?.resolve(answer);
  else own?.reject(new Error(error));
}

/** The server serves from now on. @param {string} why */
function failed(why) {
  worker?.terminate();
  worker = null;
  update({ stage: "failed", why });
  for (const { reject } of asked.values()) reject(new Error(why));
  asked.clear();
}

/** Have the worker do one of its tasks. Rejects if it cannot, and then here() is false.
 * @param {string} what @param {object} data @returns {Promise<any>} */
export function run(what, data) {
  const id = ++count;
  return new Promise((resolve, reject) => {
    if (!worker) return reject(new Error("there is no worker"));
    asked.set(id, { resolve, reject });
    worker.postMessage({ id, what, ...data });
  }).catch((error) => {
    if (worker) failed(error.message);
    throw error;
  });
}

/** Where one chooses who runs the network, and reads who does; from then on a hand on that lesson makes it wanted.
 * @param {HTMLElement | null} place in a lesson that can do with it */
export function choice(place) {
  /** @type {HTMLTemplateElement | null} */
  const template = document.querySelector("template.engine-choice"); // of first.html
  if (!place || !template) return;
  const box = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  const { say } = wordsOf(box),
    select = /** @type {HTMLSelectElement} */ (box.querySelector("select")),
    status = /** @type {HTMLElement} */ (box.querySelector("[role=status]"));
  const mega = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);
  function show() {
    const { stage, why, ms } = state;
    const name = state.choice === "server" ? "server" : stage === "off" && frugal() ? "frugal" : stage;
    select.value = state.choice;
    box.dataset.stage = name;
    tell(status, say(`engine-${name}`, { loaded: mega(state.loaded), all: mega(state.bytes), why, ms: ms.toFixed(0) }));
  }
  select.addEventListener("change", () => {
    try {
      localStorage.setItem(CHOICE, select.value);
    } catch {
      /* for this visit */
    }
    // What failed, or was slow, is tried again by who asks for it.
    const again = select.value === "here" && ["failed", "slow"].includes(state.stage);
    if (again && state.stage === "slow") update({ choice: select.value, stage: "ready" });
    else update({ choice: select.value, stage: again ? "off" : state.stage });
    if (select.value === "here") want();
  });
  listeners.add(show);
  show();
  place.append(box);
  for (const event of ["pointerdown", "keydown"])
    globalThis.addEventListener(event, () => place.offsetParent && want(), { passive: true });
}
