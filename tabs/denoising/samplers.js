// @ts-check
// Of the samplers, the first few to be seen; a button shows the others in their place. The chosen one is always there.
import { node } from "../../assets/dom.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */

/** @param {Lesson} lesson */
export function fewSamplers({ data, say }) {
  // Gradio's own control, which assets/lessons.js has put into the lesson.
  const box = document.querySelector("#denoising-controls .samplers");
  for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (box?.querySelectorAll("[type=radio]") ?? []))
    if (!data.samplers[radio.value]?.first) radio.closest("label")?.setAttribute("data-more", "");
  if (!box?.querySelector("[data-more]")) return;
  const button = node("button", {
    type: "button",
    className: "more-samplers",
    textContent: say("more-samplers"),
    onclick: () => open(button.ariaExpanded === "false"),
  });
  /** @param {boolean} yes */
  function open(yes) {
    button.ariaExpanded = String(yes);
    box?.toggleAttribute("data-few", !yes); // no class: those are Svelte's
  }
  open(false);
  box.querySelector("label")?.parentElement?.append(button);
}
