// @ts-check
// The same mix from the noises between two seeds: along the sphere, and, after a guess of what it does to the spread
// of the noise, on the straight line.
import { bytesOf } from "../../assets/pixels.js";
import { MS, player } from "./player.js";
import { rowOf } from "./weights.js";

/** @typedef {import("./state.js").Lesson} Lesson */
/** @typedef {import("./state.js").Mix & { seed_b: number }} Request */
/** Two rows of sprites, and the spread of the noise of each.
 * @typedef {import("./maker.js").Drawn & import("./here.js").Figures} Reply */

const RIGHT = "0.71"; // the answer

/** The place number i of n, from 0 at one end to 1 at the other. @param {number} i @param {number} n */
export const placeText = (i, n) => (i / (n - 1)).toFixed(3).replace(/\.?0+$/, "");

/** @param {Lesson} lesson @returns {import("./drawing.js").Job} */
export function seeds(lesson) {
  const { $, data, store, words, inWords } = lesson;
  const columns = data.places;
  const box = $(".part.seeds");
  const play = player(lesson, box, words.say("from-seed-to-seed"));
  question(lesson);

  /** @param {Reply} reply @param {Request} request */
  function show({ rgb, spread, theta }, { weights, seed, seed_b }) {
    const same = seed === seed_b;
    const mix = inWords(rowOf(weights, data.classes));
    const places = Array.from({ length: columns }, (_, i) => placeText(i, columns));
    $(".angle").textContent = words.say(same ? "no-angle" : "angle", { theta: theta.toFixed(1) });

    const spreads = spread.map((value) => value.toFixed(2));
    const arc = spreads.slice(0, columns);
    const straight = spreads.slice(columns);
    for (const [row, texts] of [arc, straight].entries()) {
      const captions = texts.map((text, i) => ({ text, label: words.say("noise", { u: places[i], spread: text }) }));
      play.film(row, rgb, captions);
    }
    store.update({ halfway: { spread: straight[(columns - 1) / 2], same } });
    play.load(
      rgb,
      places.map((u, i) => ({
        text: words.say("noise", { u, spread: arc[i] }),
        label: words.say("seeds-seen", { mix, u, seed, seed_b }),
      })),
    );
    const frames = rgb.slice(0, columns * bytesOf(data.shape));
    return { name: "between-seeds", rgb, frames, columns, across: columns, ms: MS };
  }

  return {
    name: "seeds",
    box,
    moves: true,
    request: () => ({ what: "seeds", ...store.mix(), seed_b: store.state.seed_b }),
    lay: play.lay,
    show,
  };
}

/** The guess, and what came of it, once the spread is measured. @param {Lesson} lesson */
function question({ $, element, store, views, words }) {
  const { state, update } = store;
  /** @type {NodeListOf<HTMLElement>} */
  const answers = element.querySelectorAll(".answers button");
  for (const button of answers)
    button.addEventListener("click", () => update({ guess: button.dataset.answer ?? null }));

  function verdict() {
    const { guess, halfway } = state;
    if (halfway?.same) return words.say("verdict-same");
    const right = guess === RIGHT;
    return words.say("verdict", {
      right,
      wrong: !right && guess !== "",
      measured: halfway !== null,
      spread: halfway?.spread,
    });
  }
  views.add({
    parts: ["guess", "halfway"],
    draw() {
      if (state.guess === null) return;
      for (const button of answers) button.setAttribute("aria-pressed", String(button.dataset.answer === state.guess));
      $(".straight").hidden = false;
      $(".verdict").textContent = verdict();
    },
  });
}
