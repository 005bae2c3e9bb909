// @ts-check
// One training step, taken apart: its pictures, its numbers, and how large the gradient is in each part of the network.
import { cutOff } from "../../assets/ask.js";
import { node, tell } from "../../assets/dom.js";
import { number } from "../../assets/numbers.js";
import { bytes, drawBytes } from "../../assets/pixels.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** taken_apart of lesson.py. @typedef {{ pictures: Record<string, string>, learned: number,
 *   alpha_bar: number, told: string | null, loss: number, loss_after: number, batch_loss: number,
 *   batch_loss_after: number, gradient: Record<string, number>, moved: number }} Apart */

const T = 500; // of the cosine schedule by which a noise level is named
const DATA = { source: "all", count: 200 }; // what is learned from here

/** The timestep of the cosine schedule that has this alpha_bar: cos^2(pi t / 2 T), nearly. @param {number} alphaBar */
const timestep = (alphaBar) => Math.round((Math.acos(Math.sqrt(alphaBar)) * 2 * T) / Math.PI);

/** @param {Lesson} lesson @param {(data: object) => Promise<Apart | null>} ask */
export function stepApart({ $, element, data, words }, ask) {
  let learned = 0;
  let asking = false;
  const settings = () => ({
    ...data.usual,
    ...DATA,
    prediction_type: $(".s-type").value,
    batch_size: Number($(".s-batch").value),
  });
  const question = () => JSON.stringify({ settings: settings(), learned, pixels: "" });

  async function show() {
    const list = $(".algorithm");
    list.classList.add("stale");
    tell($(".step-status"), learned ? words.say("learning") : "");
    if (asking) return;
    asking = true;
    try {
      let asked = "";
      while (asked !== question()) {
        asked = question();
        const found = await ask(JSON.parse(asked));
        if (found) draw(found);
      }
      list.classList.remove("stale");
      tell($(".step-status"), learned < data.most.learned ? "" : words.say("most", { most: data.most.learned }));
    } catch (error) {
      tell($(".step-status"), words.say("failed", { why: error instanceof Error ? error.message : "" }));
      if (cutOff()) addEventListener("online", show, { once: true });
    }
    asking = false;
    element.dataset.learned = String(learned); // for whoever waits for it
  }

  /** @param {Apart} found */
  function draw(found) {
    const kind = $(".s-type").value;
    const third = kind === "eps" ? "_third" : ""; // as strong as ε beside it
    const { pictures } = found;
    const values = { loss: number(found.loss) };
    for (const [place, picture, said] of [
      ["x0", pictures.x0, "seen-x0"],
      ["eps", pictures.eps, "seen-eps"],
      ["x_t", pictures.x_t, "seen-x_t"],
      ["answer", pictures[`answer${third}`], "seen-answer"],
      ["error", pictures.error, "seen-error"],
      ["after", pictures[`after${third}`], "seen-after"],
    ]) {
      const canvas = $(`.p-${place}`);
      drawBytes(canvas, bytes(picture));
      canvas.ariaLabel = words.say(said, place === "after" ? { loss: number(found.loss_after) } : values);
    }
    tell($(".s-told"), found.told ? words.say("told", { told: found.told }) : words.say("not-told"));
    tell($(".s-t"), `${timestep(found.alpha_bar)}`);
    const [signal, noise] = [Math.sqrt(found.alpha_bar), Math.sqrt(1 - found.alpha_bar)].map((x) => x.toFixed(2));
    $(".s-mix").replaceChildren(...words.nodes("mix", { signal, noise }));
    $(".s-kind").replaceChildren(...words.nodes(`kind-${kind}`));
    tell($(".s-loss"), number(found.loss));
    tell($(".s-loss-after"), number(found.loss_after));
    tell($(".n-learned"), `${found.learned}`);
    tell($(".n-batch"), number(found.batch_loss));
    tell($(".n-batch-after"), number(found.batch_loss_after));
    tell($(".n-moved"), number(found.moved));
    bars(found.gradient);
  }

  /** @param {Record<string, number>} gradient */
  function bars(gradient) {
    const most = Math.max(...Object.values(gradient), 1e-9);
    $(".bars").replaceChildren(
      ...Object.entries(gradient).map(([part, length]) => {
        const bar = node("i");
        bar.style.width = `${(100 * length) / most}%`;
        return node("div", {}, node("span", { textContent: part }), bar, node("span", { textContent: number(length) }));
      }),
    );
  }

  for (const button of element.querySelectorAll(".learn"))
    button.addEventListener("click", () => {
      learned = Math.min(data.most.learned, learned + Number(button instanceof HTMLElement && button.dataset.more));
      show();
    });
  const anew = () => {
    learned = 0;
    show();
  };
  $(".anew").addEventListener("click", anew);
  for (const select of [".s-batch", ".s-type"]) $(select).addEventListener("change", anew);
  show();
}
