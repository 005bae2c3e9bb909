// @ts-check
// Sixteen sprites of the mix on show, once for each way of mixing.
import { decodedRun, lend } from "../../assets/overview.js";
import { bytes, bytesOf } from "../../assets/pixels.js";
import { sprite } from "./sprites.js";

/** @typedef {import("./state.js").Mix} Mix */
/**
 * sheet() of lesson.py.
 * @typedef {{ title: string, note: string, sprites: string, count: number, code: string,
 *   run: Parameters<typeof decodedRun>[0] }} Reply run: of the first sprite, for the overview
 */

/**
 * @param {import("./state.js").Lesson} lesson
 * @param {string} mixing which way
 * @param {(mix: Mix, rgb: Uint8Array) => void} finish is handed the first sprite
 * @returns {import("./drawing.js").Job}
 */
export function sheet({ $, data, store, words }, mixing, finish) {
  const { shape } = data;
  const box = $(`.sheet.${mixing}`);
  return {
    name: mixing,
    box,
    moves: false,
    request: () => ({ what: "sheet", ...store.mix(mixing) }),
    /** @param {Reply} reply @param {Mix} request */
    show({ title, note, sprites, count, code, run }, { weights, guidance_scale, seed }) {
      const rgb = bytes(sprites);
      const grid = box.querySelector(".sprites");
      box.querySelector(".note").textContent = note;
      grid.replaceChildren(...Array.from({ length: count }, (_, i) => sprite(rgb, i, shape)));
      grid.setAttribute("aria-label", words.say("sheet-seen", { count, title, note }));
      if (mixing === store.state.mixing) lend("mixing", decodedRun(run), Math.floor(run.t.length / 2));
      finish({ weights, guidance_scale, seed, mixing }, rgb.slice(0, bytesOf(shape)));
      return { name: `mix-${mixing}`, rgb, code };
    },
  };
}
