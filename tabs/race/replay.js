// @ts-check
// The replay of a finished race: one clock for all lanes, in seconds, as long as the race took, or in timesteps. A lane
// shows the last state that it had reached by then.
import { lend } from "../../assets/overview.js";
import { duration, lastTimestep, longest, onOverview } from "./race.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./lesson.js").State} State */
/** @typedef {import("./race.js").Race} Race */

/** The position at which a replay is over; it begins at 0. */
export const END = 1000;

/** How much of the replay is over. @param {State} state */
export const share = ({ position }) => position / END;

/** @param {Lesson} lesson @returns {import("./lesson.js").View[]} */
export function replay({ $, state, update, say }) {
  const play = $(".play");
  const position = $(".position");
  /** @type {number | null} */
  let frame = null;

  /** Move on from where the replay is. @param {Race} race */
  function run(race) {
    const began = performance.now();
    const first = state.position;
    const seconds = duration(race, state);
    /** @param {number} now */
    const tick = (now) => {
      frame = requestAnimationFrame(tick);
      const moved = Math.min(END, Math.round(first + Math.max(0, now - began) / seconds));
      update({ position: moved, playing: moved < END });
    };
    frame = requestAnimationFrame(tick);
  }

  /** @param {Race} race */
  function where(race) {
    if (state.clock === "t") return say("at-t", { t: Math.round(lastTimestep(race) * (1 - share(state))) });
    return say("at-seconds", { seconds: (longest(race) * share(state)).toFixed(2) });
  }

  play.addEventListener("click", () => {
    if (state.playing) update({ playing: false });
    else update({ playing: true, position: state.position < END ? state.position : 0 });
  });
  position.addEventListener("input", () => update({ playing: false, position: +position.value }));
  $(".speed").addEventListener("change", () => update({ speed: +$(".speed").value }));
  $(".clock").addEventListener("change", () => update({ clock: $(".clock").value }));

  return [
    {
      needs: ["playing", "speed", "clock"],
      draw() {
        if (frame !== null) cancelAnimationFrame(frame);
        frame = null;
        play.classList.toggle("playing", state.playing);
        play.textContent = say(state.playing ? "pause" : "replay");
        if (state.playing && state.race) run(state.race);
      },
    },
    {
      needs: ["race", "position", "clock"],
      draw() {
        const { race } = state;
        $(".replay").hidden = !race?.finished;
        if (!race?.finished) return;
        const text = where(race);
        position.value = state.position;
        position.setAttribute("aria-valuetext", text);
        $(".where").textContent = text;
        if (race.run) lend("race", race.run, onOverview(race, race.run, state.clock, share(state)));
      },
    },
  ];
}
