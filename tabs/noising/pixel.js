// @ts-check
// The path of one pixel: its three values in x_t over t, of which those at the t on show are marked.
import { draw } from "../../assets/pixels.js";
import { plot } from "../../assets/plot.js";
import { curve, here, timeAxis, VALUE_RANGE } from "./axes.js";
import { CHANNELS, valueAt } from "./process.js";
import { X_T } from "./state.js";

const COLOURS = ["--red", "--green", "--blue"];
const DASHES = [[], [7, 4], [2, 4]];

/** @param {import("./state.js").Lesson} lesson */
export function pixelPath({ $, store, views, words }) {
  const { state, T, x_t } = store;

  /** @param {number} i of the value in a picture */
  const path = (i) =>
    curve(T, (t) => {
      const { signal, noise } = store.weights(t);
      return signal * state.x0[i] + noise * state.eps[i];
    });

  views.add({
    box: $(".pixel"),
    parts: [...X_T, "pixel"],
    draw() {
      const { t, pixel } = state;
      const canvas = $(".path");
      const p = plot(canvas, {
        ...timeAxis(T),
        y: VALUE_RANGE,
        yTicks: [-3, -1, 0, 1, 3].map((v) => [v, `${v}`.replace("-", "−")]),
      });
      here(canvas, p, t);
      const now = CHANNELS.map((channel, c) => {
        const i = valueAt(pixel, c);
        p.line(path(i), COLOURS[c], { dash: DASHES[c] });
        p.dot(t, x_t[i], COLOURS[c], 5);
        return `${channel} ${x_t[i].toFixed(2)}`;
      });
      const values = { x: pixel.x + 1, y: pixel.y + 1, t, values: now.join(", ") };
      draw($(".pointed"), x_t);
      views.label(canvas, words.say("path", values));
      views.label($(".pointed"), words.say("pointed", values));
    },
  });
}
