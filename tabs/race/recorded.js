// @ts-check
// The recorded race (recorded.py): on show until one has been run here. It plays once, when the lesson is opened.
import { calm } from "../../assets/dom.js";
import { decoded } from "./race.js";
import { END } from "./replay.js";

const fetched = () =>
  fetch(window.page.address("tabs/race/recorded.json"))
    .then((response) => (response.ok ? response.json() : null))
    .catch(() => null);
const early = fetched(); // with this module, which may be there before the lesson is opened

/** @param {import("./lesson.js").Lesson} lesson @param {boolean} instead whether in place of one that was run here */
export async function showRecorded({ state, update }, instead = false) {
  const payload = (await early) ?? (await fetched());
  if (!payload || (state.race && !instead)) return; // the lesson does without
  const plays = !calm();
  update({ race: decoded(payload), position: plays ? 0 : END, playing: plays });
}
