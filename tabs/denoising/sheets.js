// @ts-check
// Forgot to add noise? Two sheets of sprites from the same noise, with less fresh noise and with all of it, and their
// diversity.
import { node } from "../../assets/dom.js";
import { now } from "./branches.js";
import { percent, sheetOf } from "./sheet.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./sheet.js").Sheet} Sheet */
/** noise_sheets of lesson.py. @typedef {{ steps: number, seed: number, what: string, sheets: Sheet[] }} Sheets */

const SPRITES = 16; // a sheet

/** @param {Lesson} lesson
 * @param {(data: object, each: (answer: Sheets) => void) => Promise<Sheets | null>} ask
 * @returns {import("./lesson.js").View} */
export function noiseSheets({ $, state, known, settings, say, tell, attempt }, ask) {
  const showScale = () => tell(".lambda-is", $(".lambda").value);
  $(".lambda").addEventListener("input", showScale);
  $(".measure").addEventListener("click", () => {
    if (!state.run) return;
    const { shape } = state.run;
    const show = (/** @type {Sheets} */ found) => draw(found, shape);
    tell(".measure-status", say("measuring"));
    $(".sheets").replaceChildren();
    attempt(".measure-status", ask({ settings: settings(), noise_scale: +$(".lambda").value }, show), show);
  });

  /** @param {Sheet} sheet @param {string} what @param {import("../../assets/pixels.js").Shape} shape */
  function measured(sheet, what, shape) {
    const { diversity, noise_scale: scale } = sheet,
      share = percent(diversity ?? 0),
      words = diversity === null ? say("no-diversity") : say("diversity", { percent: share });
    const fill = node("i");
    fill.style.width = `${Math.min(100, share)}%`;
    return sheetOf(
      sheet,
      shape,
      { title: `λ = ${scale}`, ariaLabel: say("label-sheet", { what, scale, diversity: words }) },
      node("div", { className: "bar-of", ariaHidden: "true" }, fill),
      node("span", { className: "diversity", textContent: words }),
    );
  }

  /** @param {Sheets} found @param {import("../../assets/pixels.js").Shape} shape */
  function draw({ sheets, what, steps, seed }, shape) {
    $(".sheets").replaceChildren(...sheets.map((sheet) => measured(sheet, what, shape)));
    const values = { what, steps, first: seed, last: seed + SPRITES - 1 };
    const all = sheets[0].diversity === null ? "drawn" : "measured";
    tell(".measure-status", sheets.length < 2 ? say("measured-one") : say(all, values));
  }

  return {
    needs: ["run"],
    draw() {
      if (!state.run || !state.fresh) return;
      const own = now(state.run);
      $(".lambda").value = known.scaled(own) ? own.noise_scale : 0;
      showScale();
    },
  };
}
