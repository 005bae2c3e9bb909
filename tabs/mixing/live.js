// @ts-check
// The large sprite of the mix on show. While a hand moves, the page draws it in a few steps, or the server: one request is
// under way, and then the newest, never a queue of stale ones. Where its sheet has been drawn, the sheet's first sprite is
// shown instead.
import { tell } from "../../assets/dom.js";
import * as engine from "../../assets/engine.js";
import { bytes, drawBytes } from "../../assets/pixels.js";
import { rowOf } from "./weights.js";

/** @typedef {import("./state.js").Mix} Mix */
/** @typedef {{ mix: Mix, rgb: Uint8Array }} Finished a sprite in full quality, and what of */
/** preview() of lesson.py. @typedef {{ sprite: string | Uint8Array, busy: undefined } | { busy: true }} Preview */

const PAUSE = 40; // ms, when the server draws so many live sprites for others that it takes no more

/** @param {Mix} one @param {Mix} other */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * @param {Omit<import("./state.js").Lesson, "views">} lesson
 * @param {(mix: Mix) => Promise<Preview>} preview
 */
export function liveSprite({ $, data, store, words, inWords }, preview) {
  const { live, full, shape, classes } = data;
  const { state, update } = store;
  /** @type {Map<string, Finished>} */
  const finished = new Map(); // by what is mixed
  /** @type {Mix | null} */
  let wanted = null;

  /** @param {Uint8Array} rgb @param {Mix} mix @param {number} count of steps @param {string} how */
  function show(rgb, mix, count, how) {
    const canvas = $(".live .sprite");
    drawBytes(canvas, rgb, 0, shape);
    canvas.dataset.steps = count;
    canvas.dataset.request = JSON.stringify(mix);
    const values = { mix: inWords(rowOf(mix.weights, classes)), seed: mix.seed, steps: count };
    canvas.setAttribute("aria-label", words.say("live-seen", values));
    $(".how").textContent = how;
  }

  /** In full quality, if that has been drawn. @param {Mix} mix */
  function showFinished(mix) {
    const known = finished.get(mix.mixing);
    if (!known || !same(known.mix, mix)) return false;
    show(known.rgb, mix, full.num_inference_steps, words.say("finished", { steps: full.num_inference_steps }));
    return true;
  }

  /** @param {Mix} mix */
  async function draw(mix) {
    const start = performance.now(),
      here = engine.here();
    const reply = here ? await drawHere(mix) : await preview(mix);
    if (reply.busy) {
      wanted ??= mix;
      await new Promise((done) => setTimeout(done, PAUSE));
    } else if (!showFinished(mix)) {
      // its sheet may have come meanwhile
      const ms = Math.round(performance.now() - start);
      if (!here) engine.answered(ms);
      const by = { here: here && engine.here(), server: !here || !engine.here() };
      const sprite = typeof reply.sprite === "string" ? bytes(reply.sprite) : reply.sprite;
      const steps = live.num_inference_steps;
      show(sprite, mix, steps, words.say("live", { steps, ms, ...by }));
    }
  }

  /** In the page; by the server if that fails. @param {Mix} mix @returns {Promise<Preview>} */
  async function drawHere(mix) {
    try {
      return { sprite: await engine.run("sprite", { config: { ...live, ...mix } }), busy: undefined };
    } catch {
      return preview(mix);
    }
  }

  async function ask() {
    wanted = store.mix();
    if (state.asking) return;
    update({ asking: true });
    try {
      while (wanted) {
        /** @type {Mix} */
        const mix = wanted;
        wanted = null;
        if (!showFinished(mix)) await draw(mix);
      }
    } catch {
      tell($(".state"), words.say("no-live"));
    } finally {
      update({ asking: false });
    }
  }

  return {
    /** The hand has moved. */
    ask,
    /** A sheet has been drawn: its first sprite. @param {Mix} mix @param {Uint8Array} rgb */
    finish(mix, rgb) {
      finished.set(mix.mixing, { mix, rgb });
      if (same(mix, store.mix())) showFinished(mix); // else the other way is on show, or the hand has moved on
    },
  };
}
