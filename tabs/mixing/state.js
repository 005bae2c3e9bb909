// @ts-check
// The state of the lesson, what can be done to the mix, and what the server is asked for it. Pad, sliders, strength and
// presets all set the same row of weights; the place of the point follows from it, or it from the point.
import { createStore as storeOf } from "../../assets/store.js";
import { clamp, complete, HIGH, hundredths, LOW, named, scaled, sum, total } from "./weights.js";

/** @typedef {import("./weights.js").Row} Row */
/** @typedef {import("./weights.js").Weights} Weights */
/** @typedef {import("./pad.js").Pad} Pad */
/** @typedef {import("./pad.js").Point} Point */

/**
 * @typedef {object} Settings
 * @property {Row} weights
 * @property {number} strength the sum of the weights that the pad gives, 1 unless the control of that name says otherwise
 * @property {number} guidance_scale
 * @property {number} seed
 * @property {string} mixing one of WAYS
 * @property {boolean} keep whether the sliders keep the sum
 * @property {Row} a
 * @property {Row} b
 * @property {number} seed_b
 */
/**
 * @typedef {object} Rest
 * @property {Point | null} point of the weights; a sum of 0 has none, but keeps what there was when the strength went to 0
 * @property {string[]} seen the stations below that are in sight
 * @property {string | null} guess what a person thinks of the spread halfway
 * @property {{ spread: string, same: boolean } | null} halfway what it is; same: both ends are one noise
 * @property {boolean} resting whether the hand is: then the full quality is drawn
 * @property {boolean} asking whether a live sprite is under way
 * @property {boolean} drawing whether the full quality is
 */
/** @typedef {Settings & Rest} State */
/** @typedef {ReturnType<typeof createStore>} Store */

/** @typedef {{ guidance_scale: number, seed: number, mixing: string }} Run */
/** @typedef {{ weights: Weights } & Run} Mix one mix, as it is asked for */
/** @typedef {{ a: Weights, b: Weights } & Run} Line from one to another */

/**
 * What the component starts with: corners() of lesson.py.
 * @typedef {object} Data
 * @property {string[]} classes
 * @property {string | null} sprites one of each class, if the classes are this project's own
 * @property {[string, Weights][]} presets
 * @property {import("../../assets/pixels.js").Shape} shape
 * @property {import("../../assets/generate.js").Config} live how live sprites are drawn
 * @property {import("../../assets/generate.js").Config} full and all others
 * @property {number} places of a morph
 * @property {number} grid seeds, and mixes, of the grid
 * @property {{ guidance: number, seed: number }} max
 */
/**
 * @typedef {object} Lesson what its modules share
 * @property {(selector: string) => any} $
 * @property {HTMLElement} element
 * @property {Data} data
 * @property {Pad} pad
 * @property {Store} store
 * @property {import("../../assets/views.js").Views<State>} views
 * @property {import("../../assets/words.js").Words} words
 * @property {(row: Row) => string} inWords
 */

export const WAYS = ["embedding", "prediction"];

/** Parts whose change is not the hand's. @type {(keyof State)[]} */
export const PASSING = ["seen", "guess", "halfway", "resting", "asking", "drawing"];

/** @param {Settings} settings @param {string[]} classes @param {Pad} pad */
export function createStore(settings, classes, pad) {
  /** @type {State} */
  const initial = {
    ...settings,
    point: pad.point(settings.weights),
    seen: [],
    guess: null,
    halfway: null,
    resting: false,
    asking: false,
    drawing: false,
  };
  const { state, update, listen } = storeOf(initial);

  /** @param {Row} weights */
  const setWeights = (weights) => update({ weights, point: pad.point(weights) });

  /** A point says only how the strength is shared out. @param {Point} point @param {number} strength */
  const shared = (point, strength) => hundredths(pad.weights(point).map((weight) => weight * strength));

  return {
    state,
    update,
    listen,

    /** One weight; nothing if it is not a number. @param {number} i @param {number} value */
    setWeight(i, value) {
      if (!Number.isFinite(value)) return;
      const row = state.weights.with(i, Math.round(100 * clamp(value, LOW, HIGH)) / 100);
      setWeights(state.keep ? complete(row, i, total(state.weights)) : row);
    },

    /** @param {Point} point */
    setPoint: (point) => update({ weights: shared(point, state.strength), point }),

    /** A mix that has a sum of its own; the pad goes on from 1. @param {Row} weights */
    setMix: (weights) => update({ strength: 1, weights, point: pad.point(weights) }),

    /** The sum of the weights. At 0 the point stays, to know the way back. @param {number} value */
    setStrength(value) {
      if (!Number.isFinite(value)) return;
      const strength = clamp(value, 0, HIGH);
      const { weights, point } = state;
      if (sum(weights) > 1e-9) {
        const row = scaled(weights, strength);
        update({ weights: row, strength: total(row) });
      } else if (point) {
        const row = shared(pad.inside(point), strength);
        update({ weights: row, strength: total(row) });
      } else update({ strength });
    },

    /** What is asked for the mix on show. @param {string} mixing @returns {Mix} */
    mix(mixing = state.mixing) {
      const { weights, guidance_scale, seed } = state;
      return { weights: named(weights, classes), guidance_scale, seed, mixing };
    },

    /** What is asked for the way from A to B. @returns {Line} */
    line() {
      const { a, b, guidance_scale, seed, mixing } = state;
      return { a: named(a, classes), b: named(b, classes), guidance_scale, seed, mixing };
    },
  };
}
