// @ts-check
// The page's entry: what works everywhere is started, and the lesson that will be on show first is fetched, while
// Gradio is still busy with the page itself. The guide and the presentation come when the lesson is there.
import * as keys from "./keys.js";
import { preload } from "./lessons.js";
import * as link from "./link.js";
import * as overview from "./overview.js";

const LATER = 2000; // ms: what the hand is at comes first
const query = new URLSearchParams(location.search);

/** Whether this browser has been here before, and what it remembers of the guide: guide.js. */
function place() {
  try {
    return localStorage.getItem("guide");
  } catch {
    return null;
  }
}
const offer = document.querySelector(".offer"); // of first.html, where it is decided whether it is made
/** @param {(guide: typeof import("./guide.js")) => Promise<void>} how */
const guide = (how) => {
  offer?.remove();
  import("./guide.js").then(how).catch(() => {});
};
const present = () => import("./present.js").then(({ open }) => open()).catch(() => {});

keys.start();
link.start();
overview.start();
preload((query.get("tab") ?? location.hash.slice(1)).trim().toLowerCase());

for (const button of document.querySelectorAll(".open-guide"))
  button.addEventListener("click", (event) => {
    const byKeyboard = /** @type {MouseEvent} */ (event).detail === 0;
    guide(({ open }) => open(Number(place()) || 1, byKeyboard));
  });
offer?.querySelector(".leave")?.addEventListener("click", () => offer.remove());
// Now the page could do without the server: what its other lessons need is fetched while that is there.
document.addEventListener(
  "network-here",
  () =>
    setTimeout(() => {
      preload();
      window.page.module("queue").catch(() => {}); // of Gradio's controls there
    }, LATER),
  { once: true },
);
document.querySelector(".open-presenter")?.addEventListener("click", present);
// Back, or forward, into a presentation; out of it: present.js.
addEventListener("popstate", () => new URLSearchParams(location.search).get("present") === "1" && present());
document.addEventListener(
  "lesson-opened",
  () => {
    const presented = query.get("present");
    if (presented === "1") return present();
    if (presented !== null) {
      link.keep("present", null);
      link.refuse({ present: "1" });
    }
    if (query.has("guide")) guide(({ follow }) => follow(query.get("guide") ?? ""));
  },
  { once: true },
);
