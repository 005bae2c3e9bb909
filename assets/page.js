// @ts-check
// The page's entry: what works everywhere is started, and the lesson that will be on show first is fetched, while
// Gradio is still busy with the page itself. The guide and the presentation come when the lesson is there.
import * as keys from "./keys.js";
import { preload } from "./lessons.js";
import * as link from "./link.js";
import * as overview from "./overview.js";

const query = new URLSearchParams(location.search);

/** Whether this browser has been here before, and what it remembers of the guide: guide.js. */
function place() {
  try {
    return localStorage.getItem("guide");
  } catch {
    return null;
  }
}
/** @param {number} step */
const guide = (step) => import("./guide.js").then(({ open }) => open(step)).catch(() => {});
const present = () => import("./present.js").then(({ open }) => open()).catch(() => {});

keys.start();
link.start();
overview.start();
preload((query.get("tab") ?? location.hash.slice(1)).trim().toLowerCase());

document.querySelector(".open-guide")?.addEventListener("click", () => guide(Number(place()) || 1));
document.querySelector(".open-presenter")?.addEventListener("click", present);
document.addEventListener(
  "lesson-opened",
  () => {
    if (query.get("present") === "1") present();
    else if (/^\d{1,2}$/.test(query.get("guide") ?? "")) guide(Number(query.get("guide")));
    else if (place() === null && !query.has("tab")) setTimeout(guide, 0, 0); // nobody came for something else
  },
  { once: true },
);
