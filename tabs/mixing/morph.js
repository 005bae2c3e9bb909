// @ts-check
// Nine mixes on the straight line from A to B, from one noise.
import { bytes } from "../../assets/pixels.js";
import { MS, player } from "./player.js";
import { along, rowOf } from "./weights.js";

/** mixes() of lesson.py. @typedef {{ sprites: string, columns: number, code: string }} Reply */

/** @param {import("./state.js").Lesson} lesson @returns {import("./drawing.js").Job} */
export function morph(lesson) {
  const { $, data, store, words, inWords } = lesson;
  const box = $(".part.morph");
  const play = player(lesson, box, words.say("from-mix-to-mix"));

  /** @param {number} i @param {number} n */
  const letter = (i, n) => (i === 0 ? "A" : i === n - 1 ? "B" : "");

  return {
    name: "morph",
    box,
    moves: true,
    request: () => ({ what: "morph", ...store.line() }),
    /** @param {Reply} reply @param {import("./state.js").Line} request */
    show({ sprites, columns, code }, { a, b }) {
      const rgb = bytes(sprites);
      const from = rowOf(a, data.classes);
      const to = rowOf(b, data.classes);
      const mixes = Array.from({ length: columns }, (_, i) => inWords(along(from, to, i, columns)));
      play.film(
        0,
        rgb,
        mixes.map((mix, i) => ({ text: letter(i, columns), label: mix })),
      );
      play.load(
        rgb,
        mixes.map((mix, i) => ({ text: mix, label: words.say("morph-seen", { place: i + 1, all: columns, mix }) })),
      );
      return { name: "morph", rgb, frames: rgb, columns, across: columns, ms: MS, code };
    },
  };
}
