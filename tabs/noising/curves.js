// @ts-check
// How fast the sprite drowns: alpha_bar and the signal-to-noise ratio over t, and all values of x_t as a histogram.
import { number } from "../../assets/numbers.js";
import { VALUES } from "../../assets/pixels.js";
import { colour, plot } from "../../assets/plot.js";
import { BAR, bells, curve, DASHED, here, timeAxis, titled, VALUE_RANGE } from "./axes.js";
import { histogram, mixture, shares } from "./gauss.js";
import { snr } from "./process.js";
import { X_T } from "./state.js";

/** @typedef {import("./state.js").Lesson} Lesson */
/** @typedef {import("./axes.js").Plot} Plot */

const DECADES = 4; // of the signal-to-noise ratio, above 1 and below

/** @param {Lesson} lesson */
export function curves({ $, store, views, words }) {
  const { state, T, x_t } = store;
  const time = timeAxis(T);

  /**
   * A function of alpha_bar, of both schedules, and where you are.
   * @param {HTMLCanvasElement} canvas
   * @param {Plot} p
   * @param {(alphaBar: number) => number} f
   */
  function both(canvas, p, f) {
    p.line(
      curve(T, (t) => f(store.alphaBar(t, state.rival))),
      "--body-text-color",
      DASHED,
    );
    p.line(
      curve(T, (t) => f(store.alphaBar(t))),
      "--signal",
      { width: 2.5 },
    );
    here(canvas, p, state.t);
    p.dot(state.t, f(store.alphaBar()), "--mixture");
  }

  function alpha() {
    const canvas = $(".alpha");
    const yTicks = /** @type {[number, string][]} */ ([0, 0.5, 1].map((v) => [v, `${v}`]));
    both(canvas, plot(canvas, { ...time, y: [0, 1], yTicks }), (a) => a);
    $(".curves .name-schedule").textContent = titled(state.schedule);
    $(".curves .name-rival").textContent = titled(state.rival);
    const values = { schedule: titled(state.schedule), end: number(store.alphaBar(T)), T, a: number(store.alphaBar()) };
    views.label(canvas, words.say("alpha", { ...values, t: state.t }));
  }

  function ratio() {
    const canvas = $(".snr");
    const log = (/** @type {number} */ a) => Math.max(-DECADES, Math.min(DECADES, Math.log10(snr(a))));
    const p = plot(canvas, {
      ...time,
      y: [-DECADES, DECADES],
      yTicks: [
        [-4, "10⁻⁴"],
        [-2, "0.01"],
        [0, "1"],
        [2, "100"],
        [4, "10⁴"],
      ],
      wide: 2.375,
    });
    both(canvas, p, log);
    const now = number(snr(store.alphaBar()));
    p.c.fillStyle = colour(canvas, "--body-text-color");
    p.c.textAlign = "left"; // above and to the right of a falling curve there is room
    const x = Math.min(p.X(state.t) + 10, p.right - 6 * p.rem);
    p.c.fillText(`SNR = ${now}`, x, Math.max(p.top + 0.75 * p.rem, p.Y(log(store.alphaBar())) - 10));
    views.label(canvas, words.say("snr", { t: state.t, snr: now }));
  }

  /** @type {[number, number][]} */
  let parts = []; // the values of x0 and how often each occurs
  /** @type {import("../../assets/views.js").Draw<import("./state.js").Part>} */
  function values(changed) {
    if (changed.has("x0")) parts = shares(state.x0);
    const { signal, noise } = store.weights();
    const [low, high] = VALUE_RANGE;
    bells($(".values"), histogram(x_t, low, high, BAR), mixture(parts, signal, noise, low, high, BAR));
    const mean = x_t.reduce((sum, v) => sum + v, 0) / VALUES;
    const std = Math.sqrt(x_t.reduce((sum, v) => sum + (v - mean) ** 2, 0) / VALUES);
    views.label($(".values"), words.say("values", { t: state.t, mean: mean.toFixed(2), std: std.toFixed(2) }));
  }

  views.add({ box: $(".alpha"), parts: ["t", "schedule", "rival"], draw: alpha });
  views.add({ box: $(".snr"), parts: ["t", "schedule", "rival"], draw: ratio });
  views.add({ box: $(".values"), parts: X_T, draw: values });
}
