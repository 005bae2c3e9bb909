// @ts-check
// What is drawn in full quality when the hand rests: the sheets, and of the stations in sight whatever is not yet drawn
// for these settings, one job after another. It stops when the hand moves, or the page is scrolled, again.
import { Refusal } from "../../assets/ask.js";
import { tell } from "../../assets/dom.js";
import { takeaways } from "../../assets/takeaways.js";
import { WAYS } from "./state.js";

/** @typedef {import("../../assets/takeaways.js").Shown} Shown */
/**
 * @typedef {object} Job
 * @property {string} name
 * @property {HTMLElement} box
 * @property {boolean} moves whether it can be taken away as a film
 * @property {() => { what: string }} request what is asked for as things are set now
 * @property {(reply: any, request: any) => Shown} show its answer, and return what can be taken away
 */

/**
 * @param {import("./state.js").Lesson} lesson
 * @param {Job[]} jobs
 * @param {{ ask: (request: object) => Promise<any>, server: any }} parts ask: for a drawing
 */
export function drawing({ $, data, store, words }, jobs, { ask, server }) {
  const { state, update } = store;
  /** @type {Map<string, string>} */
  const drawnFor = new Map(); // the request of each job
  /** @type {Map<string, Shown>} */
  const taken = new Map();

  const onShow = () => {
    const names = new Set([state.mixing, ...WAYS, ...state.seen]);
    return [...names].flatMap((name) => jobs.find((job) => job.name === name) ?? []);
  };
  const stale = () => onShow().filter((job) => drawnFor.get(job.name) !== JSON.stringify(job.request()));

  /** The answer, or why there is none and asking again is no use. @param {object} request */
  async function answered(request) {
    try {
      return { reply: await ask(request), refused: "" };
    } catch (error) {
      if (error instanceof Refusal && error.answer) return { reply: null, refused: error.message };
      throw error;
    }
  }

  /** @param {Job} job */
  async function draw(job) {
    const request = job.request();
    for (const each of stale()) each.box.setAttribute("aria-busy", "true");
    tell($(".state"), words.say("drawing", { steps: data.steps.full }));
    const { reply, refused } = await answered(request);
    drawnFor.set(job.name, JSON.stringify(request));
    tell($(".state"), refused);
    if (reply) taken.set(job.name, job.show(reply, request));
    const left = stale();
    for (const each of onShow()) if (!left.includes(each)) each.box.removeAttribute("aria-busy");
  }

  async function work() {
    if (state.drawing) return;
    update({ drawing: true });
    try {
      while (state.resting && stale().length) await draw(stale()[0]);
    } catch {
      tell($(".state"), words.say("not-drawn"));
      for (const each of onShow()) each.box.removeAttribute("aria-busy");
    } finally {
      update({ drawing: false });
    }
  }

  for (const { name, box, moves } of jobs) {
    /** @type {HTMLElement | null} */
    const buttons = box.querySelector(".away");
    if (!buttons) throw new Error(`there is no .away in ${name}`);
    const get = () => {
      const shown = taken.get(name);
      return shown && { ...shown, shape: data.shape };
    };
    takeaways(buttons, server, get, { frames: moves });
  }
  store.listen((changed) => {
    if (changed.has("resting") && state.resting) work();
  });
}
