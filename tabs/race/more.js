// @ts-check
// The controls of lanes 3 and 4, which stand behind a button, unless a link sets such a lane.
import { NO_LANE } from "./here.js";

/** Returns what shows them, or hides them.
 * @param {import("./lesson.js").Lesson} lesson @param {Record<string, string>} link */
export function moreLanes({ $ }, link) {
  const button = $(".more");
  const place = $(".more-place");
  const controls = document.getElementById("race-more-lanes");
  if (controls) place.append(controls);

  /** @param {boolean} open */
  function show(open) {
    button.setAttribute("aria-expanded", `${open}`);
    place.hidden = !open;
  }
  button.addEventListener("click", () => show(place.hidden));
  show([3, 4].some((lane) => (link[`sampler${lane}`] ?? NO_LANE) !== NO_LANE));
  return show;
}
