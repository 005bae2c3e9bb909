// @ts-check
// A run with forks, read for the page's own engine: the configs of core, as lesson.py makes them. Needs no page.
import { advised, configOf } from "../../assets/reading.js";

/** @typedef {import("../../assets/engine.js").Offered} Offered */
/** @typedef {import("../../assets/generate.js").Config} Config */
/** @typedef {import("./trajectory.js").Fork} Fork */

const CHANGES = /** @type {const} */ ([
  "weights",
  "network",
  "sampler",
  "guidance_scale",
  "seed",
  "eta",
  "noise_scale",
]); // of a fork, in lesson.py's order

/**
 * The configs of a run and of its forks; null for the server.
 * @param {Offered} offered
 * @param {Record<string, any>} settings of the run, by the names of FIELDS in lesson.py
 * @param {Fork[]} forks
 * @param {{ noClass: string, students: string[] }} known students: the distilled networks
 * @returns {{ config: Config, forks: [number, Config][] } | null}
 */
export function readRun(offered, settings, forks, known) {
  const config = configOf(offered, { ...offered.defaults, count: 1 }, settings, known);
  if (!config) return null;
  /** @type {[number, Config][]} */
  const read = [];
  for (const { at, ...change } of forks) {
    const own = configOf(offered, config, change, known);
    if (!own || !Number.isInteger(at) || at < 0 || at <= (read.at(-1)?.[0] ?? -1)) return null;
    read.push([at, own]);
  }
  return advised(offered, [config, ...read.map(([, own]) => own)]) ? null : { config, forks: read };
}

/** The forks as lesson.py repeats them. @param {[number, Config][]} forks @returns {Fork[]} */
export const toldForks = (forks) =>
  forks.map(
    ([at, own]) => /** @type {any} */ ({ at, ...Object.fromEntries(CHANGES.map((name) => [name, own[name]])) }),
  );
