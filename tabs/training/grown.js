// @ts-check
// Training time and denoising time: the same noise, drawn by the network of every epoch. A row is an epoch, a column a
// moment of denoising; the picture on show is one of them, large.
import { node, tell } from "../../assets/dom.js";
import { decodedRun, lend } from "../../assets/overview.js";
import { bytes, drawBytes, SPRITE } from "../../assets/pixels.js";
import { MAX_NOISE } from "./settings.js";

/** @typedef {import("./run.js").Kept} Kept */

const COLUMNS = 8;

/** Of so many steps those that the columns show: more of them towards the end, where more happens.
 * @param {number} steps */
export const moments = (steps) =>
  Array.from({ length: COLUMNS }, (_, k) => Math.round(steps * (1 - (1 - k / (COLUMNS - 1)) ** 1.4)));

/** @typedef {import("./run.js").Ask} Ask */

/** @param {Kept} kept @param {{ grow: Ask, lend: Ask }} server */
export function grownGrid({ $, run, store, views, words }, server) {
  const { state, update } = store;
  const station = $('[data-station="epochs"]');
  const columns = moments(run.steps);
  const cells = run.epochs.map(() => columns.map(() => node("canvas", { width: 16, height: 16 })));
  $(".e-grid").replaceChildren(
    ...run.epochs.flatMap((epoch, row) => [node("span", { textContent: String(epoch) }), ...cells[row]]),
  );
  $(".e-told").replaceChildren(...run.classes.map((name) => new Option(name, name)));
  $(".e-moment").max = String(run.steps);

  /** What has been asked for, or is there: its settings. */
  let asked = "";
  async function grow() {
    const { told, noise: seed, averaged } = state;
    const now = JSON.stringify([told, seed, averaged]);
    if (asked === now) return;
    asked = now;
    station.classList.add("stale");
    try {
      const answer = await server.grow({ told, seed, averaged });
      if (!answer) return; // asked again meanwhile
      update({ states: bytes(answer.states) });
      tell($(".e-status"), "");
      station.classList.remove("stale");
      station.dataset.grown = now; // for whoever waits for it
    } catch (error) {
      asked = "";
      tell($(".e-status"), words.say("failed", { why: error instanceof Error ? error.message : "" }));
    }
  }

  /** The row on show flows through the overview on top of the page. */
  async function lendRow() {
    const { told, noise: seed, averaged, network } = state;
    const answer = await server.lend({ epoch: run.epochs[network], told, seed, averaged }).catch(() => null);
    if (answer) update({ row: decodedRun(answer.run) }); // else asked again meanwhile, or the overview does without
  }
  views.add({ parts: ["states", "network"], box: station, draw: lendRow });
  views.add({
    parts: ["row", "moment"],
    draw() {
      const { row, moment } = state;
      if (row) lend("training", row, Math.round((moment / run.steps) * (row.t.length - 1)));
    },
  });

  const at = (/** @type {number} */ network, /** @type {number} */ moment) => network * (run.steps + 1) + moment;
  views.add({ parts: ["told", "noise", "averaged"], box: station, draw: grow });
  views.add({
    parts: ["states"],
    draw() {
      const { states } = state;
      if (!states) return;
      for (const [row, canvases] of cells.entries())
        for (const [k, canvas] of canvases.entries()) drawBytes(canvas, states, at(row, columns[k]), SPRITE);
    },
  });
  views.add({
    parts: ["states", "network", "moment"],
    draw() {
      const { states, network, moment } = state;
      $(".e-moment").value = String(moment);
      tell($(".e-moment").nextElementSibling, words.say("moment", { moment, steps: run.steps }));
      // The column that is nearest: the slider knows moments between them.
      const distances = columns.map((each) => Math.abs(each - moment));
      const nearest = distances.indexOf(Math.min(...distances));
      for (const [row, canvases] of cells.entries())
        for (const [k, canvas] of canvases.entries()) canvas.classList.toggle("now", row === network && k === nearest);
      if (!states) return;
      drawBytes($(".e-large"), states, at(network, moment), SPRITE);
      const values = { epochs: run.epochs[network], moment, steps: run.steps, told: state.told };
      $(".e-large").ariaLabel = words.say("grown-seen", values);
    },
  });
  views.add({
    parts: ["told", "averaged"],
    draw() {
      $(".e-told").value = state.told;
      $(".e-averaged").value = state.averaged ? "averaged" : "raw";
    },
  });

  $(".e-moment").addEventListener("input", () => update({ moment: $(".e-moment").valueAsNumber }));
  $(".e-told").addEventListener("change", () => update({ told: $(".e-told").value }));
  $(".e-averaged").addEventListener("change", () => update({ averaged: $(".e-averaged").value === "averaged" }));
  $(".e-noise").addEventListener("click", () => update({ noise: (state.noise + 1) % (MAX_NOISE + 1) }));
  $(".e-grid").addEventListener("click", (/** @type {MouseEvent} */ { target }) => {
    for (const [network, canvases] of cells.entries())
      for (const [k, canvas] of canvases.entries()) if (canvas === target) update({ network, moment: columns[k] });
  });
}
