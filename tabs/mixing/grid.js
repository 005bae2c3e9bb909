// @ts-check
// Seeds x mixes: a column is a mix on the way from A to B, a row is one noise.
import { node } from "../../assets/dom.js";
import { bytes, bytesOf } from "../../assets/pixels.js";
import { sprite } from "./sprites.js";
import { rowOf } from "./weights.js";

/** @typedef {import("./state.js").Line} Line */
/** mixes() of lesson.py. @typedef {{ sprites: string, columns: number, code: string }} Reply */

/** @param {import("./state.js").Lesson} lesson @returns {import("./drawing.js").Job} */
export function grid({ $, data, store, words, inWords }) {
  const { classes, shape } = data;
  const box = $(".part.grid");
  const table = box.querySelector(".table");
  const head = (/** @type {string} */ textContent) => node("span", { textContent });

  /** @param {number} i @param {number} n */
  function share(i, n) {
    if (i === 0) return "A";
    return i === n - 1 ? "B" : words.say("share", { percent: 100 - (100 * i) / (n - 1) });
  }

  return {
    name: "grid",
    box,
    moves: false,
    request: () => ({ what: "grid", ...store.line() }),
    /** @param {Reply} reply @param {Line} request */
    show({ sprites, columns, code }, { a, b, seed }) {
      const rgb = bytes(sprites);
      const count = rgb.length / bytesOf(shape);
      table.replaceChildren(head(""), ...Array.from({ length: columns }, (_, i) => head(share(i, columns))));
      for (let i = 0; i < count; i++) {
        if (i % columns === 0) table.append(head(words.say("seed", { seed: seed + i / columns })));
        table.append(sprite(rgb, i, shape));
      }
      const ends = { a: inWords(rowOf(a, classes)), b: inWords(rowOf(b, classes)) };
      table.setAttribute("aria-label", words.say("grid-seen", { n: columns, seed, ...ends }));
      return { name: "seeds-mixes", rgb, columns, code };
    },
  };
}
