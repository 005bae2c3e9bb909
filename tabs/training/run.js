// @ts-check
// The training run that was kept: which of its networks is on show, and what of it the views share. Asks the server for
// pictures when a station that shows them is looked at.
import { createStore } from "../../assets/store.js";
import { createViews } from "../../assets/views.js";
import { grownGrid } from "./grown.js";
import { levelCurves } from "./levels.js";

/** What benchmarks.kept_run has measured of each network.
 * @typedef {{ error: number[], loss: Record<string, number>, right: number }} Figures */
/** steps: of a drawing; each: sprites of each class in a sheet.
 * @typedef {{ epochs: number[], images_seen: number[], log_snr: number[], averaged: Figures[], raw: Figures[], steps: number,
 *   each: number, classes: string[] }} Run of lesson.py */
/** network: which of the run's; moment: steps done of the drawing; told, noise: class and seed of it.
 * @typedef {{ network: number, moment: number, told: string, noise: number, averaged: boolean, measure: string,
 *   states: Uint8Array | null, row: import("../../assets/overview.js").Run | null, samples: Uint8Array | null }} State */
/** @typedef {{ $: (selector: string) => any, run: Run, store: import("../../assets/store.js").Store<State>,
 *   views: import("../../assets/views.js").Views<State>, words: import("../../assets/words.js").Words }} Kept */
/** @typedef {(data: object) => Promise<any>} Ask */

/** The settings of a link. @typedef {Partial<Pick<State, "network" | "moment" | "told" | "noise" | "averaged" | "measure">>} Linked */

/**
 * @param {import("./lesson.js").Lesson} lesson @param {Run} run @param {Linked} linked
 * @param {{ grow: Ask, lend: Ask, sheet: Ask }} server
 * @returns the settings for a link, and how they are set
 */
export function keptRun({ $, words }, run, linked, server) {
  /** @type {State} */
  const initial = {
    network: Math.floor(run.epochs.length / 2),
    moment: run.steps,
    told: "spell",
    noise: 7,
    averaged: true,
    measure: "eps",
    states: null,
    row: null,
    samples: null,
    ...linked,
  };
  const store = createStore(initial);
  const views = createViews(store);
  /** @type {Kept} */
  const kept = { $, run, store, views, words };
  const last = run.epochs.length - 1;
  for (const slider of [".e-network", ".l-network"]) {
    $(slider).max = String(last);
    $(slider).addEventListener("input", () => store.update({ network: $(slider).valueAsNumber }));
  }
  views.add({
    parts: ["network"],
    draw() {
      const { network } = store.state;
      for (const place of ["e", "l"]) {
        $(`.${place}-network`).value = String(network);
        $(`.${place}-network`).nextElementSibling.textContent = words.say("epochs", {
          epochs: run.epochs[network],
          one: run.epochs[network] === 1,
          many: run.epochs[network] !== 1,
        });
      }
    },
  });
  grownGrid(kept, server);
  levelCurves(kept, server.sheet);
  return store;
}
