// @ts-check
// The step on show: its six pictures, its equation, and a sentence on what it did.
import { number } from "../../assets/numbers.js";
import { lend } from "../../assets/overview.js";
import { draw, drawBytes } from "../../assets/pixels.js";
import { equation } from "./equation.js";
import { readouts } from "./sheet.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./branches.js").Branch} Branch */

/** A run as the overview on top of the page shows it.
 * @param {Branch} run @returns {import("../../assets/overview.js").Run} */
const forOverview = ({ shape, what, t, rgb, eps, x0, values }) => ({
  shape,
  told: what,
  t,
  state: (index) => ({ rgb, index }),
  eps: (k) => ({ values: eps, range: 3, offset: k * values }),
  x0: (k) => ({ values: x0, offset: k * values }),
});

/** @param {Lesson} lesson @returns {import("./lesson.js").View} */
export function player({ $, state, data, known, say, nodes, tell }) {
  /** @type {Branch | null} */
  let lentRun = null;
  /** @type {import("../../assets/overview.js").Run} */
  let overview;
  // Position i < n is the state before step i; position n is the finished sprite, with the last step beside it.
  /** @param {Branch} run @param {number} i @param {number} k */
  function pictures(run, i, k) {
    const { shape } = run,
      from = k * run.values;
    drawBytes($(".x_t"), run.rgb, i, shape);
    draw($(".eps"), run.eps, 3, from, shape);
    draw($(".x0"), run.x0, 1, from, shape);
    draw($(".mean"), run.mean, 1, from, shape);
    draw($(".z"), run.noise, 1, from, shape);
    drawBytes($(".x_prev"), run.rgb, k + 1, shape);
  }

  /** @param {Branch} run @param {number} k @param {boolean} done */
  function captions(run, k, done) {
    const s = run.sigmas[k],
      noisy = s > 0,
      values = { t: run.t[k], next: run.t[k + 1], what: run.what, s: number(s) };
    $(".none").hidden = noisy;
    $(".z-what").textContent = say("z-what", { noisy, still: !noisy, scaled: known.scaled(run.configs[k]) });
    $(".seen").replaceChildren(...nodes(done ? "seen-done" : "seen"));
    $(".seen-what").textContent = say(done ? "seen-what-done" : "seen-what");
    for (const name of ["eps", "x0", "mean", "x_prev"]) $(`.${name}`).ariaLabel = say(`label-${name}`, values);
    $(".x_t").ariaLabel = say(done ? "label-done" : "label-x_t", values);
    $(".z").ariaLabel = say(noisy ? "label-z" : "label-no-z", values);
  }

  /** @param {Branch} run @param {number} k */
  function equations(run, k) {
    const config = run.configs[k],
      { y, sentence } = data.samplers[config.sampler];
    const { symbols, numbers, values, course } = equation(run, k, y, known.scaled(config));
    if (symbols) $(".symbols").replaceChildren(...nodes(symbols, values));
    else $(".symbols").textContent = sentence;
    $(".equation").replaceChildren(...nodes(numbers, values));
    for (const part of ["equation", "text"]) $(`.notes-${part}`).hidden = !course;
    $(".notes-none").hidden = course;
    const why = run.numbers[k] ? "course-none-pure" : "course-none";
    if (!course) return tell(".notes-none", say(why, { sampler: known.titled(config), t: run.t[k] }));
    $(".notes-equation").replaceChildren(...nodes("course", values));
    $(".notes-text").replaceChildren(...nodes("course-text", values));
  }

  /** Of the step, or of the whole run when it is done. @param {Branch} run @param {number} k @param {boolean} done */
  const readings = (run, k, done) =>
    Object.entries(
      done
        ? { steps: `${run.n}`, nfe: `${run.nfe}`, seconds: say("seconds", { seconds: run.seconds.toFixed(2) }) }
        : {
            t: `${run.t[k]}`,
            "alpha-bar": number(run.alpha_bars[k]),
            next: `${run.t[k + 1]}`,
            sigma: number(run.sigmas[k]),
          },
    ).map(
      ([name, value]) =>
        /** @type {const} */ ([nodes(`reading-${name}`, { here: run.here, served: !run.here }), value]),
    );

  /** @param {Branch} run @param {number} k @param {boolean} done */
  function facts(run, k, done) {
    const config = run.configs[k];
    const by = (/** @type {typeof config} */ one) => `${known.student(one) ? "the " : ""}${known.titled(one)}`;
    if (done) return say("facts-done", { samplers: [...new Set(run.configs.map(by))].join(", then ") });
    if (run.sigmas[k] > 0)
      return known.scaled(config)
        ? say("facts-scaled", { percent: Math.round(100 * config.noise_scale), sampler: known.titled(config) })
        : say("facts-noisy");
    return known.drawsNoise(config) ? say("facts-last") : known.still(config);
  }

  return {
    needs: ["run", "step"],
    draw() {
      const { run, step } = state;
      if (!run) return;
      const done = step === run.n,
        k = done ? step - 1 : step;
      tell(".warning", run.warning ?? "");
      $(".warning").hidden = !run.warning;
      pictures(run, step, k);
      if (run !== lentRun) overview = forOverview(run);
      lentRun = run;
      lend("denoising", overview, step);
      captions(run, k, done);
      equations(run, k);
      $(".readings").replaceChildren(...readouts(readings(run, k, done)));
      tell(".facts", facts(run, k, done));
    },
  };
}
