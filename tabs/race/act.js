// @ts-check
// What the lesson's buttons may ask for (assets/doing.js): lanes, as sampler:steps or, if it is not the first network,
// sampler:steps:network, with commas between, for a new race; or replay, of a race
// with these lanes: of the one on show, or else of the recorded one.
import { set } from "../../assets/controls.js";

const LANES = 4;

/** "ddim:25,ddim:4:distilled" as settings of Gradio's controls. @param {string} text @returns {Record<string, string>} */
export function lanesOf(text) {
  const lanes = text.split(",").map((lane) => lane.split(":"));
  /** @type {Record<string, string>} */
  const settings = {};
  for (let i = 1; i <= LANES; i++) {
    const [sampler, steps, network = "sprites"] = lanes[i - 1] ?? ["none"];
    settings[`sampler${i}`] = sampler;
    if (!steps) continue;
    settings[`network${i}`] = network;
    settings[`num_inference_steps${i}`] = steps;
    settings[`eta${i}`] = "0";
  }
  return settings;
}

/** @param {import("./lesson.js").Lesson} lesson
 * @param {{ trigger: (event: string, data: object) => void, showMore: (open: boolean) => void,
 *   recorded: () => Promise<void> }} parts recorded: has the recorded race on show
 * @returns {import("../../assets/doing.js").Act} */
export function acts({ state, update }, { trigger, showMore, recorded }) {
  return async ({ lanes, replay }) => {
    if (lanes) {
      showMore(lanes.split(",").length > 2);
      set(trigger, lanesOf(lanes));
    }
    if (!replay || (state.race && !state.race.finished)) return;
    const shown = state.race?.lanes.map(({ config }) => `${config.sampler}:${config.num_inference_steps}`).join(",");
    if (shown !== replay) await recorded();
    update({ position: 0, playing: true, speed: 4, clock: "seconds" });
  };
}
