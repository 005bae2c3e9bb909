// @ts-check
// While a run waits for the model, or is drawn: Gradio's line of progress, in words.

/** Gradio's "queue: 2/3 | 1.0/4.0s" and "processing | 0.8/2.6s", in words. @param {string} text
 * @param {boolean} drawing whether to say anything of a run that no longer waits */
export function queueWords(text, drawing = true) {
  const [, place, all] = /queue: (\d+)\/(\d*)/.exec(text) ?? [],
    [, spent, whole] = /([\d.]+)(?:\/([\d.]+))?s\s*$/.exec(text) ?? [];
  if (!spent) return "";
  const time = `${spent} s${+whole > +spent ? ` of about ${whole} s` : ""}`;
  if (place) return `Waiting, number ${place} of ${all} in line: ${time}`;
  return drawing ? `Drawing: ${time}` : "";
}

/** Keep the words of a lesson's line of progress (serving/runs.py). @param {HTMLElement} element */
export function queueLine(element) {
  const block = element.closest(".block");
  const words = block?.querySelector(".words");
  if (!block || !words) return;
  new MutationObserver(() => {
    const progress = block.querySelector(".progress-text")?.textContent ?? "";
    const text = queueWords(progress, !block.classList.contains("only-waiting"));
    if (words.textContent !== text) words.textContent = text;
  }).observe(block, { subtree: true, childList: true, characterData: true });
}
