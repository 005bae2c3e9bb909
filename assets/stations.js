// @ts-check
// The stations of a lesson: each is one figure with its control and its sentences (section.station of lesson.html, named by
// data-station, headed by an h2). A rail of numbers shows where one is and leads to the others, and the link says which
// station is being looked at, so that it can be handed on.
import { node } from "./dom.js";
import { rove } from "./keys.js";
import { linked, write } from "./link.js";

/** @param {string} name of the lesson @param {HTMLElement} element its component */
export function stations(name, element) {
  const all = [...element.querySelectorAll(".station")].filter((station) => station instanceof HTMLElement);
  if (all.length < 2) return;
  /** @type {HTMLTemplateElement | null} */
  const template = document.querySelector("template.rail-of-stations"); // of first.html
  const rail = /** @type {HTMLElement} */ (template?.content.firstElementChild?.cloneNode() ?? node("nav"));
  const marks = all.map((station, i) => {
    const title = station.querySelector("h2")?.textContent ?? "";
    return node(
      "button",
      { type: "button", onclick: () => go(station), title, ariaLabel: `${i + 1}: ${title}` },
      `${i + 1}`,
    );
  });
  rail.append(...marks);
  element.append(rail);
  rove(rail);

  /** @param {HTMLElement} station */
  function go(station) {
    station.scrollIntoView({ block: "start" });
    const heading = /** @type {HTMLElement} */ (station.querySelector("h2") ?? station);
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  /** @type {Map<Element, number>} */
  const seen = new Map();
  function look() {
    const most = Math.max(...seen.values());
    const at = Math.max(0, most > 0 ? all.findIndex((station) => seen.get(station) === most) : -1);
    marks.forEach((mark, i) =>
      i === at ? mark.setAttribute("aria-current", "true") : mark.removeAttribute("aria-current"),
    );
    const now = at ? (all[at].dataset.station ?? "") : "";
    if ((element.dataset.at ?? "") === now) return;
    element.dataset.at = now;
    write();
  }
  const sight = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRect } of entries) seen.set(target, intersectionRect.height);
      look();
    },
    { threshold: [0, 0.25, 0.5, 0.75, 1] },
  );
  for (const station of all) sight.observe(station);

  const wanted = all.find((station) => station.dataset.station === linked(name).at);
  if (wanted) requestAnimationFrame(() => go(wanted));
}
