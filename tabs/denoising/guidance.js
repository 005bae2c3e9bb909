// @ts-check
// Guidance, taken apart: the two answers of the network, their difference, and what it is added up to.
import { number, shown } from "../../assets/numbers.js";
import { draw } from "../../assets/pixels.js";
import { guided } from "./trajectory.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./trajectory.js").Config} Config */

/** What to say of a step that is not guided. @param {Config} config */
function unguided({ weights, guidance_scale }) {
  if (!Object.values(weights).some(Boolean)) return "guidance-no-class";
  return guidance_scale === 0 ? "guidance-0" : "guidance-1";
}

/** @param {Lesson} lesson @param {{ go: (step: number) => void }} actions @returns {import("./lesson.js").View} */
export function guidanceApart({ $, state, say, nodes, tell }, { go }) {
  const goToClearest = () => state.run?.parts && go(state.run.parts.clearest);
  $(".g-go").addEventListener("click", goToClearest);
  let said = "";

  return {
    needs: ["run", "step"],
    draw() {
      const { run, step } = state;
      if (!run) return;
      const done = step === run.n;
      const k = done ? (run.parts?.clearest ?? run.n - 1) : step; // at the end there is hardly anything to see
      const sum = guided(run, k);
      $(".guidance-body").hidden = !sum;
      const text = sum ? "guidance" : unguided(run.configs[k]);
      const now = say(text, { k, done });
      if (now !== said) $(".guidance-text").replaceChildren(...nodes(text, { k, done }));
      said = now;
      if (!sum || !run.parts) return;
      const { conditional, unconditional, clearest } = run.parts,
        { from, difference, result, most, outside } = sum,
        { shape, values } = run;
      draw($(".g-uncond"), unconditional, 1, from, shape);
      draw($(".g-cond"), conditional, 1, from, shape);
      draw($(".g-diff"), difference, most, 0, shape);
      draw($(".g-result"), result, 1, 0, shape);
      $(".g-go").hidden = clearest === k;
      tell(".g-go", say("guidance-go", { clearest }));
      const told = { t: run.t[k], times: number(1 / shown(most)), most: number(most) };
      tell(".g-scale", say("guidance-scale", told));
      $(".g-equation").replaceChildren(...nodes("guidance-sum", { s: number(run.configs[k].guidance_scale) }));
      tell(".g-clipped", say(outside ? "guidance-clipped" : "guidance-whole", { outside, values }));
      for (const name of ["g-uncond", "g-cond", "g-diff", "g-result"])
        $(`.${name}`).ariaLabel = say(`label-${name}`, told);
    },
  };
}
