// @ts-check
// Buttons that try what a task proposes: <button data-do="t=400&noise=new" data-show="noise">. data-do are settings, by
// the names that they have in a link; each lesson knows how to set them. data-show is the station where it is seen; from
// there a button leads back to the task. data-lesson is another lesson, which opens and does it.
import { node } from "./dom.js";
import { openTab } from "./link.js";

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

/** By lesson, once it is there. @type {Map<string, Act>} */
const there = new Map();
/** What a lesson that is not there yet is to begin with. @type {Map<string, Record<string, string>>} */
const first = new Map();

/** Open another lesson at a station, the first one if none is named, and have it do it.
 * @param {string} lesson @param {Record<string, string>} settings @param {string | undefined} show */
function handOver(lesson, settings, show) {
  const act = there.get(lesson);
  if (act) act(settings);
  else if (Object.keys(settings).length) first.set(lesson, settings);
  const station = () => {
    const name = show ? `[data-station="${CSS.escape(show)}"]` : ".station";
    return document.querySelector(`#${CSS.escape(lesson)} ${name}`);
  };
  if (station()) requestAnimationFrame(() => visit(station()));
  else document.addEventListener("lesson-opened", () => visit(station()), { once: true });
  openTab(lesson);
}

/** @param {HTMLElement} element the lesson's @param {Act} act @param {string} name of the lesson, if others may ask it
 * @returns whether it has begun with what another lesson asked */
export function doing(element, act, name = "") {
  /** @type {HTMLTemplateElement | null} */
  const template = document.querySelector("template.way-back"); // of first.html
  const back = /** @type {HTMLButtonElement} */ (
    template?.content.firstElementChild?.cloneNode(true) ?? node("button")
  );
  /** @type {HTMLElement | null} */
  let from = null;
  let left = 0; // when
  element.append(back);
  back.hidden = true;
  back.addEventListener("click", () => {
    back.hidden = true;
    visit(from?.closest(".station"));
    from?.focus({ preventScroll: true });
    from?.scrollIntoView({ block: "nearest" });
  });

  element.addEventListener("click", (event) => {
    if (/** @type {HTMLElement} */ (event.target).closest(".rail")) back.hidden = true; // on the way elsewhere
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-do]");
    if (!(button instanceof HTMLButtonElement)) return;
    if (button.dataset.lesson)
      return handOver(button.dataset.lesson, settingsOf(button.dataset.do), button.dataset.show);
    act(settingsOf(button.dataset.do));
    const station = element.querySelector(`[data-station="${CSS.escape(button.dataset.show ?? "")}"]`);
    if (!station || station === button.closest(".station")) return;
    from = button;
    left = performance.now();
    back.hidden = false;
    visit(station);
  });
  // Whoever has come back by themselves needs no button for it.
  new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, time } of entries)
        if (isIntersecting && time > left && from && target.contains(from)) back.hidden = true;
    },
    { threshold: 0.3 },
  ).observe(element.querySelector('[data-station="tasks"]') ?? element);

  there.set(name, act);
  const begins = first.get(name);
  if (begins) act(begins);
  return begins !== undefined;
}
