// @ts-check
// A guide through all lessons, step by step: guide.html. It dims all but the part that a step speaks of, waits until a
// person has done what it says, and goes on by itself. It is offered on the first visit (first.html), remembered in the
// browser, and linked as ?guide=3. Fetched when it is wanted: page.js.
import { visit } from "./doing.js";
import { node } from "./dom.js";
import { keep, onShow, openTab, refuse } from "./link.js";
import { filled } from "./words.js";

const PLACE = "guide"; // in the browser's store: "left", or the step that one is at
const DONE = 900; // ms between what was done and the next step
const GAP = 12; // px between the card and what it speaks of
const RIM = 6; // px of light around that
/** What else closes with Escape, and has it first. */
const CLOSES = "[role=listbox], [aria-modal=true], dialog[open], .presenting, .tiles.slow";

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

/** What of it takes the focus. @param {Element | undefined} part @returns {HTMLElement | null} */
const controlOf = (part) =>
  part instanceof HTMLElement && part.matches("button, input, select, [tabindex]")
    ? part
    : (part?.querySelector("button, input, select, [tabindex='0']") ?? null);

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
  const [which, says, before, there, after] = [".which", ".says", ".before", ".there", ".after"].map($);

  /** The step on show; 0 is none. */
  let at = 0;
  let done = false;
  /** The watched value before a hand touched the lesson, for runs play by themselves; and as it was last.
   * @type {string | null | undefined} */
  let first;
  /** @type {string | null | undefined} */
  let latest;
  let byKeyboard = false;
  /** Whether "take me there" has been pressed: then what it led to is lit as well. */
  let led = false;
  /** Whether nothing else closes with the Escape that has just been pressed. */
  let free = true;
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

  /** The card stands where it hides nothing of what it speaks of, or, in a low window, nothing of what it asks for. */
  function place() {
    const { target, focus } = steps[at - 1].dataset;
    const targets = find(target);
    spot.hidden = !targets.length;
    if (!targets.length) {
      card.classList.remove("on-top");
      return;
    }
    const [handled = targets[0]] = find(focus);
    const lit = led ? [...targets, handled] : targets;
    const rect = around(lit);
    const room = innerHeight - card.offsetHeight - 2 * GAP;
    const fits = rect.height <= room - GAP;
    const needed = fits ? rect : around([lit.some((each) => each.contains(handled)) ? handled : lit[0]]);
    const moved = placedAt !== rect.top + scrollY; // by the page, which was not complete
    if (placedAt === null || (moved && (rect.top > innerHeight || rect.bottom < 0))) {
      placedAt = rect.top + scrollY;
      const top = fits
        ? rect.top - Math.max(GAP, (room - rect.height) / 2)
        : Math.max(rect.top - GAP, Math.min(needed.bottom - room, needed.top - GAP));
      scrollBy({ top, behavior: "instant" });
      return; // the next frame knows where it is then
    }
    const below = innerHeight - needed.bottom;
    const onTop = below < card.offsetHeight + GAP && needed.top > below;
    card.classList.toggle("on-top", onTop);
    const edge = card.getBoundingClientRect();
    const top = Math.max(rect.top - RIM, onTop ? edge.bottom + RIM : -Infinity);
    const bottom = Math.min(rect.bottom + RIM, onTop ? Infinity : edge.top - RIM);
    Object.assign(spot.style, {
      left: `${rect.left - RIM}px`,
      top: `${top}px`,
      width: `${rect.right - rect.left + 2 * RIM}px`,
      height: `${Math.max(0, bottom - top)}px`,
    });
  }

  let watching = false;
  function watch() {
    watching = at > 0;
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
    if (steps[at - 1].dataset.stay !== undefined) {
      after.textContent = after.dataset.goesOn ?? ""; // when all has been looked at
      return;
    }
    setTimeout(() => {
      if (at !== finished) return;
      go(at + 1);
      if (byKeyboard) (there.hidden ? after : there).focus();
    }, DONE);
  }

  /** @param {number} step */
  function go(step) {
    if (step > steps.length) return leave();
    const begins = at === 0;
    at = step;
    done = led = false;
    placedAt = null;
    first = latest = undefined;
    card.classList.remove("done");
    spot.hidden = true;
    const li = steps[at - 1];
    which.textContent = filled(card.dataset.count ?? "", { at, all: steps.length });
    says.replaceChildren(...[...li.childNodes].map((part) => part.cloneNode(true)));
    before.hidden = at < 2;
    there.hidden = !li.dataset.target;
    const waits = li.dataset.press ?? li.dataset.watch ?? li.dataset.lessonOpened;
    const { waits: skip, goesOn: next, ends: end } = after.dataset;
    after.textContent = waits ? skip : at < steps.length ? next : end;
    document.documentElement.classList.toggle("guide-alone", li.dataset.alone !== undefined);
    remember(`${at}`);
    keep("guide", `${at}`);
    if (li.dataset.lesson) {
      openTab(li.dataset.lesson);
      const station = document.querySelector(`#${li.dataset.lesson} [data-station="${li.dataset.at}"]`);
      if (station && !begins) visit(station);
    }
    if (!watching) watch();
  }

  function leave() {
    const { target, focus } = steps[at - 1]?.dataset ?? {};
    const [part] = find(focus ?? target),
      within = card.contains(document.activeElement);
    at = 0;
    document.documentElement.classList.remove("guide-alone");
    card.remove();
    spot.remove();
    remember("left");
    keep("guide", null);
    // Who was in the card goes on in the lesson.
    if (within) /** @type {HTMLElement | null} */ (controlOf(part) ?? document.querySelector(".open-guide"))?.focus();
  }

  before.addEventListener("click", () => {
    go(at - 1);
    if (before.hidden) after.focus();
  });
  after.addEventListener("click", () => go(at + 1));
  there.addEventListener("click", () => {
    const { target, focus } = steps[at - 1].dataset;
    controlOf(find(focus ?? target)[0])?.focus({ preventScroll: true });
    led = true;
    placedAt = null; // to be scrolled to
  });
  $(".leave").addEventListener("click", leave);
  addEventListener(
    "keydown",
    () => {
      free = !document.querySelector(CLOSES);
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && at && free && !event.defaultPrevented) leave();
  });
  // Back, or forward: the step that was on show there.
  addEventListener("popstate", () => {
    const there = Number(new URLSearchParams(location.search).get("guide"));
    if (at > 0 && there > 0 && there !== at) go(Math.min(steps.length, there));
    if (at === 0) keep("guide", null); // it has been left since
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
    steps: steps.length,
    allowed: card.dataset.allowed ?? "",
    /** @param {number} step @param {boolean} focused whether the keyboard is to go on there */
    open(step, focused) {
      document.querySelector(".skip")?.parentElement?.after(card);
      document.body.append(spot);
      go(Math.min(steps.length, step));
      if (focused) there.focus();
    },
  };
}

/** @type {ReturnType<typeof build> | undefined} */
let built;

function guide() {
  built ??= build().catch((error) => {
    built = undefined; // to be tried again
    throw error;
  });
  return built;
}

/** Open the guide at a step, from 1. @param {number} step @param {boolean} focused whether its card gets the focus */
export async function open(step, focused) {
  (await guide()).open(step, focused);
}

/** Open the guide at the step that a link asks for, if there is such a step. @param {string} text */
export async function follow(text) {
  const { steps, allowed, open } = await guide();
  if (/^\d{1,2}$/.test(text) && +text >= 1 && +text <= steps) return open(+text, false);
  keep("guide", null);
  refuse({ guide: filled(allowed, { steps }) });
}
