// @ts-check
// Is it new? Each finished sprite beside the training sprite that is nearest to it.
import { node } from "../../assets/dom.js";
import { base64, bytes, bytesOf, drawBytes } from "../../assets/pixels.js";
import { now, origin, summary } from "./branches.js";
import { finishedRGB } from "./trajectory.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./branches.js").Branch} Branch */
/** novelty of novelty.py, when it is done. @typedef {{ nearest: string, unseen: number, copy: number, drawn: undefined,
 *   each: { distance: number, name: string, nearer: number | null, of: number }[] }} Found */
/** @typedef {{ drawn: number, of: number }} Progress of drawing the training set */

/** @param {Lesson} lesson
 * @param {(data: object, each: (answer: Found | Progress) => void) => Promise<Found | null>} ask
 * @returns {import("./lesson.js").View} */
export function novelty({ $, state, known, say, tell, attempt }, ask) {
  /** @type {Branch[]} */
  let compared = [];

  $(".compare").addEventListener("click", () => {
    if (!state.run) return;
    compared = state.branches;
    const each = bytesOf(state.run.shape),
      all = new Uint8Array(each * compared.length);
    compared.forEach((branch, b) => all.set(finishedRGB(branch), b * each));
    tell(".compare-status", say("comparing"));
    const networks = compared.map((branch) => now(branch).network);
    attempt(".compare-status", ask({ sprites: base64(all), networks }, show), show);
  });

  /** @param {string} ariaLabel @param {ArrayLike<number>} rgb @param {number} i @param {Branch} branch
   * @param {string} text */
  function figure(ariaLabel, rgb, i, { shape }, text) {
    const canvas = node("canvas", { role: "img", ariaLabel });
    drawBytes(canvas, rgb, i, shape);
    return node("figure", {}, canvas, node("figcaption", { textContent: text }));
  }

  /** @param {Branch} branch @param {number} b @param {Found} found @param {Uint8Array} nearest */
  function pair(branch, b, found, nearest) {
    const { distance, name, nearer, of } = found.each[b],
      shown = distance.toFixed(1),
      copied = +shown < found.copy,
      others = nearer !== null,
      told = { distance: shown, copied, fresh: !copied, others, unseen: found.unseen, name, nearer: nearer ?? "" };
    const title = branch.forks.length ? `${origin(branch)}: ${summary(branch, known)}` : origin(branch);
    return node(
      "div",
      {},
      node("h4", { textContent: title }),
      node(
        "div",
        { className: "pair" },
        figure(say("label-own"), finishedRGB(branch), 0, branch, "generated"),
        figure(say("label-nearest", { name }), nearest, b, branch, say("nearest-of", { of: of.toLocaleString("en") })),
      ),
      node("p", { className: "distance", textContent: say("distance", told) }),
    );
  }

  /** @param {Found | Progress} found */
  function show(found) {
    if (compared.length === 0) return;
    if (found.drawn !== undefined) return tell(".compare-status", say("drawing-set", found));
    const nearest = bytes(found.nearest);
    $(".neighbours").replaceChildren(...compared.map((branch, b) => pair(branch, b, found, nearest)));
    tell(".compare-status", say("distance-means", { copy: found.copy }));
  }

  return {
    needs: ["branches"],
    draw() {
      // what was found was about other branches
      compared = [];
      $(".neighbours").replaceChildren();
      tell(".compare-status", "");
    },
  };
}
