// @ts-check
// While a run waits for the model, or is drawn: Gradio's line of progress, in words.

/** Gradio's "queue: 2/3 | 1.0/4.0s" and "processing | 0.8/2.6s", in words. @param {string} text */
export function queueWords(text) {
  const [, place, all] = /queue: (\d+)\/(\d*)/.exec(text) ?? [],
    [, spent, whole] = /([\d.]+)(?:\/([\d.]+))?s\s*$/.exec(text) ?? [];
  if (!spent) return "";
  const time = `${spent} s${+whole > +spent ? ` of about ${whole} s` : ""}`;
  return place ? `Waiting, number ${place} of ${all} in line: ${time}` : `Drawing: ${time}`;
}

/** Keep the words of a lesson's line of progress (serving/runs.py). @param {HTMLElement} element */
export function queueLine(element) {
  const block = element.closest(".block");
  const words = block?.querySelector(".words");
  if (!block || !words) return;
  new MutationObserver(() => {
    const text = queueWords(block.querySelector(".progress-text")?.textContent ?? "");
    if (words.textContent !== text) words.textContent = text;
  }).observe(block, { subtree: true, childList: true, characterData: true });
}
