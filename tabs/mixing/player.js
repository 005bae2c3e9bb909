// @ts-check
// A part with a large sprite, films of nine, and a transport bar that walks through both.
import { node } from "../../assets/dom.js";
import { rove } from "../../assets/keys.js";
import { drawBytes } from "../../assets/pixels.js";
import { transport } from "../../assets/transport.js";
import { canvasesOf } from "./sprites.js";

/** @typedef {{ text: string, label: string }} Caption of a sprite: under it, and in words */

export const MS = 140; // a sprite

/**
 * @param {import("./state.js").Lesson} lesson
 * @param {HTMLElement} box
 * @param {string} label of the slider
 */
export function player({ data, words }, box, label) {
  /** @param {string} selector @returns {any} */
  const $ = (selector) => box.querySelector(selector);
  const films = [...box.querySelectorAll(".film")].filter((film) => film instanceof HTMLElement);
  /** @type {Uint8Array} */
  let rgb = new Uint8Array();
  /** @type {Caption[]} */
  let captions = [];

  const bar = transport($(".bar"), {
    root: box,
    label,
    ms: MS,
    describe: (i, last) => words.say("place", { place: i + 1, all: last + 1 }),
    show(i) {
      drawBytes($(".moving"), rgb, i, data.shape);
      $(".moving").setAttribute("aria-label", captions[i].label);
      $(".which").textContent = captions[i].text;
      for (const film of films)
        for (const [k, button] of [...film.children].entries()) button.setAttribute("aria-current", String(i === k));
    },
  });
  for (const film of films) rove(film);

  /** A film's canvases, each in a button that goes there once there is something to see. @param {HTMLElement} film */
  function frames(film) {
    const canvases = canvasesOf(film, data.places, data.shape);
    for (const [i, canvas] of canvases.entries()) {
      if (canvas.parentElement) continue;
      canvas.setAttribute("aria-hidden", "true");
      const ariaLabel = words.say("place", { place: i + 1, all: data.places });
      const onclick = () => captions.length && bar.go(i);
      film.append(node("button", { type: "button", ariaLabel, onclick }, canvas, node("span")));
    }
    return canvases;
  }

  return {
    /** The canvases of all films. */
    lay: () => films.flatMap(frames),
    /**
     * Fill a film. @param {number} row which film, and which row of the sprites @param {Uint8Array} sprites
     * @param {Caption[]} under them
     */
    film(row, sprites, under) {
      for (const [i, canvas] of frames(films[row]).entries()) {
        const button = /** @type {HTMLElement} */ (canvas.parentElement);
        drawBytes(canvas, sprites, row * under.length + i, data.shape);
        button.ariaLabel = under[i].label;
        /** @type {Element} */ (button.lastElementChild).textContent = under[i].text;
      }
    },
    /**
     * What the large sprite walks through; it stays where it is. @param {Uint8Array} sprites
     * @param {Caption[]} large
     */
    load(sprites, large) {
      rgb = sprites;
      captions = large;
      bar.load(large.length - 1, bar.last < 0 ? 0 : bar.index);
    },
  };
}
