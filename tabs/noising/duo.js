// @ts-check
// Two schedules at the same t: what each makes of the sprite, and which t of one is as noisy as this t of the other.
import { number } from "../../assets/numbers.js";
import { draw, VALUES } from "../../assets/pixels.js";
import { titled } from "./axes.js";
import { nearestStep, noised, snr } from "./process.js";
import { X_T } from "./state.js";

/** @param {import("./state.js").Lesson} lesson */
export function duo({ $, store, views, words }) {
  const { state, T } = store;
  const picture = new Float32Array(VALUES);

  /** @param {string} selector @param {string} schedule */
  function show(selector, schedule) {
    const canvas = $(selector);
    const a = store.alphaBar(state.t, schedule);
    const values = { t: state.t, schedule: titled(schedule), a: number(a), snr: number(snr(a)) };
    draw(canvas, noised(picture, state.x0, state.eps, store.weights(state.t, schedule)));
    views.label(canvas, words.say("schedule-seen", values));
    canvas.nextElementSibling.replaceChildren(...words.nodes("schedule", values));
  }

  function match() {
    const { schedule, rival, t } = state;
    const end = store.alphaBar(T, rival);
    const near = nearestStep(store.schedules[rival], store.alphaBar());
    const values = { schedule: titled(schedule), rival: titled(rival), t, near, end: number(end) };
    const short = store.alphaBar() < end - 1e-3;
    return words.say(schedule === rival ? "match-same" : short ? "match-none" : "match", values);
  }

  views.add({
    box: $(".duo"),
    parts: [...X_T, "rival"],
    draw() {
      show(".same", state.schedule);
      show(".other", state.rival);
      $(".match").textContent = match();
    },
  });
}
