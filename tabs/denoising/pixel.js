// @ts-check
// One pixel's path: a ring around it in all pictures, its channels over the whole run, and how this step made it. Until
// one is pointed at it is the middle one, without rings.
import { node, whenRestyled } from "../../assets/dom.js";
import { fixed, number, products } from "../../assets/numbers.js";
import { plot } from "../../assets/plot.js";
import { point } from "../../assets/point.js";
import { summands } from "./equation.js";
import { valueAt } from "./trajectory.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./branches.js").Branch} Branch */
/** @typedef {import("../../assets/point.js").Place} Place */
/** @typedef {{ name: string, colour: string, dash: number[] }} Channel */

const PICTURES = ["x_t", "eps", "x0", "mean", "z", "x_prev"];
/** @type {Channel[]} */
const COLOURS = [
  { name: "red", colour: "--red", dash: [] },
  { name: "green", colour: "--green", dash: [6, 3] },
  { name: "blue", colour: "--blue", dash: [2, 2] },
];
/** @type {Channel[]} */
const GREY = [{ name: "grey", colour: "--body-text-color", dash: [] }];
/** @param {Branch} run */
const channelsOf = ({ shape }) => (shape[0] === 1 ? GREY : COLOURS);

/** @param {string} name @param {string} text */
const coloured = (name, text) => node("span", { className: name, textContent: text });

/** @param {Lesson} lesson @returns {import("./lesson.js").View} */
export function pixelPath({ $, state, update, data, say, nodes, tell }) {
  for (const name of PICTURES) {
    const canvas = $(`.${name}`);
    // Leaving a picture keeps the last.
    const choose = (/** @type {Place | null} */ pixel) => pixel && update({ pixel });
    point(canvas, choose, () => state.pixel);
    canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") update({ pixel: null });
    });
  }

  /** @param {Place | null} pixel @param {[number, number]} size rows, columns */
  function rings(pixel, [rows, columns]) {
    for (const name of PICTURES) {
      const frame = $(`.${name}`).parentNode;
      const ring = frame.querySelector(".ring") ?? node("span", { className: "ring" });
      if (!pixel) {
        ring.remove();
        continue;
      }
      frame.append(ring);
      ring.style.width = `calc((100% - 6px) / ${columns})`;
      ring.style.left = `calc(3px + (100% - 6px) * ${pixel.x / columns})`;
      ring.style.top = `calc(3px + (100% - 6px) * ${pixel.y / rows})`;
    }
  }

  let seen = false;

  /** The path of one tensor, and this step's place on it. @param {string} name @param {Branch} run @param {number} k
   * @param {(j: number, c: number) => number} value of channel c in step j @param {number} count */
  function path(name, run, k, value, count) {
    const canvas = $(`.path-${name}`),
      channels = channelsOf(run);
    const values = channels.map((channel, c) => `${channel.name} ${number(value(k, c))}`).join(", ");
    canvas.ariaLabel = say(`path-${name}`, { values });
    if (!seen) return; // to plot takes long
    const lines = channels.map((_, c) =>
      Array.from({ length: count }, (_, i) => /** @type {[number, number]} */ ([i, value(i, c)])),
    );
    const most = Math.ceil(Math.max(1, ...lines.flat().map(([, v]) => Math.abs(v) - 0.05)));
    const { line, dot } = plot(canvas, {
      x: [0, run.n],
      y: [-most - 0.1, most + 0.1],
      xTicks: [
        [0, "start"],
        [run.n, "end"],
      ],
      yTicks: [
        [-most, `−${most}`],
        [0, "0"],
        [most, `${most}`],
      ],
    });
    line(
      [
        [k, -most],
        [k, most],
      ],
      "--body-text-color",
      { width: 1 },
    );
    channels.forEach(({ colour, dash }, c) => {
      line(lines[c], colour, { dash });
      dot(k, value(k, c), colour, 4);
    });
  }

  /** How this step made the values of one channel. @param {Branch} run @param {number} k @param {Place} pixel
   * @param {number} c @param {Channel} channel */
  function sum(run, k, pixel, c, { name }) {
    const { y } = data.samplers[run.configs[k].sampler];
    const value = (/** @type {ArrayLike<number>} */ array, j = k) => valueAt(array, run.shape, j, c, pixel);
    const pairs = summands(run, k, y, value);
    const row = node("div", {}, coloured(name, name), " ");
    if (!pairs) {
      const [before, after] = [fixed(value(run.x_t)), fixed(value(run.x_t, k + 1))];
      row.append(...nodes("pixel-states", { t: run.t[k], next: run.t[k + 1], before, after }));
      return row;
    }
    const { terms, total } = products(pairs);
    const kinds = ["signal", y === "x_t" ? "mixture" : "noise", "noise"];
    row.append(coloured("mixture", total), " = ");
    terms.forEach((term, i) => row.append(...(i ? [" + "] : []), coloured(kinds[i], term)));
    return row;
  }

  function draw() {
    const { run, step } = state;
    $(".pixel-body").hidden = !run;
    if (!run) return;
    const { shape, n } = run,
      k = Math.min(step, n - 1);
    rings(state.pixel, [shape[1], shape[2]]);
    const pixel = state.pixel ?? { x: shape[2] >> 1, y: shape[1] >> 1 };
    const grey = shape[0] === 1;
    $("[data-channels]").hidden = grey;
    tell(".pixel-which", say(grey ? "pixel-grey" : "pixel", { column: pixel.x + 1, row: pixel.y + 1 }));
    $(".pixel-numbers").replaceChildren(...channelsOf(run).map((channel, c) => sum(run, k, pixel, c, channel)));
    for (const [name, array, count] of /** @type {const} */ ([
      ["x_t", run.x_t, n + 1],
      ["eps", run.eps, n],
      ["x0", run.x0, n],
    ]))
      path(name, run, k, (j, c) => valueAt(array, shape, j, c, pixel), count);
  }

  whenRestyled($(".pixel"), draw);
  new IntersectionObserver(([{ isIntersecting }]) => {
    seen = isIntersecting;
    if (seen) draw();
  }).observe($(".pixel"));
  return { needs: ["run", "step", "pixel"], draw };
}
