// @ts-check
// Nine mixes on the straight line from A to B, from one noise.
import { MS, player } from "./player.js";
import { along, rowOf } from "./weights.js";

/** @param {import("./state.js").Lesson} lesson @returns {import("./drawing.js").Job} */
export function morph(lesson) {
  const { $, data, store, words, inWords } = lesson;
  const { classes, places: n } = data;
  const box = $(".part.morph");
  const play = player(lesson, box, words.say("from-mix-to-mix"));

  /** @param {number} i */
  const letter = (i) => (i === 0 ? "A" : i === n - 1 ? "B" : "");

  return {
    name: "morph",
    box,
    moves: true,
    request: () => ({ what: "morph", ...store.line() }),
    lay: play.lay,
    /** @param {import("./maker.js").Drawn} drawn @param {import("./state.js").Line} request */
    show({ rgb }, { a, b }) {
      const [from, to] = [a, b].map((weights) => rowOf(weights, classes));
      const mixes = Array.from({ length: n }, (_, i) => inWords(along(from, to, i, n)));
      play.film(
        0,
        rgb,
        mixes.map((mix, i) => ({ text: letter(i), label: mix })),
      );
      play.load(
        rgb,
        mixes.map((mix, i) => ({ text: mix, label: words.say("morph-seen", { place: i + 1, all: n, mix }) })),
      );
      return { name: "morph", rgb, frames: rgb, columns: n, across: n, ms: MS };
    },
  };
}
