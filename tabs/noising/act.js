// @ts-check
// What the lesson's buttons may ask for (assets/doing.js), by the names of its link: t, schedule, weights and sprite,
// each of the latter two also as "other" or "next" than now; fresh=1; besides, noise=new and play=yes.

/** @typedef {import("./state.js").Lesson} Lesson */
/** @typedef {{ load: (n: number, at: number) => void, go: (t: number) => void, start: () => void }} Bar */

/** The one after it, and after the last the first. @template T @param {readonly T[]} all @param {T | undefined} one */
const after = (all, one) => all[(all.indexOf(/** @type {T} */ (one)) + 1) % all.length];

/**
 * @param {Lesson} lesson
 * @param {{ bar: Bar, classes: string[], renew: () => void,
 *   choose: (sprite: import("./state.js").Sprite) => void }} parts
 * @returns {import("../../assets/doing.js").Act}
 */
export function acts({ $, store: { state, update } }, { bar, classes, renew, choose }) {
  /** As a hand would. @param {string} selector @param {string} value */
  function set(selector, value) {
    $(selector).value = value;
    $(selector).dispatchEvent(new Event("change"));
  }

  return ({ t, schedule, weights, sprite, fresh, noise, play }) => {
    if (schedule) set(".schedule", schedule);
    if (sprite === "next") choose(after(state.sprites, state.sprite));
    if (weights && classes.length)
      set(".told", weights === "other" ? after(classes, state.sprite.told ?? state.told) : weights);
    const again = fresh === "1";
    if (again !== state.fresh) update({ fresh: again, ...(again ? {} : { eps: state.seeded }) });
    if (t) bar.go(+t);
    if (noise === "new") renew();
    if (play === "yes") bar.start();
  };
}
