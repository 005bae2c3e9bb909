// @ts-check
// Sixteen sprites of the mix on show, once for each way of mixing.
import { decodedRun, lend } from "../../assets/overview.js";
import { bytesOf, valuesOf } from "../../assets/pixels.js";
import { canvasesOf, paint } from "./sprites.js";
import { rowOf } from "./weights.js";

/** @typedef {import("../../assets/overview.js").Run} Run */
/** @typedef {import("./state.js").Mix} Mix */

/**
 * @param {import("./state.js").Lesson} lesson
 * @param {string} mixing which way
 * @param {(mix: Mix, rgb: Uint8Array) => void} finish is handed the first sprite
 * @returns {import("./drawing.js").Job}
 */
export function sheet({ $, data, store, words, inWords }, mixing, finish) {
  const { shape, classes } = data;
  const { count, num_inference_steps: steps } = data.full;
  const box = $(`.sheet.${mixing}`);
  const grid = box.querySelector(".sprites");

  /** A run of the page's own for the overview. @param {import("../../assets/explain.js").Trajectory} run
   * @param {string} told @returns {Run} */
  function ownRun({ t, x_t, eps, x0 }, told) {
    const at = (/** @type {number} */ k) => k * valuesOf(shape);
    return {
      shape,
      told,
      t,
      state: (i) => ({ values: x_t, offset: at(i) }),
      eps: (k) => ({ values: eps, range: 3, offset: at(k) }),
      x0: (k) => ({ values: x0, offset: at(k) }),
    };
  }

  function lay() {
    const canvases = canvasesOf(grid, count, shape);
    grid.replaceChildren(...canvases);
    return canvases;
  }

  return {
    name: mixing,
    box,
    moves: false,
    request: () => ({ what: "sheet", ...store.mix(mixing) }),
    lay,
    /** @param {Uint8Array} rgb @param {Mix} request */
    first: (rgb, { weights, guidance_scale, seed }) => finish({ weights, guidance_scale, seed, mixing }, rgb),
    /** @param {import("./maker.js").Drawn} drawn @param {Mix} request */
    show({ rgb, run, nfe, here }, { weights, guidance_scale, seed }) {
      const mix = inWords(rowOf(weights, classes));
      const note = words.say("sheet-note", { mix, each: nfe / steps, several: nfe > steps });
      const title = box.querySelector("h3").textContent;
      box.querySelector(".note").textContent = note;
      paint(lay(), rgb, shape);
      grid.setAttribute("aria-label", words.say("sheet-seen", { count, title, note }));
      if (mixing === store.state.mixing)
        lend("mixing", here ? ownRun(run, mix) : decodedRun(run), Math.floor(run.t.length / 2));
      finish({ weights, guidance_scale, seed, mixing }, rgb.slice(0, bytesOf(shape)));
      return { name: `mix-${mixing}`, rgb };
    },
  };
}
