// @ts-check
// When a lesson's picture has been scrolled out of view, a slim bar on top keeps a small copy of it and its slider,
// so that what is further down can be watched while one drags.
import { node } from "./dom.js";

/**
 * @param {HTMLElement} stage what is watched: the bar is there while all of it is above the window, or hidden
 * @param {HTMLCanvasElement} picture
 * @param {HTMLInputElement} slider
 * @param {(value: number) => void} go
 * @returns {() => void} to be called when picture or slider have changed
 */
export function pinned(stage, picture, slider, go) {
  const copy = node("canvas", { ariaHidden: "true" });
  const range = node("input", { type: "range", ariaLabel: slider.ariaLabel, oninput: () => go(+range.value) });
  const where = node("output");
  const bar = node("div", { className: "pinned", hidden: true }, copy, range, where);
  (stage.closest(".station") ?? stage).before(bar); // so that it is met before what is further down

  function update() {
    if (bar.hidden) return;
    copy.width = picture.width;
    copy.height = picture.height;
    copy.getContext("2d")?.drawImage(picture, 0, 0);
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
