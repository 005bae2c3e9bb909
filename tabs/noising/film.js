// @ts-check
// The whole path as a film: the strip of frames on the page, and the frames that are taken away.
import { node } from "../../assets/dom.js";
import { rove } from "../../assets/keys.js";
import { draw, toBytes, VALUES } from "../../assets/pixels.js";
import { frameNoise, noised } from "./process.js";

/** @typedef {import("./state.js").Lesson} Lesson */

const FRAMES = 13;
const TAKEN = 51; // frames of the GIF

/** n timesteps from 0 to T. @param {number} n @param {number} T */
const evenly = (n, T) => Array.from({ length: n }, (_, k) => Math.round((k * T) / (n - 1)));

/** @param {Lesson} lesson @param {(t: number) => void} go */
export function film({ $, store, views, words }, go) {
  const { state, T } = store;
  const steps = evenly(FRAMES, T);
  const picture = new Float32Array(VALUES);
  const canvases = steps.map(() => node("canvas", { width: 16, height: 16 }));
  const buttons = steps.map((t, k) => {
    const ariaLabel = words.say("go", { t });
    return node("button", { type: "button", ariaLabel, onclick: () => go(t) }, canvases[k], `${t}`);
  });

  /** One noise for all frames or, with fresh noise in every frame, each its own. @param {number} t */
  const frame = (t) => noised(picture, state.x0, state.fresh ? frameNoise(t) : state.seeded, store.weights(t));

  $(".strip").replaceChildren(...buttons);
  views.add({
    box: $(".strip"),
    parts: ["t", "x0", "seeded", "schedule", "fresh"],
    draw(changed) {
      const nearest = steps.reduce((best, t) => (Math.abs(t - state.t) < Math.abs(best - state.t) ? t : best));
      for (const [k, button] of buttons.entries()) button.setAttribute("aria-current", String(steps[k] === nearest));
      if (![...changed].some((part) => part !== "t")) return;
      for (const [k, canvas] of canvases.entries()) draw(canvas, frame(steps[k]));
      $(".strip-note").textContent = words.say(state.fresh ? "film-fresh" : "film-kept");
    },
  });
  rove($(".strip"));

  /** RGB bytes of all frames of the GIF. */
  return function frames() {
    const bytes = new Uint8Array(TAKEN * VALUES);
    for (const [k, t] of evenly(TAKEN, T).entries()) bytes.set(toBytes(frame(t)), k * VALUES);
    return bytes;
  };
}
