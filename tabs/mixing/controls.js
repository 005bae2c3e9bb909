// @ts-check
// The other controls: seeds, guidance, what is mixed, the ends A and B.
import { clamp } from "./weights.js";

/** @typedef {import("./state.js").Lesson} Lesson */

const SEEDS = 10_000; // that "another seed" chooses from

/** @param {Lesson} lesson */
export function controls(lesson) {
  const { $, data, store, views } = lesson;
  const { state, update } = store;
  const seed = (/** @type {number} */ value) => clamp(Math.round(value), 0, data.max.seed);
  const guidance = (/** @type {number} */ value) => Math.round(10 * clamp(value, 0, data.max.guidance)) / 10;

  numbers(lesson, "seed", { ".seed": "change" }, seed);
  numbers(lesson, "seed_b", { ".seed-b": "change" }, seed);
  for (const selector of [".guidance", ".guidance-box"]) $(selector).max = data.max.guidance;
  numbers(lesson, "guidance_scale", { ".guidance": "input", ".guidance-box": "change" }, guidance);
  $(".another").addEventListener("click", () => update({ seed: Math.floor(Math.random() * SEEDS) }));

  $(".way").addEventListener("change", () => update({ mixing: $(".way").value }));
  views.add({
    parts: ["mixing"],
    draw() {
      $(".way").value = state.mixing;
    },
  });

  end(lesson, "a");
  end(lesson, "b");
}

/**
 * Inputs that set the same number, and show it.
 * @param {Lesson} lesson
 * @param {"seed" | "seed_b" | "guidance_scale"} part
 * @param {Record<string, "input" | "change">} events of each input, by its selector
 * @param {(value: number) => number} allowed the nearest number that is
 */
function numbers({ $, store, views }, part, events, allowed) {
  const inputs = Object.keys(events).map((selector) => $(selector));
  function show() {
    for (const input of inputs) input.value = store.state[part];
  }
  for (const [selector, event] of Object.entries(events)) {
    const input = $(selector);
    input.addEventListener(event, () => {
      const value = +input.value;
      if (input.value !== "" && Number.isFinite(value)) store.update({ [part]: allowed(value) });
      show(); // also what was not a number, or too large
    });
  }
  views.add({ parts: [part], draw: show });
}

/** An end of the line, which is set to the mix on the pad. @param {Lesson} lesson @param {"a" | "b"} end */
function end({ element, store, views, inWords }, end) {
  for (const button of element.querySelectorAll(`.set-${end}`))
    button.addEventListener("click", () => store.update({ [end]: [...store.state.weights] }));
  views.add({
    parts: [end],
    draw() {
      for (const label of element.querySelectorAll(`.is-${end}`)) label.textContent = inWords(store.state[end]);
    },
  });
}
