// @ts-check
// The overview on top of the page shows this sprite: noised at every level, and at t what the network made out, with the
// step of DDIM that would follow. At other levels the network has not been asked, and nothing stands there. All of that is
// a dozen pictures: it waits until the hand rests.
import { lend } from "../../assets/overview.js";
import { fromBytes, SPRITE, VALUES } from "../../assets/pixels.js";
import { noised } from "./process.js";

const FRAMES = 9;

/** The timesteps from T to 0, one of which is t, and where it stands. @param {number} T @param {number} t */
export function timesteps(T, t) {
  const list = Array.from({ length: FRAMES }, (_, i) => Math.round(T * (1 - i / (FRAMES - 1))));
  const at = Math.max(0, Math.min(FRAMES - 2, Math.round((1 - t / T) * (FRAMES - 1)))); // the last one is the sprite
  list[at] = t;
  return { list, at };
}

/** Returns what is to be called when the hand rests.
 * @param {import("./state.js").Lesson} lesson @param {() => boolean} resting whether the hand still moves */
export function lending({ store, views }, resting) {
  const { state, weights, T } = store;

  function show() {
    const { guess, t, x0, eps } = state;
    if (!guess || !t || resting() || !store.answered()) return;
    const { list, at } = timesteps(T, t);
    const states = list.map((each) => noised(new Float32Array(VALUES), x0, eps, weights(each)));
    const guessed = fromBytes(guess.rgb.slice(0, VALUES));
    const { signal, noise } = weights(t);
    const predicted = states[at].map((value, i) => (value - signal * guessed[i]) / noise);
    const next = noised(new Float32Array(VALUES), guessed, predicted, weights(list[at + 1]));
    const picture = (/** @type {Float32Array} */ values, range = 1) => ({ values, range, offset: 0 });
    lend(
      "noising",
      {
        shape: SPRITE,
        told: state.told,
        t: list,
        state: (i) => picture(states[i]),
        eps: (k) => (k === at ? picture(predicted, 3) : null),
        x0: (k) => (k === at ? picture(guessed) : null),
        next: (k) => (k === at ? picture(next) : null),
      },
      at,
    );
  }
  views.add({ parts: ["guess"], draw: show });
  return show;
}
