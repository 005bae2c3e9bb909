// @ts-check
// One step in slow motion: its six pictures one after the other, each with a sentence and with arrows from what it is
// made of. Who has asked for less motion moves on by the same button.
import { calm, whenRestyled } from "../../assets/dom.js";
import { number } from "../../assets/numbers.js";
import { drawn, route } from "./arrows.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./branches.js").Branch} Branch */
/** @typedef {import("./arrows.js").Tile} Tile */

/** As the pictures stand in lesson.html. */
export const PARTS = /** @type {const} */ (["x_t", "eps", "x0", "mean", "z", "x_prev"]);
/** @typedef {typeof PARTS[number]} Part */

/** What each part is made of. y: what the mean is a sum of, beside x̂₀, or null where it is more than a sum of this
 * step's. @param {string | null} y @param {boolean} noisy @returns {Record<Part, Part[]>} */
export const madeOf = (y, noisy) => ({
  x_t: [],
  eps: ["x_t"],
  x0: ["x_t", "eps"],
  mean: y === "eps" ? ["eps", "x0"] : ["x_t", "x0"],
  z: [],
  x_prev: noisy ? ["mean", "z"] : ["mean"],
});

/** @param {Lesson} lesson @param {{ go: (step: number) => void, pause: () => void }} actions
 * @returns {import("./lesson.js").View} */
export function slowMotion({ $, state, data, known, say, nodes, tell }, { go, pause }) {
  /** @type {HTMLElement} */
  const tiles = $(".tiles");
  /** @type {HTMLButtonElement} */
  const button = $(".slow-go");
  const figures = /** @type {HTMLElement[]} */ ([...tiles.querySelectorAll("figure")]);
  const svg = tiles.querySelector("svg");
  $(".bar .transport").append(button, $(".slow-go + .tag"));

  let part = -1; // on show; -1 while there is no slow motion
  /** The step that has been shown part by part: the next press is about the one after it. @type {number | null} */
  let shown = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let ownMove = false;

  const duration = () => 1000 * parseFloat(getComputedStyle(tiles).getPropertyValue("--idle"));

  /** What the arrows and sentences need to know of step k. @param {Branch} run @param {number} k */
  function facts(run, k) {
    const config = run.configs[k],
      { y, sentence } = data.samplers[config.sampler];
    return { config, sentence, y: run.numbers[k] ? y : null, noisy: run.sigmas[k] > 0 };
  }

  /** @param {Branch} run @param {number} k */
  function values(run, k) {
    const { config, sentence, y, noisy } = facts(run, k),
      row = run.numbers[k],
      last = run.t[k + 1] === 0,
      twice = Boolean(run.parts?.at.includes(k)),
      scaled = known.scaled(config);
    return {
      ...{
        t: run.t[k],
        next: run.t[k + 1],
        a: row && number(row.a),
        b: row && number(row.b),
        s: number(run.sigmas[k]),
      },
      ...{ sentence, twice, noisy, still: !noisy, scaled, last, on: !last, calm: calm() },
      ...{ with_x_t: y === "x_t", with_eps: y === "eps", with_more: y === null },
      ...{ class: Object.values(config.weights).some(Boolean) && config.guidance_scale !== 0 },
    };
  }

  /** @returns {Tile[]} */
  function layout() {
    const origin = tiles.getBoundingClientRect();
    const box = (/** @type {Element} */ element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      return {
        left: left - origin.left,
        right: right - origin.left,
        top: top - origin.top,
        bottom: bottom - origin.top,
      };
    };
    return figures.map((figure) => ({
      picture: box(/** @type {Element} */ (figure.firstElementChild)),
      figure: box(figure),
    }));
  }

  function arrows() {
    const { run, step } = state;
    if (!run || part < 0) return svg?.replaceChildren();
    const { y, noisy } = facts(run, step),
      all = layout();
    const made = madeOf(y, noisy)[PARTS[part]].map((from) => {
      const i = PARTS.indexOf(from),
        { line, head } = drawn(route(all[i], all[part], all)),
        group = document.createElementNS("http://www.w3.org/2000/svg", "g");
      group.setAttribute("class", figures[i].classList[0]); // the colour of what it comes from
      group.dataset.from = from;
      for (const [name, d] of Object.entries({ line, head })) {
        const path = document.createElementNS(group.namespaceURI, "path");
        path.setAttribute("class", name);
        path.setAttribute("d", d);
        path.setAttribute("pathLength", "1");
        group.append(path);
      }
      return group;
    });
    svg?.replaceChildren(...made);
  }

  function draw() {
    const { run, step } = state;
    tiles.classList.toggle("slow", part >= 0);
    figures.forEach((figure, i) => {
      figure.classList.toggle("ahead", part >= 0 && i > part);
      figure.classList.toggle("here", i === part);
    });
    arrows();
    if (calm())
      button.removeAttribute("aria-pressed"); // there it is no switch
    else button.ariaPressed = String(part >= 0);
    if (run && part >= 0) $(".slow-told").replaceChildren(...nodes(`slow-${PARTS[part]}`, values(run, step)));
    else tell(".slow-told", "");
  }

  /** @param {number} next part */
  function show(next) {
    part = next;
    draw();
    clearTimeout(timer);
    if (!calm()) timer = setTimeout(() => (part < PARTS.length - 1 ? show(part + 1) : finish()), duration());
  }

  function finish() {
    shown = state.step;
    end();
  }

  function end() {
    clearTimeout(timer);
    if (part < 0) return;
    part = -1;
    draw();
  }

  /** @param {number} step */
  function move(step) {
    ownMove = true;
    go(step);
    ownMove = false;
  }

  function press() {
    const { run, step } = state;
    if (!run) return;
    if (part >= 0 && !calm()) return end();
    if (part >= 0 && part < PARTS.length - 1) return show(part + 1);
    if (part >= 0) finish();
    pause();
    if (step === run.n) move(0);
    else if (shown === step) move(step + 1);
    shown = null;
    if (state.step < run.n) return show(0);
    tell(".slow-told", say("slow-done"));
  }

  button.addEventListener("click", press);
  const elsewhere = (/** @type {Event} */ { target }) => {
    if (!button.contains(/** @type {Node} */ (target))) end();
  };
  for (const kind of ["click", "input"]) $(".bar").addEventListener(kind, elsewhere);
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") end();
  });
  whenRestyled(tiles, arrows);

  return {
    needs: ["run", "step"],
    draw() {
      if (ownMove) return;
      shown = null;
      if (part < 0) tell(".slow-told", "");
      end();
    },
  };
}
