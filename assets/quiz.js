// Questions that a person answers before they look.
// A question whose answers are buttons: what is said to each is its data-reply, what is said to all stands in .why.
export function quiz(box) {
  const answers = [...box.querySelectorAll("[data-reply]")];
  for (const answer of answers)
    answer.addEventListener("click", () => {
      for (const each of answers) each.setAttribute("aria-pressed", each === answer);
      box.querySelector(".reply").textContent = answer.dataset.reply;
      for (const why of box.querySelectorAll(".why")) why.hidden = false;
    });
}
