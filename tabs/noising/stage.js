// @ts-check
// The main figure: faded sprite + noise = x_t, the equation in numbers, the pixel that is pointed at, and the stage of
// noise in words.
import { number } from "../../assets/numbers.js";
import { draw, VALUES } from "../../assets/pixels.js";
import { point } from "../../assets/point.js";
import { pixelSum, stageOf, weighted } from "./process.js";
import { X_T } from "./state.js";

/** @typedef {import("./state.js").Lesson} Lesson */
/** @typedef {{ box: HTMLElement, name: string, title: string, range: string, until: number }} Stage */

/** The stages of the course's notes. Where one ends is our choice: lesson.html.
 * @param {HTMLElement} element @returns {Stage[]} */
export function stagesOf(element) {
  /** @type {NodeListOf<HTMLElement>} */
  const boxes = element.querySelectorAll(".stage-words");
  return [...boxes].map((box) => ({
    box,
    name: box.dataset.stage ?? "",
    title: box.querySelector("h3")?.textContent ?? "",
    range: box.dataset.range ?? "",
    until: Number(box.dataset.until),
  }));
}

/** Two digits, as people say a ratio. @param {number} x */
const about = (x) => (x < 100 ? `${+x.toPrecision(2)}` : number(+x.toPrecision(2)));

/** @param {Lesson} lesson @param {Stage[]} stages */
export function mainFigure({ $, element, store, views, words }, stages) {
  const { state, T, x_t } = store;
  const part = new Float32Array(VALUES);

  function pictures() {
    const { signal, noise } = store.weights();
    const { caption } = state.sprite;
    draw($(".x_t"), x_t);
    draw($(".x0"), weighted(part, state.x0, signal));
    draw($(".eps"), weighted(part, state.eps, noise));
    views.label($(".x0"), words.say("signal", { caption, weight: signal.toFixed(2) }));
    views.label($(".eps"), words.say("noise", { weight: noise.toFixed(2) }));
    const stage = stageOf(stages, store.weights()).title.toLowerCase();
    views.label($(".x_t"), words.say("noisy", { caption, stage, t: state.t, T }));
  }

  const fillEquation = words.live($(".equation"), "equation");
  function equation() {
    const { signal, noise } = store.weights();
    const a = store.alphaBar();
    fillEquation({ t: state.t, a: number(a), b: number(1 - a), signal: number(signal), noise: number(noise) });
  }

  function stage() {
    const { signal, noise } = store.weights();
    const now = stageOf(stages, { signal, noise });
    for (const each of stages) each.box.hidden = each !== now;
    const times = about(noise / signal);
    $(".stage-ratio").textContent = state.t === 0 ? "" : words.say("ratio", { times, range: now.range });
  }

  function marks() {
    for (const frame of element.querySelectorAll(".frame")) {
      frame.classList.toggle("marked", state.pointing || frame.querySelector(".pointed") !== null);
      const mark = /** @type {HTMLElement} */ (frame.querySelector(".mark"));
      mark.style.left = `calc(3px + (100% - 6px) * ${state.pixel.x} / 16)`;
      mark.style.top = `calc(3px + (100% - 6px) * ${state.pixel.y} / 16)`;
    }
  }

  function readout() {
    const { x, y } = state.pixel;
    const sums = pixelSum(state.pixel, state.x0, state.eps, store.weights());
    $(".readout").replaceChildren(
      ...words.nodes("pixel", { x: x + 1, y: y + 1 }),
      ...sums.flatMap((sum) => [" ", ...words.nodes("pixel-sum", sum)]),
    );
  }

  views.add({ parts: [...X_T, "sprite"], draw: pictures });
  views.add({ parts: ["t", "schedule"], draw: equation });
  views.add({ parts: ["t", "schedule"], draw: stage });
  views.add({ parts: ["pixel", "pointing"], draw: marks });
  views.add({
    parts: [...X_T, "pixel", "pointing"],
    draw(changed) {
      if (state.pointing) readout();
      else if (changed.has("pointing")) $(".readout").replaceChildren(...words.nodes("how-to-read"));
    },
  });

  /** @param {import("./process.js").Place | null} place */
  function pointAt(place) {
    const moved = place && (place.x !== state.pixel.x || place.y !== state.pixel.y);
    store.update({ pointing: place !== null, ...(moved ? { pixel: place } : {}) });
  }
  /** @type {NodeListOf<HTMLCanvasElement>} */
  const canvases = element.querySelectorAll(".frame canvas");
  for (const canvas of canvases) point(canvas, pointAt, () => state.pixel);
}
