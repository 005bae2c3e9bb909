// @ts-check
// Seeds x mixes: a column is a mix on the way from A to B, a row is one noise.
import { node } from "../../assets/dom.js";
import { canvasesOf, paint } from "./sprites.js";
import { rowOf } from "./weights.js";

/** @typedef {import("./state.js").Line} Line */

/** @param {import("./state.js").Lesson} lesson @returns {import("./drawing.js").Job} */
export function grid({ $, data, store, words, inWords }) {
  const { classes, shape, grid: n } = data;
  const box = $(".part.grid");
  const table = box.querySelector(".table");
  const head = (/** @type {string} */ textContent) => node("span", { textContent });

  /** @param {number} i */
  function share(i) {
    if (i === 0) return "A";
    return i === n - 1 ? "B" : words.say("share", { percent: 100 - (100 * i) / (n - 1) });
  }

  /** @param {Line} request */
  function lay({ seed }) {
    const canvases = canvasesOf(table, n * n, shape);
    table.replaceChildren(head(""), ...Array.from({ length: n }, (_, i) => head(share(i))));
    for (let row = 0; row < n; row++)
      table.append(head(words.say("seed", { seed: seed + row })), ...canvases.slice(n * row, n * (row + 1)));
    return canvases;
  }

  return {
    name: "grid",
    box,
    moves: false,
    request: () => ({ what: "grid", ...store.line() }),
    lay,
    /** @param {import("./maker.js").Drawn} drawn @param {Line} request */
    show({ rgb }, request) {
      const { a, b, seed } = request;
      paint(lay(request), rgb, shape);
      const ends = { a: inWords(rowOf(a, classes)), b: inWords(rowOf(b, classes)) };
      table.setAttribute("aria-label", words.say("grid-seen", { n, seed, ...ends }));
      return { name: "seeds-mixes", rgb, columns: n };
    },
  };
}
