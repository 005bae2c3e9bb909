// @ts-check
// The overview on top of every lesson: noise, the network, what it predicts, one step, a sprite. A recorded run plays
// through it once, when the page is opened, even before Gradio is there. A lesson can lend it a run of its own, which
// is shown while that lesson is. Each part opens its lesson, and those of the lesson on show are lit. Once a person
// has begun with a lesson it is folded to a slim strip, as soon as nobody sees it fold.
import { calm, node } from "./dom.js";
import { rove } from "./keys.js";
import { openTab, onShow as tab } from "./link.js";
import { bytes, draw, drawBytes } from "./pixels.js";

/** @typedef {import("./pixels.js").Shape} Shape */
/** Floats, or RGB bytes: one picture of many.
 * @typedef {{ values: ArrayLike<number>, range?: number, offset: number } | { rgb: ArrayLike<number>, index: number }}
 *   Picture */
/** A run of n steps at the timesteps t: n + 1 states, and of each step what the network predicted, where it was asked.
 * next: the state that a step leads to, if that is not the next of the states.
 * @typedef {{ shape: Shape, told: string, t: number[], state: (i: number) => Picture, eps: (k: number) => Picture | null,
 *   x0: (k: number) => Picture | null, next?: (k: number) => Picture | null }} Run */
/** @typedef {{ run: Run, at: number }} Moment */

const SECONDS = 2; // that the recorded run takes
const BEGUN = "overview-folded"; // in the browser's store, once a person has begun
const CONTROLS = ".hands-on :is(button, input, select, textarea, canvas, summary)";

/** What lessons have lent. @type {Map<string, Moment>} */
const lent = new Map();
/** @type {() => void} */
let refresh = () => {}; // once the overview is there

const onShow = () => tab() ?? "";

