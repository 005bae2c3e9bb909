// @ts-check
// The run and its branches, one below the other: a button each, and a film strip from noise to the finished sprite.
import { node } from "../../assets/dom.js";
import { rove } from "../../assets/keys.js";
import { drawBytes } from "../../assets/pixels.js";
import { origin, summary } from "./branches.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./branches.js").Branch} Branch */

const CELLS = 12; // of a strip, at most

/** The step that a cell of a strip shows. @param {Branch} branch @param {number} j */
const stepOf = ({ n }, j) => Math.round((j * n) / (Math.min(CELLS, n + 1) - 1));

/** @param {Lesson} lesson @param {{ turnTo: (branch: Branch, step: number) => void }} actions
 * @returns {import("./lesson.js").View} */
export function strips({ $, state, known, say }, { turnTo }) {
  const box = $(".branches");
  rove(box);
  /** @type {unknown[]} */
  let drawn = [];

  /** @param {Branch} branch @param {number} i */
  function sprite(branch, i) {
    const canvas = node("canvas");
    drawBytes(canvas, branch.rgb, i, branch.shape);
    return canvas;
  }

  /** @param {Branch} branch @param {number} b */
  function button(branch, b) {
    const canvas = sprite(branch, branch.n);
    canvas.ariaHidden = "true";
    const onclick = () => {
      turnTo(branch, Math.min(state.step, branch.n));
      box.children[b].querySelector("button").focus();
    };
    return node(
      "button",
      { type: "button", className: "branch", ariaPressed: String(branch === state.run), onclick },
      canvas,
      node("span", {}, node("b", { textContent: origin(branch) }), summary(branch, known)),
    );
  }

  /** @param {Branch} branch */
  function strip(branch) {
    const at = branch.forks.at(-1)?.at,
      ariaLabel = say(at === undefined ? "strip" : "strip-fork", { what: branch.what, at }),
      made = node("div", { className: "strip", role: "img", ariaLabel });
    for (let j = 0; j < Math.min(CELLS, branch.n + 1); j++) {
      const i = stepOf(branch, j);
      if (at !== undefined && i < at) {
        made.append(node("span", { className: "shared" }));
        continue;
      }
      const cell = sprite(branch, i);
      cell.addEventListener("click", () => turnTo(branch, i));
      made.append(cell);
    }
    return made;
  }

  function mark() {
    const { branches, run, step } = state;
    const cells = run && box.children[branches.indexOf(run)]?.querySelector(".strip").children;
    if (!cells) return;
    const near = Math.round((step * (cells.length - 1)) / run.n);
    [...cells].forEach((cell, j) => cell.classList.toggle("now", j === near));
  }

  return {
    needs: ["branches", "run", "step"],
    draw() {
      const { branches, run } = state;
      if (drawn[0] !== branches || drawn[1] !== run)
        box.replaceChildren(
          ...branches.map((branch, b) => node("div", { className: "branch-row" }, button(branch, b), strip(branch))),
        );
      drawn = [branches, run];
      mark();
    },
  };
}
