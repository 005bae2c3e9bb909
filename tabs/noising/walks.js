// @ts-check
// Many small steps against one jump: the sprite after t small steps, and 2,000 walks of one value against the formula.
import { fixed } from "../../assets/numbers.js";
import { draw } from "../../assets/pixels.js";
import { BAR, bells, VALUE_RANGE } from "./axes.js";
import { histogram, mixture, moments, normals, walk } from "./gauss.js";
import { valueAt } from "./process.js";
import { X_T } from "./state.js";

const WALKS = 2000;

/** @param {import("./state.js").Lesson} lesson */
export function walks({ $, store, views, words }) {
  const { state, x_t } = store;
  const box = $(".chain");
  let walked = new Float64Array();
  let ends = new Float64Array();

  function take() {
    const table = store.schedules[state.schedule];
    const normal = normals(state.walks);
    walked = walk(Float64Array.from(state.x0), table, state.t, normal);
    const x0 = state.x0[valueAt(state.pixel, state.channel)];
    ends = walk(new Float64Array(WALKS).fill(x0), table, state.t, normal);
  }

  function explain() {
    const { t, sprite } = state;
    const beta = t ? 1 - store.alphaBar() / store.alphaBar(t - 1) : 0;
    const values = { t, before: t - 1, keep: Math.sqrt(1 - beta).toFixed(4), add: Math.sqrt(beta).toFixed(4) };
    $(".step").replaceChildren(...(t ? words.nodes("step", values) : []));
    $(".walked").nextElementSibling.textContent = words.say(t === 1 ? "one-step" : "many-steps", { t });
    views.label($(".walked"), words.say("walked", { caption: sprite.caption, t }));
  }

  function compare() {
    const { t, pixel } = state;
    const { signal, noise } = store.weights();
    const x0 = state.x0[valueAt(pixel, state.channel)];
    const found = moments(ends);
    const [low, high] = VALUE_RANGE;
    const exact = mixture([[x0, 1]], signal, noise, low, high, BAR);
    bells($(".many"), histogram(ends, low, high, BAR), exact, { normal: false });
    const value = { x: pixel.x + 1, y: pixel.y + 1, x0: x0.toFixed(3).replace("-", "−") };
    $(".which").replaceChildren(...words.nodes("which", value));
    column("mean", found.mean, found.meanError, signal * x0);
    column("std", found.std, found.stdError, noise);
    const shown = { mean: found.mean, std: found.std, trueMean: signal * x0, trueStd: noise };
    const three = Object.fromEntries(Object.entries(shown).map(([name, v]) => [name, v.toFixed(3)]));
    views.label($(".many"), words.say("many", three));

    /** @param {string} name @param {number} value @param {number} error @param {number} truth */
    function column(name, value, error, truth) {
      const digits = error ? Math.max(4, 2 - Math.floor(Math.log10(error))) : 4; // at least three of the error
      const rounded = (/** @type {number} */ v) => +v.toFixed(digits);
      const gap = (rounded(value) - rounded(truth)) / rounded(error);
      $(`.${name}`).textContent = `${fixed(value, digits)} ± ${fixed(error, digits)}`;
      $(`.true-${name}`).textContent = fixed(truth, digits);
      $(`.${name}-gap`).textContent = t ? fixed(gap, 1) : "0";
    }
  }

  views.add({
    box,
    parts: [...X_T, "sprite"],
    draw() {
      draw($(".jumped"), x_t);
      views.label($(".jumped"), words.say("jumped", { caption: state.sprite.caption, t: state.t }));
    },
  });
  views.add({
    box,
    late: true,
    parts: ["x0", "t", "schedule", "pixel", "channel", "walks", "sprite"],
    draw(changed) {
      if (changed.size) {
        take();
        draw($(".walked"), walked);
        explain();
      }
      compare();
    },
  });
  $(".again").addEventListener("click", () => {
    store.update({ walks: state.walks + 1 });
    views.flush();
  });
  $(".channel").addEventListener("change", () => {
    store.update({ channel: +$(".channel").value });
    views.flush();
  });
}
