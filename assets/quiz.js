// @ts-check
// Questions that a person answers before they look.

/**
 * A question whose answers are buttons: what is said to each is its data-reply, what is said to all stands in .why.
 * @param {HTMLElement} box
 */
export function quiz(box) {
  /** @type {NodeListOf<HTMLElement>} */
  const answers = box.querySelectorAll("[data-reply]");
  /** @type {NodeListOf<HTMLElement>} */
  const reasons = box.querySelectorAll(".why");
  const reply = box.querySelector(".reply");
  for (const answer of answers)
    answer.addEventListener("click", () => {
      for (const each of answers) each.setAttribute("aria-pressed", String(each === answer));
      if (reply) reply.textContent = answer.dataset.reply ?? "";
      for (const why of reasons) why.hidden = false;
    });
}
