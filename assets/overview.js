// @ts-check
// The overview on top of every lesson: noise, the network, what it predicts, one step, a sprite. A recorded run plays
// through it once, when the page is opened, even before Gradio is there; afterwards the lessons let their own pictures flow
// through it. Each part opens its lesson, and those of the lesson on show are lit. It is folded to a slim strip once a person
// has begun with a lesson.
import { calm, node } from "./dom.js";
import { rove } from "./keys.js";
import { bytes, draw, drawBytes, SPRITE } from "./pixels.js";

/** @typedef {import("./pixels.js").Shape} Shape */
/** @typedef {{ shape: Shape, told: string, t: number[], states: string, eps: string, x0: string }} Run recorded: n + 1 states as
 *   RGB bytes, and of each of the n steps what the network predicted */
/** @typedef {{ values: ArrayLike<number>, range?: number, offset?: number, shape?: Shape } | { rgb: ArrayLike<number>,
 *   index?: number, shape?: Shape }} Picture floats, or RGB bytes */
/** @typedef {"x_t" | "eps" | "x0" | "x_prev" | "sprite"} Place */

const SECONDS = 2; // that the recorded run takes
const BEGUN = "overview-folded"; // in the browser's store, once a person has begun

/** @type {HTMLElement | null} */
const strip = globalThis.document?.querySelector(".overview") ?? null;
let borrowed = false; // by a lesson, for its own pictures

/** @param {Partial<Record<Place, Picture>>} pictures */
function put(pictures) {
  for (const [place, picture] of Object.entries(pictures)) {
    /** @type {HTMLCanvasElement | null | undefined} */
    const canvas = strip?.querySelector(`.machine .${place}`);
    if (!canvas) continue;
    if ("rgb" in picture) drawBytes(canvas, picture.rgb, picture.index ?? 0, picture.shape ?? SPRITE);
    else draw(canvas, picture.values, picture.range ?? 1, picture.offset ?? 0, picture.shape ?? SPRITE);
  }
}

/** Let a lesson's own pictures flow through it. @param {Partial<Record<Place, Picture>>} pictures */
export function flow(pictures) {
  if (!strip || strip.hidden) return;
  borrowed = true;
  put(pictures);
}

/** Open a lesson. @param {string} lesson */
function open(lesson) {
  /** @type {HTMLElement | null} */
  const tab = document.querySelector(`[role=tab][data-tab-id="${CSS.escape(lesson)}"]`);
  tab?.click();
}

const store = {
  get begun() {
    try {
      return localStorage.getItem(BEGUN) === "yes";
    } catch {
      return false; // no storage: every visit is the first
    }
  },
  /** @param {boolean} yes */
  set begun(yes) {
    try {
      localStorage.setItem(BEGUN, yes ? "yes" : "no");
    } catch {
      /* then it is not remembered */
    }
  },
};

