// @ts-check
// The stations of a lesson: each is one figure with its control and its sentences (section.station of lesson.html,
// named by data-station, headed by an h2). A rail of numbers shows where one is and leads to the others, and the link
// says which station is being looked at, so that it can be handed on.
import { node } from "./dom.js";
import { rove } from "./keys.js";
import { linked, refuse, write } from "./link.js";

const SETTLES = 10_000; // ms
const LINE = 40; // % of the window's height, from its top

/** @param {string} name of the lesson @param {HTMLElement} element its component */
export function stations(name, element) {
  /** @type {NodeListOf<HTMLElement>} */
  const found = element.querySelectorAll(".station");
  const all = [...found].filter((station) => !station.hidden); // some are for our own classes alone
  if (all.length < 2) return;
  /** @type {HTMLTemplateElement | null} */
  const template = document.querySelector("template.rail-of-stations"); // of first.html
  const rail = /** @type {HTMLElement} */ (template?.content.firstElementChild?.cloneNode() ?? node("nav"));
  const marks = all.map((station, i) => {
    const title = station.querySelector("h2")?.textContent ?? "";
    return node(
      "button",
      { type: "button", onclick: () => jump(station), title, ariaLabel: `${i + 1}: ${title}` },
      `${i + 1}`,
    );
  });
  rail.append(...marks);
  element.prepend(rail);
  element.classList.add("stations");
  rove(rail);

  let current = -1;
  /** Whether somebody has asked for the current one: it may be too short to be the one at the reading line. */
  let chosen = false;
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown", "popstate"])
    addEventListener(kind, () => (chosen = false), { passive: true, capture: true });

  /** @param {number} i */
  function mark(i) {
    if (i === current) return;
    current = i;
    marks.forEach((each, k) =>
      k === i ? each.setAttribute("aria-current", "true") : each.removeAttribute("aria-current"),
    );
    all.forEach((each, k) => void each.classList.toggle("now", k === i));
    rail.classList.toggle("at-first", i === 0);
    element.dataset.at = i ? (all[i].dataset.station ?? "") : "";
    write();
  }

  /** By the rail: Back leads to where one was, for browsers keep how far a page was scrolled. @param {HTMLElement} station */
  function jump(station) {
    history.pushState(history.state, "", location.href);
    go(station);
  }

  /** @param {HTMLElement} station */
  function go(station) {
    mark(all.indexOf(station));
    chosen = true;
    station.scrollIntoView({ block: "start" });
    const heading = /** @type {HTMLElement} */ (station.querySelector("h2") ?? station);
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  element.addEventListener("visit", (event) => {
    const station = all.find((each) => each === event.target);
    if (station) go(station);
  });

  // The current one is that at a line in the upper half of the window, where one reads.
  const sight = new IntersectionObserver(
    (entries) => {
      const at = entries.find(({ isIntersecting }) => isIntersecting);
      if (at && !chosen) mark(all.indexOf(/** @type {HTMLElement} */ (at.target)));
    },
    { rootMargin: `-${LINE}% 0px -${99 - LINE}% 0px` },
  );
  const { at } = linked(name);
  const names = all.map((station) => station.dataset.station ?? "");
  const wanted = all[names.indexOf(at ?? "")];
  if (at && !wanted) refuse({ "the station": `one of ${names.join(", ")}` });
  mark(wanted ? all.indexOf(wanted) : 0);
  chosen = wanted !== undefined;
  for (const station of all) sight.observe(station);
  if (!wanted) return;
  requestAnimationFrame(() => go(wanted));
  // What stands above it may still be drawn: it is kept in its place until somebody moves, or all has settled.
  const growing = new ResizeObserver(() => {
    if (chosen) wanted.scrollIntoView({ block: "start" });
    else growing.disconnect();
  });
  for (const station of all.slice(0, all.indexOf(wanted))) growing.observe(station);
  setTimeout(() => growing.disconnect(), SETTLES);
}
