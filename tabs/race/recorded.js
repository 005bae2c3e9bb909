// @ts-check
// The recorded race (recorded.py): on show until one has been run here. It plays once, when the lesson is opened.
import { calm } from "../../assets/dom.js";
import { decoded } from "./race.js";
import { END } from "./replay.js";

/** @param {import("./lesson.js").Lesson} lesson */
export async function showRecorded({ state, update }) {
  const response = await fetch(window.page.address("tabs/race/recorded.json")).catch(() => null);
  const payload = response?.ok ? await response.json() : null;
  if (!payload || state.race) return; // the lesson does without
  const plays = !calm();
  update({ race: decoded(payload), position: plays ? 0 : END, playing: plays });
}
