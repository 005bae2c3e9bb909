// @ts-check
// What the network makes out in x_t. Where it runs in the page it is asked as the hand moves; the server is asked when
// the hand rests. One question at a time: what has changed meanwhile is asked about when its answer is here. Until then
// the tiles are stale.
import { asker } from "../../assets/ask.js";
import * as engine from "../../assets/engine.js";
import { base64, bytes, drawBytes } from "../../assets/pixels.js";
import { offBy } from "./process.js";
import { X_T } from "./state.js";

/** @typedef {import("./state.js").Lesson} Lesson */
/** @typedef {import("./state.js").Guess} Guess */

const PATIENCE = 10_000; // ms
const TILES = [".with-class", ".without-class"];

/**
 * @param {Lesson} lesson
 * @param {{ classes: string[], able: boolean, trigger: (event: string, data: object) => void,
 *   resting: () => boolean }} network
 *   able: to look at sprites of this size; resting: whether the hand still moves, so that it will be asked again
 */
export function guesses({ $, element, store, views, words }, { classes, able, trigger, resting }) {
  const { state, update } = store;
  const network = asker("noising", "ask", trigger, PATIENCE);
  let asking = false;
  // What is asked here follows the hand so closely that nothing need be said of it.
  const stale = () => able && state.t > 0 && !store.answered() && !(engine.here() && resting());

  async function ask() {
    if (!able || store.answered()) return;
    const about = store.question();
    const sprite = state.sprite.rgb.slice();
    if (about.t === 0) {
      // nothing is hidden: x_0 is the sprite
      update({ guess: { about, sprite, rgb: new Uint8Array([...sprite, ...sprite]), ms: 0, here: true } });
      return;
    }
    const here = engine.here();
    if (asking || !(here || about.eps === state.seeded)) return; // the server knows noise by its seed
    asking = true;
    const start = performance.now();
    const rgb = await (here ? askPage(about) : askServer(about, sprite)).catch(() => null);
    const ms = performance.now() - start;
    asking = false;
    if (rgb && !here) engine.answered(ms);
    if (rgb) update({ guess: { about, sprite, rgb, ms, here } });
    else if (!here) return; // the next time that the hand rests it is asked again
    if (engine.here() || !resting()) ask();
  }

  /** @param {import("./state.js").Question} about @param {Uint8Array} sprite */
  async function askServer({ seed, t, schedule, told }, sprite) {
    const answer = await network.ask({ pixels: base64(sprite), seed, t, schedule, weights: told });
    return answer && bytes(answer.x0);
  }

  /** @param {import("./state.js").Question} about @returns {Promise<Uint8Array>} */
  const askPage = ({ t, schedule, told }) =>
    engine.run("guess", {
      x_t: store.x_t.slice(),
      alphaBar: store.alphaBar(t, schedule),
      row: classes.map((name) => Number(name === told)),
    });

  /** Captions, built anew only where they say something else. */
  const captions = TILES.map((selector) => {
    let said = "";
    let fill = (/** @type {import("../../assets/words.js").Values} */ _) => {};
    return (/** @type {string} */ name, /** @type {import("../../assets/words.js").Values} */ values) => {
      const what = `${name} ${values.here} ${values.server}`;
      if (what !== said) fill = words.live($(selector).nextElementSibling, name, values);
      said = what;
      fill(values);
    };
  });

  /** @param {Guess} guess */
  function tiles({ about: { t, told }, sprite, rgb, ms, here }) {
    for (const [k, selector] of TILES.entries()) {
      const canvas = $(selector);
      const off = offBy(sprite, rgb, k).toFixed(0);
      const what = words.say(k ? "not-told" : "told", { told });
      const values = { t, what, off, ms: ms.toFixed(0), here: here && !k, server: !here && !k };
      drawBytes(canvas, rgb, k);
      views.label(canvas, words.say(t ? "guess-seen" : "sprite-seen", values));
      captions[k](t ? "guess" : "sprite-itself", values);
    }
    if (!resting()) views.flush();
  }

  for (const part of element.querySelectorAll(".guess, .told-or-not label, .off-by")) {
    const box = part.closest("figure, p");
    if (box instanceof HTMLElement) box.hidden = !able;
  }
  store.listen((changed) => {
    if (engine.here() && [...X_T, "told"].some((part) => changed.has(/** @type {any} */ (part)))) ask();
  });
  views.add({ parts: ["guess"], draw: () => state.guess && tiles(state.guess) });
  views.add({
    parts: [...X_T, "seed", "told", "guess"],
    draw: () => $(".main").classList.toggle("stale", stale()),
  });
  return { ask, answer: network.answer };
}