/** Lend it a lesson's own run, at a moment of it. @param {string} lesson @param {Run} run @param {number} at */
export function lend(lesson, run, at) {
  lent.set(lesson, { run, at });
  refresh();
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

/** A run that the server has sent: tabs/journey.py.
 * @param {{ shape: Shape, told: string, t: number[], states: string, eps: string, x0: string, next: string }} sent
 * @returns {Run} */
export function decodedRun({ shape, told, t, ...texts }) {
  const [states, eps, x0, next] = [texts.states, texts.eps, texts.x0, texts.next].map(bytes);
  return {
    shape,
    told,
    t,
    state: (index) => ({ rgb: states, index }),
    eps: (index) => ({ rgb: eps, index }),
    x0: (index) => ({ rgb: x0, index }),
    next: (index) => ({ rgb: next, index }),
  };
}

/** The recorded run: tabs/shell.py. @returns {Promise<Run | null>} */
async function recordedRun() {
  const response = await fetch(window.page.address("assets/overview.json")).catch(() => null);
  return response?.ok ? decodedRun(await response.json()) : null; // the lessons do without
}

/** @param {HTMLElement} overview */
function folding(overview) {
  const button = /** @type {HTMLButtonElement} */ (overview.querySelector(".fold"));
  /** @param {boolean} folded */
  function fold(folded) {
    overview.classList.toggle("slim", folded);
    button.setAttribute("aria-expanded", `${!folded}`);
  }
  button.addEventListener("click", () => {
    fold(!overview.classList.contains("slim"));
    store.begun = overview.classList.contains("slim");
  });
  fold(store.begun);

  // A person has begun. What is in sight must not jump: it is folded above the window, or with the next lesson.
  const begun = (/** @type {Event} */ event) => {
    if (event.target instanceof Element && event.target.closest(CONTROLS)) store.begun = true;
  };
  for (const kind of ["click", "input", "change"]) document.addEventListener(kind, begun);
  new IntersectionObserver(([{ isIntersecting }]) => {
    if (isIntersecting || overview.hidden || overview.classList.contains("slim") || !store.begun) return;
    const below = /** @type {Element} */ (document.querySelector("gradio-app"));
    const before = below.getBoundingClientRect().top;
    fold(true);
    scrollBy(0, below.getBoundingClientRect().top - before); // 0 where the browser has seen to it
  }).observe(overview);
  return () => store.begun && fold(true);
}

export async function start() {
  /** @type {HTMLElement | null} */
  const overview = document.querySelector(".overview");
  if (!overview) return;
  const lessons = [...document.querySelectorAll("meta[name=lesson]")].map((meta) => meta.getAttribute("content"));
  /** @type {HTMLButtonElement[]} */
  const parts = [...overview.querySelectorAll("button.part")].filter((part) => part instanceof HTMLButtonElement);
  const states = /** @type {HTMLElement} */ (overview.querySelector(".states"));
  const told = /** @type {HTMLElement} */ (overview.querySelector(".told"));
  const foldIfBegun = folding(overview);

  // ---- which part is whose ------------------------------------------------------------------------------------------
  for (const part of parts) {
    const lesson = part.dataset.lesson ?? "";
    part.disabled = !lessons.includes(lesson);
    part.addEventListener("click", () => openTab(lesson));
  }
  rove(/** @type {HTMLElement} */ (overview.querySelector(".machine")));
  function light() {
    const lesson = onShow();
    overview?.classList.toggle("lit", lesson !== "");
    for (const part of parts) part.classList.toggle("on", (part.dataset.lit ?? "").split(" ").includes(lesson));
  }
  new MutationObserver((_, observer) => {
    const tabs = document.querySelector("[role=tablist]");
    if (!tabs) return;
    observer.disconnect();
    light();
    let lesson = onShow();
    new MutationObserver(() => {
      light();
      if (onShow() === lesson) return;
      lesson = onShow();
      foldIfBegun();
      refresh();
    }).observe(tabs, { subtree: true, attributeFilter: ["aria-selected"] });
  }).observe(document.body, { childList: true, subtree: true });

  // ---- the run ------------------------------------------------------------------------------------------------------
  const found = await recordedRun();
  overview.hidden = !found;
  if (!found) return;
  const recorded = found;
  const last = recorded.t.length - 1;
  const frames = recorded.t.map((_, f) =>
    states.appendChild(
      node("canvas", { onpointerenter: () => show(shown.run, Math.round((f * (shown.run.t.length - 1)) / last)) }),
    ),
  );
  /** The run that the frames show. @type {Moment} */
  const shown = { run: recorded, at: 0 };

  /** @param {HTMLCanvasElement | null} canvas @param {Picture | null} picture @param {Shape} shape */
  function put(canvas, picture, shape) {
    if (!canvas) return;
    if (!picture)
      canvas.width = canvas.height; // empty
    else if ("rgb" in picture) drawBytes(canvas, picture.rgb, picture.index, shape);
    else draw(canvas, picture.values, picture.range ?? 1, picture.offset, shape);
  }
  /** @param {string} place @returns {HTMLCanvasElement | null} */
  const canvas = (place) => overview.querySelector(`.machine .${place}`);

  /** A step of a run. @param {Run} run @param {number} at which state it begins with, or the last */
  function show(run, at) {
    const n = run.t.length - 1;
    const k = Math.min(at, n - 1);
    put(canvas("x_t"), run.state(k), run.shape);
    put(canvas("eps"), run.eps(k), run.shape);
    put(canvas("x0"), run.x0(k), run.shape);
    put(canvas("x_prev"), (run.next ?? ((of) => run.state(of + 1)))(k), run.shape);
    const now = Math.round((at * last) / n);
    for (const [f, frame] of frames.entries()) frame.classList.toggle("now", f === now);
  }
  /** All of a run, at a step of it. @param {Run} run @param {number} at */
  function showAll(run, at) {
    const n = run.t.length - 1;
    if (run !== shown.run || !overview?.dataset.settled) {
      told.textContent = run.told;
      for (const [f, frame] of frames.entries()) put(frame, run.state(Math.round((f * n) / last)), run.shape);
      put(canvas("sprite"), run.state(n), run.shape);
      overview?.classList.toggle("borrowed", run !== recorded);
    }
    Object.assign(shown, { run, at });
    show(run, at);
  }

  /** The recorded run as it comes about, up to a state of it. @param {number} i */
  function reach(i) {
    show(recorded, i);
    put(frames[i], recorded.state(i), recorded.shape);
    put(canvas("sprite"), recorded.x0(Math.min(i, last - 1)), recorded.shape);
  }
  told.textContent = recorded.told;
  if (!calm()) {
    const from = performance.now();
    await new Promise((done) => {
      let at = -1;
      const tick = (/** @type {number} */ now) => {
        const i = Math.min(last, Math.floor((Math.max(0, now - from) / 1000 / SECONDS) * (last + 1)));
        while (at < i) reach(++at);
        if (i < last) requestAnimationFrame(tick);
        else done(undefined);
      };
      requestAnimationFrame(tick);
    });
  }
  refresh = () => {
    const own = lent.get(onShow());
    // Of the recorded one a step in the middle, where all of its pictures can be told apart.
    showAll(own?.run ?? recorded, own?.at ?? Math.floor(last / 2));
  };
  refresh();
  overview.dataset.settled = "true"; // for whoever waits for it
}
