// @ts-check
// A guide through all lessons, step by step: guide.html. It dims all but the part that a step speaks of, waits until a
// person has done what it says, and goes on by itself. It is offered on the first visit, remembered in the browser, and
// linked as ?guide=3. Fetched when it is wanted: page.js.
import { visit } from "./doing.js";
import { node } from "./dom.js";
import { keep, onShow, openTab } from "./link.js";
import { filled } from "./words.js";

const PLACE = "guide"; // in the browser's store: "left", or the step that one is at
const DONE = 900; // ms between what was done and the next step
const GAP = 12; // px between the card and what it speaks of

/** @param {string} place */
function remember(place) {
  try {
    localStorage.setItem(PLACE, place);
  } catch {
    /* no storage: every visit is the first */
  }
}

/** @param {Element} element */
const seen = (element) => element instanceof HTMLElement && element.offsetParent !== null;

/** What a person changes there, as a text. @param {Element | undefined} element */
const written = (element) =>
  element && "value" in element ? String(element.value) : (element?.getAttribute("aria-label") ?? element?.textContent);

/** One rectangle around all of them. @param {Element[]} elements */
function around(elements) {
  const all = elements.map((element) => element.getBoundingClientRect());
  const [left, top] = [Math.min(...all.map((r) => r.left)), Math.min(...all.map((r) => r.top))];
  const [right, bottom] = [Math.max(...all.map((r) => r.right)), Math.max(...all.map((r) => r.bottom))];
  return { left, top, right, bottom, height: bottom - top };
}

