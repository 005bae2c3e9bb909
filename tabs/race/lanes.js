// @ts-check
// The lanes, one box each: made anew when a race has other lanes or more sprites than the one before it, and else
// updated in place, as the race goes on and at every move of its replay.
import { node } from "../../assets/dom.js";
import { number, shown } from "../../assets/numbers.js";
import { context, drawBytes } from "../../assets/pixels.js";
import { moment } from "./race.js";
import { share } from "./replay.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./race.js").Lane} Lane */
/** @typedef {import("./race.js").Race} Race */
/** @typedef {{ find: (selector: string) => any, section: HTMLElement, canvases: HTMLCanvasElement[] }} Box */

const NONE = "–"; // in place of a number
const TO_COME = "…";

/** @param {Lesson} lesson @returns {import("./lesson.js").View[]} */
export function laneBoxes({ $, state, say, nodes }) {
  /** @type {Box[]} */
  let boxes = [];

  /** @param {Lane} lane @param {Race} race @returns {Box} */
  function box({ config }, { shape: [, height, width] }) {
    const section = node("section", { className: "lane" }, ...nodes("lane"));
    const canvases = Array.from({ length: config.count }, () => node("canvas", { width, height }));
    const find = (/** @type {string} */ selector) => section.querySelector(selector);
    find(".sprites")?.append(...canvases);
    return { section, find, canvases };
  }

  /** What stays while a lane is on show. @param {Race} race */
  function begin(race) {
    const { lanes } = race;
    const fits =
      lanes.length === boxes.length && lanes.every((lane, i) => boxes[i].canvases.length === lane.config.count);
    if (!fits) {
      boxes = lanes.map((lane) => box(lane, race));
      $(".lanes").replaceChildren(...boxes.map(({ section }) => section));
    }
    const kind = race.recorded ? "recorded" : "live";
    lanes.forEach(({ name, config, note }, i) => {
      const all = config.num_inference_steps;
      boxes[i].find("h3").textContent = say("title", { name, all, many: all !== 1 });
      Object.assign(boxes[i].find(".tag"), { className: `tag ${kind}`, textContent: say(kind) });
      boxes[i].find(".note").textContent = note ?? "";
    });
  }

  /** @param {Race} race @param {Lane} lane @param {boolean} final */
  function distance(race, lane, final) {
    if (!final) return NONE;
    if (lane.distance !== null) return lane.distance.toFixed(1);
    return race.finished && !state.stopped ? TO_COME : NONE;
  }

  /** @param {Race} race @param {Lane} lane @param {Box} box */
  function draw(race, lane, { find, canvases }) {
    const { name, config } = lane;
    const { done, nfe, seconds, rgb, first, final } = moment(race, lane, state.clock, share(state));
    const values = { name, count: config.count, done, all: config.num_inference_steps };
    find("progress").value = done / config.num_inference_steps;
    find("progress").ariaLabel = say("progress", values);
    find(".seconds").textContent = number(seconds);
    find(".nfe").textContent = nfe;
    find(".each").textContent = nfe ? ((1000 * shown(seconds)) / nfe).toFixed(1) : NONE;
    find(".distance").textContent = distance(race, lane, final);
    find(".sprites").ariaLabel = say("sprites", values);
    canvases.forEach((canvas, k) => {
      if (rgb) drawBytes(canvas, rgb, first + k, race.shape);
      else context(canvas).clearRect(0, 0, canvas.width, canvas.height);
    });
  }

  return [
    {
      needs: ["race"],
      draw() {
        if (state.race) begin(state.race);
      },
    },
    {
      needs: ["race", "position", "clock", "stopped"],
      draw() {
        const { race } = state;
        race?.lanes.forEach((lane, i) => draw(race, lane, boxes[i]));
      },
    },
  ];
}
