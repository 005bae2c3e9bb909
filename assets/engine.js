// @ts-check
// Who runs the networks: the server, or the page itself, in a worker (engine/worker.js), once their weights are here. Those
// of the first are fetched when somebody first lends a hand, those of another when it is first asked for; not where data
// are dear, until that person chooses it.
import { tell } from "./dom.js";
import { words as wordsOf } from "./words.js";

/** off: nobody has wanted it yet; slow: the server is quicker.
 * @typedef {"off" | "loading" | "ready" | "slow" | "failed"} Stage */

/** @typedef {import("./reading.js").Offered} Offered */

const CHOICE = "engine"; // in localStorage
const CHOICES = ["automatic", "here", "server"];
const NARROW = "(pointer: coarse) and (max-width: 960px)"; // a phone
const SLOW = 60; // ms of an evaluation, where no answer of the server's has been timed: on two cores it takes less
const SILENCE = 3000; // ms in which a worker that is alive says something
const FIRST = "sprites";

const state = {
  choice: stored(),
  stage: /** @type {Stage} */ ("off"),
  loaded: 0, // bytes
  bytes: 0,
  ms: 0, // of an evaluation
  server: Number.POSITIVE_INFINITY, // ms of its quickest answer, if one has been timed
  why: "", // it failed
};
/** @type {Offered | null} */
let offered = null;
/** @type {Set<string>} */
const loading = new Set();
/** @type {Set<string>} */
const loaded = new Set();
/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {Worker | null} */
let worker = null;
/** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void, tell: (progress: any) => any }>} */
const asked = new Map();
let count = 0;
let heardAt = 0;
let pingedAt = 0;
let watching = false;

function stored() {
  try {
    const kept = localStorage.getItem(CHOICE) ?? "";
    if (CHOICES.includes(kept)) return kept;
  } catch {
    /* none is kept */
  }
  return "automatic";
}

/** @param {Partial<typeof state>} change */
function update(change) {
  Object.assign(state, change);
  for (const listener of listeners) listener();
}

/** Whether a browser like this should be asked before it loads some megabytes. */
const frugal = () => /** @type {any} */ (navigator).connection?.saveData === true || matchMedia(NARROW).matches;

/** Whether the page itself runs that network now; if it could, its weights are fetched. */
export function here(network = FIRST) {
  if (state.stage !== "ready" || state.choice === "server") return false;
  if (!loaded.has(network) && !frugal()) load(network).catch(() => {});
  return loaded.has(network);
}

/** What is known of the networks that can be here, once one is. @returns {Offered | null} */
export const about = () => offered;

/** The server has answered. @param {number} ms after which */
export const answered = (ms) => {
  state.server = Math.min(state.server, ms);
};

/** Fetch a network. Resolves to how many ms an evaluation takes.
 * @param {string} name @param {(bytes: number) => void} [tell] @returns {Promise<number>} */
async function load(name, tell) {
  const { networks } = /** @type {Offered} */ (offered),
    { address } = window.page;
  if (!networks[name] || loading.has(name)) throw new Error("the server does not offer it, or it is on its way");
  loading.add(name);
  update({});
  const files = {
    name,
    about: networks[name],
    plan: address(`tabs/networks/${name}.plan.json`),
    weights: address(`tabs/networks/${name}.safetensors`),
    kernels: address("assets/engine/"),
    keep: Object.values(networks).map(({ hash }) => hash),
  };
  try {
    const { ms } = await run("load", files, { tell });
    loaded.add(name);
    return ms;
  } finally {
    loading.delete(name);
    update({});
  }
}

/** A hand is at work, so the network will be wanted: its weights are loaded, if that is what this person wants. */
async function want() {
  if (state.stage !== "off" || state.choice === "server" || !document.querySelector("template.engine-choice")) return;
  if (state.choice === "automatic" && frugal()) return;
  if (typeof Worker !== "function") return update({ stage: "failed", why: "this browser lacks what it takes" });
  update({ stage: "loading" });
  try {
    const response = await fetch(window.page.address("tabs/networks.json"));
    if (!response.ok) throw new Error("the server does not offer it");
    offered = /** @type {Offered} */ (
      await response.json().catch(() => {
        throw new Error("what came of it is damaged");
      })
    );
    update({ bytes: offered.networks[FIRST].bytes });
    worker = new Worker(new URL("engine/worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => heard(data);
    worker.onerror = () => failed("its worker has stopped");
    const ms = await load(FIRST, (bytes) => update({ loaded: bytes }));
    const most = Number.isFinite(state.server) ? state.server : SLOW;
    update({ stage: state.choice === "automatic" && ms > most ? "slow" : "ready", ms });
    document.dispatchEvent(new Event("network-here")); // page.js
  } catch (error) {
    failed(error instanceof Error ? error.message : "");
  }
}

/** @param {{ id: number, answer?: any, error?: string, progress?: any, wait?: boolean }} message of the worker */
async function heard({ id, answer, error, progress, wait }) {
  heardAt = performance.now();
  const own = asked.get(id);
  if (progress !== undefined) {
    await own?.tell(progress);
    if (wait) worker?.postMessage({ id, what: "drawn" });
    return;
  }
  asked.delete(id);
  if (error === undefined) own?.resolve(answer);
  else own?.reject(new Error(error));
}

/** While something is asked, see that the worker is alive: browsers end workers without a word. */
function watch() {
  watching = Boolean(worker) && asked.size > 0;
  if (!watching || !worker) return;
  const now = performance.now(),
    asleep = now - pingedAt > 2 * SILENCE; // so was the whole page
  if (pingedAt > heardAt && !asleep) return failed("its worker has stopped");
  pingedAt = now;
  worker.postMessage({ id: 0, what: "ping" });
  setTimeout(watch, SILENCE);
}

/** The server serves from now on. @param {string} why */
function failed(why) {
  worker?.terminate();
  worker = null;
  loaded.clear();
  update({ stage: "failed", why });
  for (const { reject } of asked.values()) reject(new Error(why));
  asked.clear();
}

/**
 * Have the worker do one of its tasks. Rejects if it cannot, and then here() is false.
 * @param {string} what @param {object} data
 * @param {{ line?: string, tell?: (progress: any) => any }} [options] line: of it the newest task counts, the one
 *   before it ends with null; tell: is told how far it is, and a task that waits goes on when what it returns is done
 * @returns {Promise<any>}
 */
export function run(what, data, { line, tell = () => {} } = {}) {
  const id = ++count;
  return new Promise((resolve, reject) => {
    if (!worker) return reject(new Error("there is no worker"));
    asked.set(id, { resolve, reject, tell });
    worker.postMessage({ id, what, line, ...data });
    if (!watching) setTimeout(watch, SILENCE);
    watching = true;
  }).catch((error) => {
    if (worker && what !== "load") failed(error.message);
    throw error;
  });
}

/** What that line still does is not wanted any more: it ends with null. @param {string} line */
export const stop = (line) => run("stop", {}, { line }).catch(() => {});

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
    const [here, all] = [mega(state.loaded), mega(state.bytes)];
    tell(status, say(`engine-${name}`, { loaded: here, all, why, ms: ms.toFixed(0), more: loading.size > 0 }));
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
