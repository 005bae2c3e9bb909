// @ts-check
// What the lesson's buttons may ask for (assets/doing.js): settings, by their names in a link.
import { read } from "./settings.js";

/** @param {import("./state.js").Lesson} lesson @returns {import("../../assets/doing.js").Act} */
export function acts({ data, store }) {
  return (asked) => {
    const { weights, strength, ...others } = read(asked, data).settings;
    store.update(others);
    if (weights) store.setMix(weights);
    if (strength !== undefined) store.setStrength(strength);
  };
}
