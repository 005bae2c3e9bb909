// @ts-check
// The transport bar: buttons, a slider and keys that walk through the pictures of a run.
import { calm, node } from "./dom.js";

const BACK = "◀\uFE0E"; // as text: some systems would draw pictures
const FORWARD = "▶\uFE0E";

/**
 * A row of buttons and a slider that walk through positions 0 ... last; show(i) draws one. Put it into `box`.
 * Keys, where `root` has the focus but no control of its own uses them: space plays, arrows step, Home and End jump.
 * main: the first two also where nothing has the focus, or the lesson as a whole, while the bar is at most half a
 * screen away.
 * @param {HTMLElement} box
 * @param {{ root: HTMLElement, show: (i: number) => void, label?: string, ms?: number, main?: boolean,
 *   describe?: (i: number, last: number) => string }} options
 */
export function transport(
  box,
  { root, show, label = "step", ms = 90, main = false, describe = (i, last) => `${i} of ${last}` },
) {
  /** @param {string} name @param {string} text @param {string} hint @param {() => void} onclick */
  const button = (name, text, hint, onclick) =>
    node("button", { type: "button", className: name, textContent: text, ariaLabel: hint, disabled: true, onclick });
  const play = button("play", "play", "play", () => (timer === null ? start() : stop()));
  const again = () => {
    if (timer === null) return;
    stop();
    start();
  };
  const speed = node(
    "select",
    { className: "speed", disabled: true, onchange: again },
    ...[0.25, 0.5, 1, 2, 4].map((x) => new Option(`${x}×`, `${x}`, x === 1, x === 1)),
  );
  const loop = node("input", { type: "checkbox", className: "loop", disabled: true });
  const slider = node("input", {
    type: "range",
    className: "index",
    min: 0,
    max: 1,
    step: 1,
    value: 0,
    ariaLabel: label,
    disabled: true,
  });
  const where = node("output", { className: "where", textContent: "nothing yet" });
  const buttons = node(
    "div",
    { className: "transport", role: "group", ariaLabel: "Playback" },
    button("first", `|${BACK}`, "to the start", () => go(0)),
    button("back", BACK, "one step back", () => go(+slider.value - 1)),
    play,
    button("forward", FORWARD, "one step forward", () => go(+slider.value + 1)),
    button("final", `${FORWARD}|`, "to the end", () => go(Infinity)),
    node("label", {}, "speed ", speed),
    node("label", {}, loop, " loop"),
  );
  box.replaceChildren(
    buttons,
    node("label", { className: "slider" }, node("span", { textContent: label }), slider, where),
    ...(main ? [node("p", { className: "keys", textContent: "Space plays, ← and → step." })] : []),
  );
  let last = -1;
  /** @type {number | null} */
  let timer = null;
  const set = (/** @type {number} */ i) => {
    slider.value = `${Math.max(0, Math.min(last, i))}`;
  };

  function draw() {
    where.textContent = describe(+slider.value, last);
    slider.setAttribute("aria-valuetext", where.textContent);
    show(+slider.value);
  }

  /** Positions 0 ... n, that at `at` on show. @param {number} n */
  function load(n, at = 0) {
    stop();
    last = n;
    for (const control of box.querySelectorAll(":disabled")) control.removeAttribute("disabled");
    slider.max = `${n}`;
    set(at);
    draw();
  }

  /** @param {boolean} yes */
  function playing(yes) {
    play.classList.toggle("playing", yes);
    play.textContent = play.ariaLabel = yes ? "pause" : "play";
  }

  function start() {
    if (last < 0) return;
    if (+slider.value >= last) {
      set(0);
      draw();
    }
    playing(true);
    let from = performance.now(),
      first = +slider.value;
    const each = Math.max(ms * Math.min(1, 50 / last), 8) / +speed.value;
    const tick = (/** @type {number} */ now) => {
      const resting = +slider.value === last && now < from,
        i = resting ? last : Math.min(last, first + Math.floor(Math.max(0, now - from) / each));
      if (i !== +slider.value) {
        set(i);
        draw();
      }
      if (i === last && !resting) {
        from = now + 900;
        first = 0;
      } // in a loop: rest on the last picture, then again
      if (i < last || loop.checked) timer = requestAnimationFrame(tick);
      else stop();
    };
    timer = requestAnimationFrame(tick);
  }

  function stop() {
    if (timer !== null) cancelAnimationFrame(timer);
    timer = null;
    playing(false);
  }

  /** @param {number} i */
  function go(i) {
    if (last < 0) return;
    stop();
    set(i);
    draw();
  }

  slider.addEventListener("input", () => {
    stop();
    draw();
  });
  const near = (/** @type {DOMRect} */ { top, bottom }) =>
    box.offsetParent && top < 1.5 * innerHeight && bottom > -0.5 * innerHeight;
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const inside = root.contains(target);
    if (!inside && !(main && target.contains(root) && near(box.getBoundingClientRect()))) return;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (
      target.matches("button, input:not(.index), select, textarea, summary, a, [data-keys]") &&
      !(event.key !== " " && target.matches("button"))
    )
      return;
    if (target === slider && event.key !== " ") return; // the slider moves itself
    /** @type {Record<string, () => void>} */
    const moves = {
      " ": () => (timer === null ? start() : stop()),
      ArrowLeft: () => go(+slider.value - 1),
      ArrowRight: () => go(+slider.value + 1),
      Home: () => go(0),
      End: () => go(Infinity),
    };
    if (moves[event.key] && (inside || !/Home|End/.test(event.key))) {
      moves[event.key]();
      event.preventDefault();
    }
  });
  return {
    load,
    go,
    start,
    stop,
    autoplay: () => (calm() ? go(Infinity) : start()),
    get index() {
      return +slider.value;
    },
    get last() {
      return last;
    },
  };
}