export async function start() {
  if (!strip) return;
  const overview = strip;
  const lessons = [...document.querySelectorAll("meta[name=lesson]")].map((meta) => meta.getAttribute("content"));
  /** @type {HTMLButtonElement[]} */
  const parts = [...overview.querySelectorAll("button.part")].filter((part) => part instanceof HTMLButtonElement);
  const states = /** @type {HTMLElement} */ (overview.querySelector(".states"));
  const foldButton = /** @type {HTMLButtonElement} */ (overview.querySelector(".fold"));

  // ---- folded or not ------------------------------------------------------------------------------------------------
  /** @param {boolean} folded */
  function fold(folded) {
    overview.classList.toggle("slim", folded);
    foldButton.setAttribute("aria-expanded", `${!folded}`);
    store.begun = folded;
  }
  foldButton.addEventListener("click", () => fold(!overview.classList.contains("slim")));
  fold(store.begun);

  // ---- which part is whose --------------------------------------------------------------------------------------------
  for (const part of parts) {
    const { lesson } = part.dataset;
    if (!lessons.includes(lesson ?? "")) part.disabled = true;
    part.addEventListener("click", () => open(lesson ?? ""));
  }
  rove(/** @type {HTMLElement} */ (overview.querySelector(".machine")));
  function light() {
    const tab = document.querySelector("[role=tab][data-tab-id][aria-selected=true]")?.getAttribute("data-tab-id");
    overview.classList.toggle("lit", Boolean(tab));
    for (const part of parts) part.classList.toggle("on", (part.dataset.lit ?? "").split(" ").includes(tab ?? ""));
  }
  let watched = false;
  new MutationObserver((_, observer) => {
    const tabs = document.querySelector("[role=tablist]");
    if (!tabs || watched) return;
    watched = true;
    observer.disconnect();
    new MutationObserver(light).observe(tabs, { subtree: true, attributeFilter: ["aria-selected"] });
    light();
    // A person has begun: not while the hand is still down, for what it holds would move away.
    const begun = (/** @type {Event} */ event) => {
      if (!(event.target instanceof Element) || !event.target.closest(".hands-on, .gradio-container button.primary"))
        return;
      document.removeEventListener("pointerup", begun);
      document.removeEventListener("keyup", begun);
      if (!overview.classList.contains("slim")) fold(true);
    };
    document.addEventListener("pointerup", begun);
    document.addEventListener("keyup", begun);
  }).observe(document.body, { childList: true, subtree: true });

  // ---- the recorded run -----------------------------------------------------------------------------------------------
  const response = await fetch(window.page.address("assets/overview.json")).catch(() => null);
  if (!response?.ok) return; // the lessons do without
  /** @type {Run} */
  const run = await response.json();
  const { shape } = run;
  const rgb = { states: bytes(run.states), eps: bytes(run.eps), x0: bytes(run.x0) };
  const n = run.t.length - 1;
  const told = overview.querySelector(".told");
  if (told) told.textContent = run.told;
  const frames = run.t.map((t, i) => {
    const canvas = node("canvas", { onpointerenter: () => show(Math.min(i, n - 1)) });
    canvas.dataset.t = `${t}`;
    states.append(canvas);
    return canvas;
  });

  /** One step of it. @param {number} i */
  function show(i) {
    frames.forEach((canvas, k) => canvas.classList.toggle("now", k === i));
    put({
      x_t: { rgb: rgb.states, index: i, shape },
      eps: { rgb: rgb.eps, index: i, shape },
      x0: { rgb: rgb.x0, index: i, shape },
      x_prev: { rgb: rgb.states, index: i + 1, shape },
    });
  }
  /** All up to a step of it. @param {number} i */
  function reach(i) {
    show(Math.min(i, n - 1));
    drawBytes(frames[i], rgb.states, i, shape);
    put({ sprite: { rgb: rgb.x0, index: Math.min(i, n - 1), shape } });
  }
  overview.hidden = false;
  if (calm()) for (let i = 0; i <= n; i++) reach(i);
  else {
    drawBytes(frames[0], rgb.states, 0, shape);
    const from = performance.now();
    await new Promise((done) => {
      let at = -1;
      const tick = (/** @type {number} */ now) => {
        const i = Math.min(n, Math.floor((Math.max(0, now - from) / 1000 / SECONDS) * (n + 1)));
        if (!borrowed) while (at < i) reach(++at);
        if (i < n && !borrowed) requestAnimationFrame(tick);
        else done(undefined);
      };
      requestAnimationFrame(tick);
    });
  }
  frames.forEach((canvas, i) => drawBytes(canvas, rgb.states, i, shape));
  if (!borrowed) {
    put({ sprite: { rgb: rgb.states, index: n, shape } });
    show(Math.floor(n / 2)); // a step in the middle, where all of its pictures can be told apart
  }
  overview.dataset.settled = "true"; // for whoever waits for it
}
