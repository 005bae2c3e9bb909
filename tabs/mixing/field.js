// @ts-check
// The pad of the lesson: its canvas, and a button at each corner for that class alone.
import { node, whenRestyled } from "../../assets/dom.js";
import { rove } from "../../assets/keys.js";
import { bytes, drawBytes } from "../../assets/pixels.js";
import { drawPad, REACH } from "./pad-canvas.js";
import { movable } from "./pad-hand.js";
import { only } from "./weights.js";

/** @typedef {import("./pad.js").Point} Point */

const BESIDE_A_PENTAGON = [
  [0, -1.26],
  [1.1, -0.62],
  [0.68, 1.1],
  [-0.68, 1.1],
  [-1.1, -0.62],
];

/** Where the buttons stand: beside the corners, clear of the point. @param {Point[]} corners */
function besides(corners) {
  if (corners.length === BESIDE_A_PENTAGON.length) return BESIDE_A_PENTAGON;
  return corners.map(([x, y]) => (corners.length < 3 ? [x, 0.35] : [1.25 * x, 1.2 * y]));
}

/** Of the canvas, in percent. @param {number} v */
const share = (v) => `${50 + (50 * v) / REACH}%`;

/** @param {import("./state.js").Lesson} lesson */
export function field({ $, data, pad, store, views, words, inWords }) {
  const { state } = store;
  const { classes } = data;
  const canvas = $(".field");

  const examples = data.sprites === null ? null : bytes(data.sprites); // none of classes that are not ours
  const places = besides(pad.corners);
  for (const [i, name] of classes.entries()) {
    const alone = words.say("alone", { name });
    const onclick = () => store.setMix(only(i, classes.length));
    const button = node("button", { type: "button", title: alone, ariaLabel: alone, onclick });
    if (examples) {
      const picture = node("canvas", { ariaHidden: "true" });
      drawBytes(picture, examples, i);
      button.append(picture);
    }
    button.append(name);
    const [x, y] = places[i];
    button.style.left = share(x);
    button.style.top = share(y);
    $(".pad").append(button);
  }
  rove($(".pad"));

  let lineMatters = false;
  function draw() {
    lineMatters ||= state.seen.some((part) => part !== "seeds"); // once somebody has met A and B
    /** @type {[string, Point | null][]} */
    const ends = [
      ["A", pad.point(state.a)],
      ["B", pad.point(state.b)],
    ];
    drawPad(canvas, pad, state.weights, state.point, lineMatters ? ends : []);
  }
  views.add({ parts: ["weights", "point", "a", "b", "seen"], draw });
  views.add({
    parts: ["weights"],
    draw() {
      const corners = Math.min(classes.length, 9);
      canvas.setAttribute("aria-label", words.say("pad", { weights: inWords(state.weights), corners }));
    },
  });
  movable(canvas, pad, () => state.point, store.setPoint);
  whenRestyled($(".pad"), draw);
}
