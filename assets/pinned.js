// @ts-check
// When a lesson's picture has been scrolled out of view, a slim bar on top keeps small copies of it and of what the
// network makes of it, and its slider, so that what is further down can be watched while one drags.
import { node } from "./dom.js";

/**
 * @param {HTMLElement} stage what is watched: the bar is there while all of it is above the window, or hidden
 * @param {HTMLCanvasElement[]} pictures
 * @param {HTMLInputElement} slider
 * @param {(value: number) => void} go
 * @returns {() => void} to be called when a picture or the slider has changed
 */
export function pinned(stage, pictures, slider, go) {
  const copies = pictures.map(() => node("canvas", { ariaHidden: "true" }));
  const range = node("input", { type: "range", ariaLabel: slider.ariaLabel, oninput: () => go(+range.value) });
  const where = node("output");
  const bar = node("div", { className: "pinned", hidden: true }, ...copies, node("div", {}, range, where));
  (stage.closest(".station") ?? stage).before(bar); // so that it is met before what is further down

  function update() {
    if (bar.hidden) return;
    for (const [i, { width, height }] of pictures.entries()) {
      Object.assign(copies[i], { width, height });
      copies[i].getContext("2d")?.drawImage(pictures[i], 0, 0);
    }
    Object.assign(range, { min: slider.min, max: slider.max, value: slider.value });
    where.textContent = slider.getAttribute("aria-valuetext") ?? "";
    range.setAttribute("aria-valuetext", where.textContent);
  }

  new IntersectionObserver(([entry]) => {
    bar.hidden = entry.isIntersecting || entry.boundingClientRect.top > 0;
    update();
  }).observe(stage);
  return update;
}
