// @ts-check
// What is drawn in full quality when the hand rests: the sheets, and of the stations in sight whatever is not yet drawn
// for these settings, one job after another, what is in sight first. It stops when the hand moves, or the page is
// scrolled, again. What the page draws itself comes sprite by sprite, and ends when something else is wanted in its place.
import { Refusal } from "../../assets/ask.js";
import { tell } from "../../assets/dom.js";
import { drawBytes } from "../../assets/pixels.js";
import { takeaways } from "../../assets/takeaways.js";
import { WAYS } from "./state.js";

/** @typedef {import("../../assets/takeaways.js").Shown} Shown */
/**
 * @typedef {object} Job
 * @property {string} name
 * @property {HTMLElement} box
 * @property {boolean} moves whether it can be taken away as a film
 * @property {() => { what: string }} request what is asked for as things are set now
 * @property {(request: any) => HTMLCanvasElement[]} lay a canvas for each sprite; those that are there stay
 * @property {(rgb: Uint8Array, request: any) => void} [first] what its first sprite is for, while the others are drawn
 * @property {(drawn: any, request: any) => Shown} show what has been drawn, and return what can be taken away
 */

/**
 * @param {import("./state.js").Lesson} lesson
 * @param {Job[]} jobs
 * @param {{ maker: ReturnType<typeof import("./maker.js").maker>, server: any }} parts
 */
export function drawing({ $, data, store, words }, jobs, { maker, server }) {
  const { state, update } = store;
  /** @type {Map<string, string>} */
  const drawnFor = new Map(); // the request of each job
  /** @type {Map<string, Shown>} */
  const taken = new Map();
  /** Whether what is being drawn is still wanted. */
  let wanted = () => true;

  const onShow = () => {
    const names = new Set([...state.seen, state.mixing, ...WAYS]);
    return [...names].flatMap((name) => jobs.find((job) => job.name === name) ?? []);
  };
  const stale = () => onShow().filter((job) => drawnFor.get(job.name) !== JSON.stringify(job.request()));

  /** What has been drawn, or why there is none and asking again is no use.
   * @param {object} request @param {import("./maker.js").Tell} each */
  async function answered(request, each) {
    try {
      return { drawn: await maker.draw(request, each), refused: "" };
    } catch (error) {
      if (error instanceof Refusal && error.answer) return { drawn: null, refused: error.message };
      throw error;
    }
  }

  /** @param {Job} job */
  async function draw(job) {
    const request = job.request(),
      text = JSON.stringify(request);
    for (const { box } of stale()) {
      box.setAttribute("aria-busy", "true");
      for (const canvas of box.querySelectorAll("canvas.new")) canvas.classList.remove("new");
    }
    tell($(".state"), words.say("drawing", { steps: data.full.num_inference_steps }));
    /** @type {HTMLCanvasElement[] | null} */
    let canvases = null;
    wanted = () => JSON.stringify(job.request()) === text;
    const { drawn, refused } = await answered(request, ({ i, rgb }) => {
      canvases ??= job.lay(request);
      drawnFor.delete(job.name); // its pictures are of two requests now
      drawBytes(canvases[i], rgb, 0, data.shape);
      canvases[i].classList.add("new");
      if (i === 0) job.first?.(rgb, request);
    });
    tell($(".state"), refused);
    if (!drawn && !refused) return; // it was stopped
    drawnFor.set(job.name, text);
    if (drawn) {
      const code = () => server.drawing_program(request);
      taken.set(job.name, { ...job.show(drawn, request), code });
      const { seconds, here } = drawn;
      const made = /** @type {Element} */ (job.box.querySelector(".made"));
      made.textContent = words.say("made", { seconds: seconds.toFixed(1), here, server: !here });
    }
    rest(stale());
  }

  /** Nothing is on its way to the other jobs: theirs is drawn, or they are out of sight. @param {Job[]} busy */
  function rest(busy = []) {
    for (const job of jobs) if (!busy.includes(job)) job.box.removeAttribute("aria-busy");
  }

  async function work() {
    if (state.drawing) return;
    update({ drawing: true });
    try {
      while (state.resting && stale().length) await draw(stale()[0]);
      rest(stale());
    } catch {
      tell($(".state"), words.say("not-drawn"));
      rest();
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
    if (!wanted()) maker.stop();
    if (changed.has("resting") && state.resting) work();
  });
}
