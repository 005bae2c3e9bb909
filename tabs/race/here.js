// @ts-check
// A race that the page runs itself: what is asked of it, read as lesson.py reads it, and the race on show as the worker
// tells of it (assets/compare.js). Needs no page.
import { valuesOf } from "../../assets/pixels.js";
import { beyond, configOf, tooLarge } from "../../assets/reading.js";
import { filled } from "../../assets/words.js";

/** @typedef {import("../../assets/compare.js").Lane} EndedLane */
/** @typedef {import("../../assets/generate.js").Config} Config */
/** @typedef {import("./race.js").Race} Race */
/** What the controls are set to; lanes: the values of data.fields, lane by lane.
 * @typedef {{ weights: unknown, count: any, seed: unknown, lanes: unknown[][] }} Settings */
/** See lesson.py. too_large: what is said of sprites beyond the colours, with {share} and {most} to fill in.
 * @typedef {{ fields: string[], max_sprites: number, samplers: Record<string, string>, too_large: string,
 *   networks: Record<string, { title: string, teacher: string | null }> }} Data */

export const NO_LANE = "none";

/** @param {any[]} values of Gradio's controls: class, sprites, seed, then the lanes' @param {string[]} fields
 * @returns {Settings} */
export function asked([weights, count, seed, ...values], { length }) {
  const lanes = Array.from({ length: values.length / length }, (_, i) => values.slice(i * length, (i + 1) * length));
  return { weights, count, seed, lanes: lanes.filter(([sampler]) => sampler !== NO_LANE) };
}

/** The config of each lane; null for the server.
 * @param {import("../../assets/engine.js").Offered} offered @param {Settings} settings @param {Data} data
 * @returns {Config[] | null} */
export function readRace(offered, { weights, count, seed, lanes }, { fields, max_sprites, networks }) {
  const { sprites } = offered.networks,
    known = { noClass: "", students: Object.keys(networks).filter((name) => networks[name].teacher) },
    fits = lanes.length >= 2 && Number.isInteger(count) && 1 <= count && count <= max_sprites;
  if (!fits || !sprites.classes.includes(/** @type {string} */ (weights))) return null;
  const configs = lanes.flatMap((lane) => {
    const own = Object.fromEntries(fields.map((name, i) => [name, lane[i]]));
    return configOf(offered, { ...offered.defaults, count }, { weights, seed, ...own }, known) ?? [];
  });
  return configs.length === lanes.length ? configs : null;
}

/** A lane's name, as core/compare.py has it. @param {Config} config @param {Data} data */
function titled({ network, sampler, eta }, { networks, samplers }) {
  if (networks[network].teacher) return networks[network].title;
  return samplers[sampler] + (eta ? `, η = ${+eta.toPrecision(6)}` : "");
}

/** @param {Config[]} configs @param {Data} data @param {import("../../assets/pixels.js").Shape} shape @returns {Race} */
export const begun = (configs, data, shape) => ({
  ...{ shape, finished: false, python: null, run: null, here: true },
  lanes: configs.map((config) => ({
    ...{ name: titled(config, data), config },
    ...{ done: 0, nfe: 0, seconds: 0, distance: null, rgb: null, frames: null },
  })),
});

/** The race when a lane has come further.
 * @param {Race} race @param {{ lane: number, done: number, nfe: number, seconds: number, rgb: Uint8Array }} progress */
export const further = (race, { lane, ...progress }) => ({
  ...race,
  lanes: race.lanes.map((own, i) => (i === lane ? { ...own, ...progress } : own)),
});

/** One after the other. @param {ArrayLike<number>[]} parts */
function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** What is to be said of a lane's sprites. @param {Float32Array} x @param {string} sentence */
function noteOf(x, sentence) {
  const { share, most } = beyond(x);
  return tooLarge(x) ? filled(sentence, { share: (100 * share).toFixed(0), most: most.toFixed(1) }) : null;
}

/** The race when all lanes have ended.
 * @param {Race} race
 * @param {{ ended: Omit<EndedLane, "shown">[], fastest: { lane: number, t: number[], states: Float32Array,
 *   eps: Float32Array, x0: Float32Array, next: Float32Array } }} told
 * @param {Data} data @returns {Race} */
export function finished(race, { ended, fastest }, data) {
  const { states, eps, x0, next, ...rest } = fastest,
    values = valuesOf(race.shape);
  return {
    ...race,
    finished: true,
    lanes: race.lanes.map((lane, i) => {
      const { x, frames, ...own } = ended[i],
        { rgb, ...moments } = frames;
      return { ...lane, ...own, frames: moments, rgb: joined(rgb), note: noteOf(x, data.too_large) };
    }),
    run: {
      ...rest,
      shape: race.shape,
      told: Object.keys(race.lanes[0].config.weights).join(", "),
      state: (k) => ({ values: states, offset: k * values }),
      eps: (k) => ({ values: eps, range: 3, offset: k * values }),
      x0: (k) => ({ values: x0, offset: k * values }),
      next: (k) => ({ values: next, offset: k * values }),
    },
  };
}

/** The race with its distances from the ODE. @param {Race} race @param {number[]} distances @returns {Race} */
export const compared = (race, distances) => ({
  ...race,
  lanes: race.lanes.map((lane, i) => ({ ...lane, distance: distances[i] })),
});
