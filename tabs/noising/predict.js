// @ts-check
// The questions of the lesson, and what shows their answers: copies of the large pictures, and a marker on t.
import { quiz } from "../../assets/quiz.js";
import { X_T } from "./state.js";

/** @typedef {import("./state.js").Lesson} Lesson */

const MOST = 440; // t where guesses from different noise differ most: benchmarks.lessons noises
const NEAR = 20;

/** @param {Lesson} lesson @param {import("../../assets/doing.js").Act} act */
export function predictions({ $, element, views, words }, act) {
  const [marker, where] = [$(".marker"), $(".marked-at")];
  marker.addEventListener("input", () => {
    where.textContent = words.say("marked-at", { t: marker.value });
  });

  /** @param {number | null} guess */
  function compare(guess) {
    if (guess === null) return words.say("not-marked");
    const near = Math.abs(guess - MOST) <= NEAR;
    return words.say("marked", { guess, near, far: !near });
  }
  for (const box of element.querySelectorAll(".predict"))
    quiz(/** @type {HTMLElement} */ (box), act, box.contains(marker) ? compare : undefined);

  for (const box of element.querySelectorAll(".mirrored"))
    views.add({
      parts: [...X_T, "guess"],
      box,
      draw() {
        /** @type {NodeListOf<HTMLCanvasElement>} */
        const copies = box.querySelectorAll("[data-mirror]");
        for (const copy of copies) copy.getContext("2d")?.drawImage($(copy.dataset.mirror ?? ""), 0, 0);
        box
          .querySelector(".mirrored-caption")
          ?.replaceChildren(...[...$(".with-class").nextElementSibling.childNodes].map((part) => part.cloneNode(true)));
      },
    });
}
