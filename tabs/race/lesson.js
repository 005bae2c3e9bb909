// @ts-check
// Shows a race as it goes on, then replays its lanes side by side; before the first race, one that was recorded. All that
// changes is in `state`; update() changes it and draws again the views that need what has changed. The page runs the race
// itself, or the server does; then props.value is what lesson.py's race() yields, which waits until the page has said, by
// server.drawn(), that it has drawn what came.
import { doing } from "../../assets/doing.js";
import { choice } from "../../assets/engine.js";
import { link, linked } from "../../assets/link.js";
import { quiz } from "../../assets/quiz.js";
import { takeaways } from "../../assets/takeaways.js";
import { words } from "../../assets/words.js";
import { acts } from "./act.js";
import { laneBoxes } from "./lanes.js";
import { maker } from "./maker.js";
import { moreLanes } from "./more.js";
import { comparison, decoded, film } from "./race.js";
import { showRecorded } from "./recorded.js";
import { END, replay } from "./replay.js";

/**
 * race: as it was shown last; stopped: by its button, before all of it had come; plotted: the plots show some. Of its
 * replay: whether it plays, the position, a whole number from 0 to END, and what it goes by.
 * @typedef {{ race: import("./race.js").Race | null, stopped: boolean, plotted: boolean, playing: boolean,
 *   position: number, clock: import("./race.js").Clock, speed: number }} State
 */
/** A part of the lesson, drawn when something that it needs has changed.
 * @typedef {{ needs: (keyof State)[], draw: () => void }} View */
/** What the views share. @typedef {ReturnType<typeof shared>} Lesson */
/** @typedef {{ gif: (request: object) => Promise<string>, drawn: (race: string) => Promise<void>,
 *   race_program: (race: object) => Promise<string> }} Server */
/** See assets/lessons.js. data.recorded: where the recorded race ran, if there is one.
 * @typedef {{ element: HTMLElement,
 *   data: { recorded: { cores: number, machine: string } | null } & import("./here.js").Data,
 *   props: { value?: import("./race.js").Payload }, server: Server,
 *   trigger: (event: string, data: object) => void, watch: (prop: string, changed: () => void) => void }} Parts */

/** @param {Parts} parts */
function shared({ element }) {
  /** @type {State} */
  const state = {
    ...{ race: null, stopped: false, plotted: false },
    ...{ playing: false, position: END, clock: "seconds", speed: 1 },
  };
  /** @type {View[]} */
  const views = [];
  /** @param {string} selector @returns {any} */
  const $ = (selector) => element.querySelector(selector);
  const { say, nodes } = words(element);

  /** Change the state, and draw what needs what has changed. @param {Partial<State>} changes */
  function update(changes) {
    const names = /** @type {(keyof State)[]} */ (Object.keys(changes)).filter((name) => changes[name] !== state[name]);
    Object.assign(state, changes);
    for (const { needs, draw } of views) if (needs.some((name) => names.includes(name))) draw();
  }

  return { $, state, views, update, say, nodes };
}

const PATIENCE = 1000; // ms that a race stands still for a page that is not drawn

/** Resolves when what has just been drawn is on the screen; at once if there is nobody to see it.
 * @returns {Promise<void>} */
const painted = () =>
  new Promise((done) => {
    if (document.hidden) return done();
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
    setTimeout(done, PATIENCE);
  });

/** @param {Parts} parts */
export default function mount(parts) {
  const { element, data, props, server, trigger, watch } = parts;
  const lesson = shared(parts);
  const { $, state, update, say } = lesson;

  /** @param {import("./race.js").Race} race */
  function show(race) {
    const begins = race.lanes.every((lane) => lane.done === 0);
    const replayed = race.finished && state.race?.finished && !state.race.recorded; // only the distances are new: the replay goes on
    update({
      race,
      stopped: state.stopped && !begins,
      plotted: state.plotted || (race.python !== null && race.lanes.every((lane) => lane.distance !== null)),
      playing: replayed ? state.playing : false,
      position: replayed ? state.position : END,
    });
  }
  const refuse = (/** @type {string} */ why) => {
    $(".verdict").textContent = why;
  };
  const races = maker(parts, show, refuse, painted);

  async function arrive() {
    if (!props.value?.lanes || !races.served()) return;
    const race = decoded(props.value);
    show(race);
    await painted();
    if (race.race) server.drawn(race.race).catch(() => {}); // the next lane waits for it, but not for ever
  }

  /** @type {View} */
  const hints = {
    needs: ["race"],
    draw() {
      const recorded = state.race ? state.race.recorded : data.recorded;
      $(".idle").hidden = state.race !== null && !recorded;
      $(".timed").hidden = !state.race?.here;
      $(".where-recorded").textContent = recorded ? `${say("where-recorded", recorded)} ` : "";
      const distances = state.race?.lanes.map((lane) => lane.distance) ?? [null];
      $(".plots").hidden = Boolean(recorded) || distances.includes(null) || !state.plotted; // drawn when all is over
    },
  };

  function verdict() {
    const { race, stopped } = state;
    if (stopped && !race?.finished) return say("stopped");
    const values = race && comparison(race);
    return values ? say("verdict", values) : "";
  }

  lesson.views.push(hints, ...laneBoxes(lesson), ...replay(lesson), {
    needs: ["race", "stopped"],
    draw() {
      $(".verdict").textContent = verdict();
    },
  });

  // What is saved: the sprites, a row a lane; as an animation, the replay as it is set.
  takeaways($(".take"), server, () => {
    const { race } = state;
    if (!race?.finished) return null;
    return { name: "race", ...film(race, state), code: race.python ?? races.program, shape: race.shape };
  });

  link("race", () => ({})); // all its settings are Gradio's controls
  window.addEventListener("race-run", (event) => races.start(/** @type {CustomEvent<any[]>} */ (event).detail));
  window.addEventListener("race-served", () => races.served() && trigger("over", {}));
  window.addEventListener("race-stopped", () => {
    races.stop();
    if (state.race?.lanes.some((lane) => lane.distance === null)) update({ stopped: true });
  });
  watch("value", arrive);
  const act = acts(lesson, {
    trigger,
    showMore: moreLanes(lesson, linked("race")),
    recorded: () => showRecorded(lesson, true),
  });
  doing(element, act);
  for (const box of element.querySelectorAll(".predict")) quiz(/** @type {HTMLElement} */ (box), act);
  choice($(".engine"));
  hints.draw();
  if (data.recorded) showRecorded(lesson);
}
