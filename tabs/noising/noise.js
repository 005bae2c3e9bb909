// @ts-check
// The noise of a seed is that which a run of the network begins with. While every frame gets fresh noise, it has no seed,
// and comes to rest on one that has.
import { VALUES } from "../../assets/pixels.js";
import { seededNoise } from "../../assets/randn.js";
import { normals } from "./gauss.js";
import { freshNoise } from "./process.js";
import { MAX_SEED } from "./settings.js";

/** @param {number} seed */
export const noiseOf = (seed) => seededNoise([seed], VALUES)();

/** @param {Pick<import("./state.js").Lesson, "store">} lesson */
export function noises({ store: { state, update } }) {
  const passing = normals(1);

  /** Noise of the next seed. */
  function renew() {
    const seed = (state.seed + 1) % (MAX_SEED + 1);
    const eps = noiseOf(seed);
    update({ seed, seeded: eps, eps });
  }

  return {
    renew,
    /** The noise of the next frame. */
    next: () => (state.fresh ? freshNoise(passing) : state.eps),
    /** Whether what is on show came to rest; if not, noise with a seed takes its place. */
    atRest() {
      if (state.eps === state.seeded) return true;
      renew();
      return false;
    },
  };
}