async function build() {
  const response = await fetch(window.page.address("assets/guide.html"));
  if (!response.ok) throw new Error("the guide could not be fetched");
  const template = node("template");
  template.innerHTML = await response.text(); // a file of ours
  /** @param {string} selector @returns {any} */
  const $ = (selector) => template.content.querySelector(selector);
  const card = /** @type {HTMLElement} */ ($(".guide"));
  const spot = node("div", { className: "spot", ariaHidden: "true" });
  /** @type {HTMLElement[]} */
  const steps = [...template.content.querySelectorAll("li")];
  const offer = /** @type {HTMLElement} */ ($(".offer"));
  $(".steps-in-all").textContent = `${steps.length}`;
  const [which, says, before, there, after] = [".which", ".says", ".before", ".there", ".after"].map($);

  /** The step on show; 0 is the offer. */
  let at = -1;
  let done = false;
  /** The watched value before a hand touched the lesson, for runs play by themselves; and as it was last.
   * @type {string | null | undefined} */
  let first;
  /** @type {string | null | undefined} */
  let latest;
  let byKeyboard = false;
  /** Where on the page the target was when it was scrolled to. @type {number | null} */
  let placedAt = null;

  /** @param {string | undefined} selector @returns {Element[]} */
  function find(selector) {
    if (!selector) return [];
    const lesson = steps[at - 1]?.dataset.lesson;
    const root = selector.startsWith("#") || !lesson ? document : document.getElementById(lesson);
    return [...(root?.querySelectorAll(selector) ?? [])].filter(seen);
  }

  /** Whether the step's request has been met. @param {DOMStringMap} step */
  function met({ watch, moved, least, lessonOpened }) {
    if (lessonOpened) return onShow() === lessonOpened;
    const value = written(find(watch)[0]);
    latest = value;
    if (!watch || first === undefined || first === null || value === undefined) return false;
    if (least) return +value >= +least;
    return moved ? Math.abs(Number(value) - +first) >= +moved : value !== first;
  }

  /** The card stands where it hides nothing of what it speaks of. */
  function place() {
    const targets = find(steps[at - 1]?.dataset.target);
    spot.hidden = !targets.length;
    if (!targets.length) {
      card.classList.remove("on-top");
      return;
    }
    const rect = around(targets);
    const moved = placedAt !== rect.top + scrollY; // by the page, which was not complete
    if (placedAt === null || (moved && (rect.top > innerHeight || rect.bottom < 0))) {
      placedAt = rect.top + scrollY;
      const room = innerHeight - card.offsetHeight - 2 * GAP;
      scrollBy({ top: rect.top - Math.max(GAP, (room - rect.height) / 2), behavior: "instant" });
      return; // the next frame knows where it is then
    }
    const below = innerHeight - rect.bottom;
    card.classList.toggle("on-top", below < card.offsetHeight + 2 * GAP && rect.top > below);
    Object.assign(spot.style, {
      left: `${rect.left - 6}px`,
      top: `${rect.top - 6}px`,
      width: `${rect.right - rect.left + 12}px`,
      height: `${rect.height + 12}px`,
    });
  }

  let watching = false;
  function watch() {
    watching = at > 0; // an offer has nothing to watch
    if (!watching) return;
    const step = steps[at - 1].dataset;
    if (!step.lesson || onShow() === step.lesson) place();
    if (!done && met(step)) finish();
    requestAnimationFrame(watch);
  }

  function finish() {
    done = true;
    card.classList.add("done");
    const finished = at;
    setTimeout(() => {
      if (at !== finished) return;
      go(at + 1);
      if (byKeyboard) (there.hidden ? after : there).focus();
    }, DONE);
  }

  /** @param {number} step */
  function go(step) {
    if (step > steps.length) return leave();
    const begins = at < 0;
    at = step;
    done = false;
    placedAt = null;
    first = latest = undefined;
    card.classList.remove("done");
    spot.hidden = true;
    const li = steps[at - 1];
    which.textContent = at ? filled(card.dataset.count ?? "", { at, all: steps.length }) : "";
    says.replaceChildren(...[...(li ?? offer).childNodes].map((part) => part.cloneNode(true)));
    before.hidden = at < 2;
    there.hidden = !li?.dataset.target;
    const waits = li?.dataset.press ?? li?.dataset.watch ?? li?.dataset.lessonOpened;
    const { offer: begin, waits: skip, goesOn: next, ends: end } = after.dataset;
    after.textContent = !at ? begin : waits ? skip : at < steps.length ? next : end;
    card.classList.toggle("offers", !at);
    document.documentElement.classList.toggle("guide-alone", li?.dataset.alone !== undefined);
    remember(`${at}`);
    keep("guide", at ? `${at}` : null);
    if (li?.dataset.lesson) {
      openTab(li.dataset.lesson);
      const station = document.querySelector(`#${li.dataset.lesson} [data-station="${li.dataset.at}"]`);
      if (station && !begins) visit(station);
    }
    if (!watching) watch();
  }

  function leave() {
    at = -1;
    document.documentElement.classList.remove("guide-alone");
    card.remove();
    spot.remove();
    remember("left");
    keep("guide", null);
  }

  before.addEventListener("click", () => {
    go(at - 1);
    if (before.hidden) after.focus();
  });
  after.addEventListener("click", () => {
    const begins = at === 0;
    go(at + 1);
    if (begins && byKeyboard) there.focus();
  });
  there.addEventListener("click", () => {
    const { target, focus } = steps[at - 1].dataset;
    const [element] = find(focus ?? target);
    const inside = element?.querySelector("button, input, select, [tabindex='0']");
    const control = element?.matches("button, input, select, [tabindex]") ? element : inside;
    if (control instanceof HTMLElement) control.focus();
    placedAt = null;
  });
  $(".leave").addEventListener("click", leave);
  card.addEventListener("keydown", (event) => event.key === "Escape" && leave());
  // Back, or forward: the step that was on show there.
  addEventListener("popstate", () => {
    const there = Number(new URLSearchParams(location.search).get("guide"));
    if (at > 0 && there > 0 && there !== at) go(Math.min(steps.length, there));
  });
  document.addEventListener("keydown", () => (byKeyboard = true), true);
  document.addEventListener("pointerdown", () => (byKeyboard = false), true);
  for (const kind of ["pointerdown", "keydown", "input", "change"])
    document.addEventListener(
      kind,
      ({ target }) => {
        if (target instanceof Element && target.closest(".hands-on")) first ??= latest;
      },
      true,
    );
  document.addEventListener("click", ({ target }) => {
    if (at < 1 || done || !(target instanceof Element)) return;
    if (find(steps[at - 1].dataset.press).some((element) => element.contains(target))) finish();
  });

  return {
    /** @param {number} step */
    open(step) {
      document.querySelector(".skip")?.parentElement?.after(card);
      document.body.append(spot);
      go(Math.max(0, Math.min(steps.length, step)));
    },
  };
}

/** @type {ReturnType<typeof build> | undefined} */
let built;

/** Open the guide at a step; 0 offers it. @param {number} step */
export async function open(step) {
  built ??= build().catch((error) => {
    built = undefined; // to be tried again
    throw error;
  });
  (await built).open(step);
}
