// @ts-check
// What sets the weights beside the pad: presets, a slider and a box for each class, and the strength of all of them.
import { node } from "../../assets/dom.js";
import { rove } from "../../assets/keys.js";
import { HIGH, LOW, rowOf, total } from "./weights.js";

/** @typedef {import("./state.js").Lesson} Lesson */

/**
 * Show a number, but leave "0.50" alone while somebody types it. @param {HTMLInputElement} box
 * @param {number} value
 */
function fill(box, value) {
  const typed = document.activeElement === box && box.value !== "" && +box.value === value;
  if (!typed) box.value = String(value);
}

/** @param {HTMLInputElement} slider @param {number} value */
function slide(slider, value) {
  slider.value = String(value);
  slider.setAttribute("aria-valuetext", `${value}`);
}

/** @param {Lesson} lesson */
export function dials(lesson) {
  presets(lesson);
  for (const [i, name] of lesson.data.classes.entries()) weight(lesson, i, name);
  strength(lesson);
  summary(lesson);
}

/** @param {Lesson} lesson */
function presets({ $, data, store, views }) {
  for (const [title, weights] of data.presets) {
    const row = rowOf(weights, data.classes);
    const onclick = () => store.setMix([...row]);
    const button = node("button", { type: "button", className: "fresh", textContent: title, onclick });
    $(".presets").append(button);
    views.add({
      parts: ["weights"],
      draw() {
        const chosen = row.every((each, i) => each === store.state.weights[i]);
        button.setAttribute("aria-pressed", String(chosen));
      },
    });
  }
  rove($(".presets"));
}

/** @param {Lesson} lesson @param {number} i @param {string} name */
function weight({ $, store, views, words }, i, name) {
  const range = { min: LOW, max: HIGH, step: 0.01 };
  const slider = node("input", { type: "range", id: `mixing-weight-${i}`, className: "weight", ...range });
  const ariaLabel = words.say("as-number", { name });
  const box = node("input", { type: "number", className: "weight-box", ...range, ariaLabel });
  const label = node("label", { textContent: name, htmlFor: slider.id });
  $(".weights").append(node("div", { className: "dial" }, label, slider, box));

  function show() {
    const value = store.state.weights[i];
    slide(slider, value);
    fill(box, value);
  }
  slider.addEventListener("input", () => store.setWeight(i, +slider.value));
  box.addEventListener("change", () => {
    store.setWeight(i, parseFloat(box.value));
    show(); // an empty box: again what holds
  });
  views.add({ parts: ["weights"], draw: show });
}

/** @param {Lesson} lesson */
function strength({ $, store, views }) {
  const slider = $(".strength");
  const box = $(".strength-box");

  function show() {
    slide(slider, total(store.state.weights));
    box.value = total(store.state.weights);
  }
  /** @param {HTMLInputElement} input */
  function set(input) {
    store.setStrength(parseFloat(input.value));
    show(); // weights that have no place on the pad stay as they are
  }
  slider.addEventListener("input", () => set(slider));
  box.addEventListener("change", () => set(box));
  views.add({ parts: ["weights"], draw: show });
}

/** The mix in words, and its sum. @param {Lesson} lesson */
function summary({ $, pad, store, views, words, inWords }) {
  const { state, update } = store;
  const keep = $(".keep");

  function sumInWords() {
    const { point, weights } = state;
    const whole = `${total(weights)}`.replace("-", "−");
    if (!point) return words.say("sum-nowhere", { total: whole });
    const edge = pad.inside(point);
    const beyond = Math.hypot(point[0] - edge[0], point[1] - edge[1]) > 1e-6;
    return words.say(beyond ? "sum-beyond" : "sum", { total: whole });
  }
  views.add({
    parts: ["weights", "point"],
    draw() {
      $(".words").textContent = inWords(state.weights);
      $(".total").textContent = sumInWords();
    },
  });

  keep.addEventListener("change", () => update({ keep: keep.checked }));
  views.add({
    parts: ["keep"],
    draw() {
      keep.checked = state.keep;
    },
  });
}
