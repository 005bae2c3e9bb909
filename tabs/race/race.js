// @ts-check
// A race as the page handles it: what lesson.py sends, decoded, and what follows from it: which lane was faster, where
// each lane was at some moment of the replay, and the replay as frames of an animation. Needs no page.
import { number, shown } from "../../assets/numbers.js";
import { decodedRun } from "../../assets/overview.js";
import { bytes, bytesOf } from "../../assets/pixels.js";

/** @typedef {import("../../assets/pixels.js").Shape} Shape */
/** @typedef {Pick<import("../../assets/generate.js").Config, "weights" | "count" | "sampler" | "num_inference_steps" |
 *   "num_train_timesteps">} Config */
/** States of a lane for its replay.
 * @typedef {{ seconds: number[], done: number[], nfe: number[], t: number[] }} Frames */

/**
 * A lane as lesson.py sends it: shown() there. sprites: base64 of its state, if it has begun; frames, note: when all
 * lanes have finished; distance: from the ODE, when that has been solved.
 * @typedef {{ name: string, config: Config, done: number, nfe: number, seconds: number, distance: number | null,
 *   sprites: string | null, note?: string | null, frames?: Frames & { sprites: string } }} SentLane
 */
/**
 * What lesson.py sends. finished: all lanes have; race: the name under which the page answers, while they run;
 * recorded: on which machine, if it was not run now (recorded.py); run: of the first sprite of the fastest lane.
 * @typedef {{ lanes: SentLane[], shape: Shape, finished: boolean, python: string, race?: string,
 *   recorded?: { cores: number, machine: string }, run: (Parameters<typeof decodedRun>[0] & { lane: number }) | null }}
 *   Payload
 */
/**
 * rgb: RGB bytes of its sprites, of all frames one after the other if there are frames.
 * @typedef {Omit<SentLane, "sprites" | "frames"> & { rgb: Uint8Array | null, frames: Frames | null }} Lane
 */
/** @typedef {import("../../assets/overview.js").Run & { lane: number }} Run of a lane */
/** here: the page has run it (here.js); then python, its program, is null until the server has written it.
 * @typedef {Omit<Payload, "lanes" | "run" | "python"> & { here: boolean, lanes: Lane[], run: Run | null,
 *   python: string | null }} Race */
/** What a replay goes by: seconds, as lanes took them, or t, at equal noise. @typedef {"seconds" | "t"} Clock */
/**
 * A lane at some moment: steps done, evaluations and seconds until then; its sprites begin with number `first` of rgb.
 * final: it has arrived, and its distance counts.
 * @typedef {{ done: number, nfe: number, seconds: number, rgb: Uint8Array | null, first: number,
 *   final: boolean }} Moment
 */

const EQUAL_NOISE = 6; // seconds from t = T to 0, when lanes are shown at equal noise
const FRAMES = 40; // of an animation, at most
const SPRITES = 4096; // in all its frames, at most
const MIN_MS = 20; // of a frame
const MAX_MS = 1000;

/** @param {SentLane} lane @returns {Lane} */
function decodedLane({ sprites, frames, ...lane }) {
  const encoded = frames?.sprites ?? sprites;
  return { ...lane, frames: frames ?? null, rgb: encoded === null ? null : bytes(encoded) };
}

/** @param {Payload} payload @returns {Race} */
export const decoded = ({ lanes, run, ...payload }) => ({
  ...payload,
  here: false,
  lanes: lanes.map(decodedLane),
  run: run && { ...decodedRun(run), lane: run.lane },
});

/** The T of the schedule. @param {Race} race */
export const lastTimestep = (race) => race.lanes[0].config.num_train_timesteps;

/** Seconds of the slowest lane. @param {Race} race */
export const longest = (race) => Math.max(...race.lanes.map((lane) => lane.seconds));

/** Seconds that a replay takes at that speed. @param {Race} race @param {{ clock: Clock, speed: number }} setting */
export const duration = (race, { clock, speed }) => (clock === "t" ? EQUAL_NOISE : longest(race)) / speed;

/** The number of a lane's last frame at that share of the replay. @param {Race} race @param {Frames} frames
 * @param {Clock} clock @param {number} share */
export function reached(race, { seconds, t }, clock, share) {
  /** @param {number} k */
  const passed = (k) =>
    clock === "t" ? t[k] >= lastTimestep(race) * (1 - share) - 0.5 : seconds[k] <= longest(race) * share + 1e-9;
  let k = 0;
  while (k + 1 < t.length && passed(k + 1)) k++;
  return k;
}

/** Where a lane is: as it was sent while lanes run, then at that share of the replay. @param {Race} race
 * @param {Lane} lane @param {Clock} clock @param {number} share @returns {Moment} */
export function moment(race, lane, clock, share) {
  const { done, nfe, seconds, rgb, frames } = lane;
  if (!frames) return { done, nfe, seconds, rgb, first: 0, final: true };
  const k = reached(race, frames, clock, share);
  return {
    done: frames.done[k],
    nfe: frames.nfe[k],
    seconds: frames.seconds[k],
    rgb,
    first: k * lane.config.count,
    final: k === frames.t.length - 1,
  };
}

/** Which state of the fastest lane's run the overview shows at that share of the replay. @param {Race} race @param {Run} run
 * @param {Clock} clock @param {number} share */
export function onOverview(race, run, clock, share) {
  const lane = race.lanes[run.lane];
  const { done } = moment(race, lane, clock, share);
  return Math.round((done / lane.config.num_inference_steps) * (run.t.length - 1));
}

const SHORT = 1; // s: what else the machine does counts as much

/**
 * How the fastest lane and the slowest compare, as values for words; null until all have finished.
 * @param {Race} race
 */
export function comparison({ lanes }) {
  if (lanes.some((lane) => lane.done < lane.config.num_inference_steps)) return null;
  const order = [...lanes].sort((a, b) => a.seconds - b.seconds);
  const fast = order[0];
  const slow = order[order.length - 1];
  const ratio = shown(slow.seconds) / shown(fast.seconds);
  return {
    fast: fast.name[0].toUpperCase() + fast.name.slice(1), // begins the sentence
    fast_seconds: number(fast.seconds),
    fast_nfe: fast.nfe,
    fast_many: fast.nfe > 1,
    slow: slow.name,
    slow_seconds: number(slow.seconds),
    slow_nfe: slow.nfe,
    slow_many: slow.nfe > 1,
    level: ratio < 1.05,
    longer: ratio >= 1.05,
    times: ratio.toFixed(1),
    short: slow.seconds < SHORT,
  };
}

/**
 * The replay as it is set, as frames for assets/takeaways.js: the sprites of all lanes, a row a lane.
 * @param {Race} race
 * @param {{ clock: Clock, speed: number }} setting
 */
export function film(race, setting) {
  const { lanes, shape } = race;
  const columns = lanes[0].config.count;
  const perFrame = columns * lanes.length;
  const row = columns * bytesOf(shape);
  const count = Math.min(FRAMES, Math.floor(SPRITES / perFrame));
  const frames = new Uint8Array(count * lanes.length * row);
  for (let f = 0; f < count; f++)
    lanes.forEach(({ frames: states, rgb }, i) => {
      if (!states || !rgb) return;
      const from = reached(race, states, setting.clock, f / (count - 1)) * row;
      frames.set(rgb.subarray(from, from + row), (f * lanes.length + i) * row);
    });
  const ms = Math.round(Math.max(MIN_MS, Math.min(MAX_MS, (1000 * duration(race, setting)) / (count - 1))));
  return { rgb: frames.slice(-lanes.length * row), columns, frames, perFrame, ms };
}
