// @ts-check
// The state of the lesson, with what follows from it for every view: the weights of sprite and noise, and x_t.
import { VALUES } from "../../assets/pixels.js";
import { createStore as storeOf } from "../../assets/store.js";
import { noised, weightsOf } from "./process.js";

/**
 * own: a person's, kept in the browser and painted on; what is not is copied when it is painted on. name: in the
 * gallery. told: the class that goes with it.
 * @typedef {import("../../assets/editor.js").Sprite & { caption: string, name: [string, number] | null,
 *   told: string | null }} Sprite
 */
/** Of which picture.
 * @typedef {{ t: number, schedule: string, seed: number, told: string, x0: Float32Array, eps: Float32Array }} Question */
/** Of the network, with the class told and without.
 * ms: how long it took; here: in the page.
 * @typedef {{ about: Question, sprite: Uint8Array, rgb: Uint8Array, ms: number, here: boolean }} Guess */
/** @typedef {Record<string, Float64Array>} Schedules alpha_bar by name: (T + 1,) */

/**
 * @typedef {object} State
 * @property {Sprite[]} sprites of the gallery
 * @property {Sprite} sprite the one that is noised
 * @property {Float32Array} x0 its pixels: a new array whenever they change
 * @property {number} t
 * @property {string} schedule
 * @property {string} rival the schedule to compare with
 * @property {number} seed of `seeded`
 * @property {Float32Array} seeded noise that can be had again by its seed
 * @property {Float32Array} eps the noise on show: `seeded`, or fresh noise while the hand moves
 * @property {boolean} fresh whether every frame gets fresh noise
 * @property {string} told the class that the network is told
 * @property {import("./process.js").Place} pixel
 * @property {boolean} pointing whether the hand is on it
 * @property {number} channel of its value that walks
 * @property {number} walks the number of the draw of 2,000 walks
 * @property {Guess | null} guess what the network has answered last
 */
/** @typedef {keyof State} Part */
/** @typedef {ReturnType<typeof createStore>} Store */
/** @typedef {{ $: (selector: string) => any, element: HTMLElement, store: Store,
 *   views: import("../../assets/views.js").Views<State>, words: import("../../assets/words.js").Words }} Lesson what every
 *   view is made with */

/** Parts that x_t follows from. @type {Part[]} */
export const X_T = ["x0", "eps", "t", "schedule"];

/** @param {State} initial @param {Schedules} schedules */
export function createStore(initial, schedules) {
  const { state, update, listen } = storeOf(initial);
  const x_t = new Float32Array(VALUES);

  const alphaBar = (t = state.t, schedule = state.schedule) => schedules[schedule][t];
  const weights = (t = state.t, schedule = state.schedule) => weightsOf(alphaBar(t, schedule));
  const derive = () => noised(x_t, state.x0, state.eps, weights());

  /** What the network would be asked about now. @returns {Question} */
  const question = () => {
    const { t, schedule, seed, told, x0, eps } = state;
    return { t, schedule, seed, told, x0, eps };
  };

  /** Whether the network has answered about what is on show. */
  function answered() {
    const { guess } = state;
    const now = question();
    const parts = /** @type {(keyof Question)[]} */ (Object.keys(now));
    return guess !== null && parts.every((part) => guess.about[part] === now[part]);
  }

  derive();
  listen((changed) => {
    if (X_T.some((part) => changed.has(part))) derive(); // before any view is drawn
  });
  return {
    state,
    schedules,
    T: schedules[initial.schedule].length - 1,
    x_t,
    alphaBar,
    weights,
    question,
    answered,
    update,
    listen,
  };
}
