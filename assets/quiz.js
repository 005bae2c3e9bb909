// @ts-check
// Predict first: a question is answered by a press, or by placing a marker; then the machine shows what happens, and
// what there is to say about it unfolds. Who does not want to guess presses "show me".
import { settingsOf } from "./doing.js";

/**
 * A question: answers are buttons with a data-reply, what is said to that one, or .marker, a slider, with .place, the
 * button that hands it in. .show-me answers without a guess. All of them do what the box's data-then asks for, if it
 * asks for anything, and unfold every .why.
 * @param {HTMLElement} box
 * @param {import("./doing.js").Act} [act] how the lesson sets things
 * @param {(guess: number | null) => string} [compare] what is said to a marker there; null: to who made no guess
 */
export function quiz(box, act, compare) {
  /** @type {NodeListOf<HTMLElement>} */
  const answers = box.querySelectorAll("[data-reply]");
  const reply = box.querySelector(".reply");
  const marker = /** @type {HTMLInputElement | null} */ (box.querySelector(".marker"));

  /** @param {Element | null} chosen @param {string} said */
  function answer(chosen, said) {
    for (const each of answers) each.setAttribute("aria-pressed", String(each === chosen));
    if (reply) reply.textContent = said;
    for (const why of box.querySelectorAll(".why")) if (why instanceof HTMLElement) why.hidden = false;
    if (box.dataset.then) act?.(settingsOf(box.dataset.then));
  }
  for (const each of answers) each.addEventListener("click", () => answer(each, each.dataset.reply ?? ""));
  // Who has answered is shown it again, and keeps what was said.
  box.querySelector(".show-me")?.addEventListener("click", () => {
    const chosen = [...answers].find((each) => each.getAttribute("aria-pressed") === "true") ?? null;
    answer(chosen, chosen?.dataset.reply ?? compare?.(null) ?? "");
  });
  box
    .querySelector(".place")
    ?.addEventListener("click", () => answer(null, compare?.(marker?.valueAsNumber ?? 0) ?? ""));
}
