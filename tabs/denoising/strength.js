// @ts-check
// How strong should guidance be? Rows of sprites from the same seeds, each with stronger guidance, measured.
import { node } from "../../assets/dom.js";
import { now } from "./branches.js";
import { percent, readouts, sheetOf } from "./sheet.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./sheet.js").Sheet} Sheet */
/** strength_sheets of lesson.py. @typedef {{ steps: number, seed: number, what: string, sampler: string,
 *   network: string, sheets: Sheet[], more?: boolean }} Rows */

/** @param {Lesson} lesson
 * @param {(data: object, each: (answer: Rows) => void) => Promise<Rows | null>} ask
 * @returns {import("./lesson.js").View} */
export function strengths({ $, state, known, settings, say, tell, attempt }, ask) {
  $(".strengthen").addEventListener("click", () => {
    const { run } = state;
    if (!run) return;
    const { weights, network, sampler, eta, noise_scale } = now(run); // of the branch on show
    const show = (/** @type {Rows} */ found) => draw(found, run.shape);
    tell(".strength-status", say("strengthening"));
    $(".strength-rows").replaceChildren();
    const own = { ...settings(), weights, network, sampler, eta, noise_scale };
    attempt(".strength-status", ask({ settings: own }, show), show);
  });

  /** @param {Sheet} sheet @param {string} what @param {import("../../assets/pixels.js").Shape} shape */
  function row(sheet, what, shape) {
    const { diversity, taken, cut_off, guidance_scale: scale } = sheet;
    const shares = /** @type {const} */ ([
      [say("strength-diversity"), diversity],
      [say("strength-taken", { what }), taken],
      [say("strength-cut"), cut_off],
    ]);
    const measured = shares.flatMap(([label, share]) =>
      share === null ? [] : [/** @type {const} */ ([label, say("percent", { percent: percent(share) })])],
    );
    const title = say("strength-title", { scale }),
      told = measured.map((pair) => pair.join(" ")).join(", ");
    const words = { title, ariaLabel: say("label-strength", { what, scale, told }), className: "row" };
    return sheetOf(sheet, shape, words, node("dl", { className: "readout-strip" }, ...readouts(measured)));
  }

  /** @param {Rows} found @param {import("../../assets/pixels.js").Shape} shape */
  function draw({ sheets, what, steps, seed, more, ...drawer }, shape) {
    $(".strength-rows").replaceChildren(...sheets.map((sheet) => row(sheet, what, shape)));
    const last = seed + $(".strength-rows canvas").closest(".sheet").children.length - 1;
    const values = { what, steps, seed, last, sampler: known.titled(drawer), count: sheets.length };
    tell(".strength-status", say(more ? "strength-some" : "strength-done", values));
  }

  return {
    needs: ["run"],
    draw() {
      const none = Boolean(state.run) && !Object.values(now(/** @type {any} */ (state.run)).weights).some(Boolean);
      $(".strength-none").hidden = !none;
      $(".strengthen").hidden = none;
    },
  };
}
