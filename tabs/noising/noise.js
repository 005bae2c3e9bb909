// @ts-check
// Noise that has a seed is the server's, the same that a run of the network begins with. In between, while every frame
// gets fresh noise, it is made here, and comes to rest on noise that can be had again.
import { float32 } from "../../assets/pixels.js";
import { normals } from "./gauss.js";
import { freshNoise } from "./process.js";
import { MAX_SEED } from "./settings.js";

/** @typedef {import("./state.js").Lesson} Lesson */

/** @param {Lesson} lesson @param {(seed: number) => Promise<string>} ask the server, for noise of a seed */
export function noises({ $, store, words }, ask) {
  const { state, update } = store;
  const passing = normals(1);

  /** Noise of a seed, of the next one by default; what is asked for last is shown. @param {number} seed */
  async function renew(seed = (state.wanted + 1) % (MAX_SEED + 1)) {
    update({ wanted: seed, waiting: state.waiting + 1 });
    /** @type {Float32Array | null} */
    let eps = null;
    try {
      eps = float32(await ask(seed));
    } catch {
      // below
    }
    const waiting = state.waiting - 1;
    if (seed !== state.wanted) update({ waiting });
    else if (eps) update({ waiting, seed, seeded: eps, eps });
    else {
      update({ waiting, wanted: state.seed, eps: state.seeded });
      $(".status").textContent = words.say("no-noise", { seed: state.seed });
    }
  }

  return {
    renew,
    /** The noise of the next frame. */
    next: () => (state.fresh ? freshNoise(passing) : state.eps),
    /** Whether what is on show came to rest; if not, noise with a seed takes its place. */
    atRest() {
      if (state.eps === state.seeded) return true;
      if (!state.waiting) renew();
      return false;
    },
  };
}
