// @ts-check
// Buttons that try what a task proposes: <button data-do="t=400&noise=new" data-show="noise">. data-do are settings, by
// the names that they have in a link; each lesson knows how to set them. data-show is the station where it is seen; from
// there a button leads back to the task.
import { node } from "./dom.js";

/** @typedef {(settings: Record<string, string>) => void} Act */

/** What stands in data-do. @param {string | undefined} text @returns {Record<string, string>} */
export const settingsOf = (text) => Object.fromEntries(new URLSearchParams(text));

/** Take a person to a station of a lesson: assets/stations.js does. @param {Element | null | undefined} station */
export const visit = (station) => station?.dispatchEvent(new Event("visit", { bubbles: true }));

/** What was measured with our network, or asks for its classes, is nothing for somebody's own: data-classes names those
 * that it needs. @param {HTMLElement} element the lesson's @param {string[]} classes */
export function onlyFor(element, classes) {
  /** @type {NodeListOf<HTMLElement>} */
  const parts = element.querySelectorAll("[data-classes]");
  for (const part of parts) part.hidden = !part.dataset.classes?.split(" ").every((name) => classes.includes(name));
}

/** @param {HTMLElement} element the lesson's @param {Act} act */
export function doing(element, act) {
  /** @type {HTMLTemplateElement | null} */
  const template = document.querySelector("template.way-back"); // of first.html
  const back = /** @type {HTMLButtonElement} */ (
    template?.content.firstElementChild?.cloneNode(true) ?? node("button")
  );
  /** @type {HTMLElement | null} */
  let from = null;
  element.append(back);
  back.hidden = true;
  back.addEventListener("click", () => {
    back.hidden = true;
    visit(from?.closest(".station"));
    from?.focus({ preventScroll: true });
    from?.scrollIntoView({ block: "nearest" });
  });

  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-do]");
    if (!(button instanceof HTMLButtonElement)) return;
    act(settingsOf(button.dataset.do));
    const station = element.querySelector(`[data-station="${CSS.escape(button.dataset.show ?? "")}"]`);
    if (!station || station === button.closest(".station")) return;
    from = button;
    back.hidden = false;
    visit(station);
  });
  // Whoever has come back by themselves needs no button for it.
  new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries)
        if (isIntersecting && from && target.contains(from)) back.hidden = true;
    },
    { threshold: 0.3 },
  ).observe(element.querySelector('[data-station="tasks"]') ?? element);
}
