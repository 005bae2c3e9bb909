// @ts-check
// What the lesson's buttons may ask for (assets/doing.js): settings of Gradio's controls, by their names in a link, for a
// new run; of the run on show, step, and fork, the class with which it goes on from there; lambda, for the sheets.
import { set } from "../../assets/controls.js";

/** @param {import("./lesson.js").Lesson} lesson
 * @param {{ go: (step: number) => void, trigger: (event: string, data: object) => void }} parts
 * @returns {import("../../assets/doing.js").Act} */
export function acts({ $ }, { go, trigger }) {
  /** As a hand would. @param {string} selector @param {string} value @param {string} kind */
  function change(selector, value, kind) {
    $(selector).value = value;
    $(selector).dispatchEvent(new Event(kind, { bubbles: true }));
  }

  return ({ step, fork, lambda, ...settings }) => {
    if (Object.keys(settings).length) set(trigger, settings);
    if (step) go(+step);
    if (fork) {
      change(".f-class", fork, "change");
      $(".go-fork").click();
    }
    if (lambda) {
      change(".lambda", lambda, "input");
      $(".measure").click();
    }
  };
}
