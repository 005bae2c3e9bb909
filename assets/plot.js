// @ts-check
// Canvases that are as sharp as the screen, and plots on them in the colours of the theme.
import { rem } from "./dom.js";
import { context as contextOf } from "./pixels.js";

/** @typedef {[number, number]} Pair */
/** @typedef {{ width: number, height: number, rem: number }} Size */

// To ask for a size or a colour makes the browser work out the layout, many times a frame: both are kept until they
// change. (This observer is older than those of whenRestyled, so it is told first.)
/** @type {WeakMap<Element, Size | undefined>} */
const sizes = new WeakMap(); // undefined once a canvas is watched and its size is not known
/** @type {WeakMap<Element, Map<string, string>>} */
const colours = new WeakMap(); // of each element, for a lesson may have colours of its own
/** @type {ResizeObserver | null} */
let resized = null; // an observer, made when first needed

/** @param {Element} canvas */
const watch = (canvas) => {
  resized ??= new ResizeObserver((entries) => {
    for (const { target } of entries) sizes.set(target, undefined);
  });
  resized.observe(canvas);
};

/** @param {Element} canvas @returns {Size} */
function sizeOf(canvas) {
  if (!sizes.has(canvas)) watch(canvas);
  const known = sizes.get(canvas);
  if (known) return known;
  const { width, height } = canvas.getBoundingClientRect();
  const size = { width, height, rem: rem() };
  sizes.set(canvas, size);
  return size;
}

/**
 * A canvas that is as sharp as the screen: returns its context, scaled so that units are CSS pixels, its size and that
 * of text.
 * @param {HTMLCanvasElement} canvas
 */
export function sharp(canvas) {
  const ratio = window.devicePixelRatio || 1,
    box = sizeOf(canvas);
  const width = Math.max(1, Math.round(box.width * ratio)),
    height = Math.max(1, Math.round(box.height * ratio));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = contextOf(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, box.width, box.height);
  return { context, ...box };
}

/** A colour of the theme as it is now (light or dark), at that element.
 * @param {Element} element @param {string} name */
export function colour(element, name) {
  const own = colours.get(element) ?? new Map();
  const key = `${document.body.className} ${name}`;
  colours.set(element, own);
  if (!own.get(key)) own.set(key, getComputedStyle(element).getPropertyValue(name).trim());
  return /** @type {string} */ (own.get(key));
}

/**
 * A plot on a canvas that is as sharp as the screen, in the page's colours. x and y: [low, high];
 * ticks: [[value, text]]; wide: of the texts beside y, in rem.
 * @param {HTMLCanvasElement} canvas
 * @param {{ x: Pair, y: Pair, xTicks?: [number, string][], yTicks?: [number, string][], wide?: number }} axes
 */
export function plot(canvas, { x, y, xTicks = [], yTicks = [], wide = 1.75 }) {
  const { context: c, width, height, rem } = sharp(canvas),
    left = wide * rem + 6,
    right = width - 10,
    floor = height - rem - 6,
    top = 10;
  /** @param {number} v @param {Pair} range @param {number} from @param {number} to */
  const at = (v, [low, high], from, to) => from + ((v - low) / (high - low)) * (to - from);
  const X = (/** @type {number} */ v) => at(v, x, left, right);
  const Y = (/** @type {number} */ v) => at(v, y, floor, top);
  const ink = (/** @type {string} */ name) => (name.startsWith("--") ? colour(canvas, name) : name);
  c.font = `${0.75 * rem}px system-ui, sans-serif`;
  c.strokeStyle = ink("--border-color-primary");
  c.fillStyle = ink("--body-text-color");
  c.lineWidth = 1;
  for (const [v, text] of yTicks) {
    c.beginPath();
    c.moveTo(left, Y(v));
    c.lineTo(right, Y(v));
    c.stroke();
    c.textAlign = "right";
    c.fillText(text, left - 6, Y(v) + 0.25 * rem);
  }
  xTicks.forEach(([v, text], i) => {
    c.textAlign = i === 0 ? "left" : i === xTicks.length - 1 ? "right" : "center";
    c.fillText(text, X(v), height - 6);
  });
  return {
    c,
    rem,
    X,
    Y,
    top,
    floor,
    left,
    right,
    /** @param {Pair[]} points @param {string} name @param {{ width?: number, dash?: number[] }} style */
    line(points, name, { width: w = 2, dash = [] } = {}) {
      c.strokeStyle = ink(name);
      c.lineWidth = w;
      c.setLineDash(dash);
      c.beginPath();
      points.forEach(([a, b], i) => (i ? c.lineTo(X(a), Y(b)) : c.moveTo(X(a), Y(b))));
      c.stroke();
      c.setLineDash([]);
    },
    /** @param {number} a @param {number} b @param {string} name */
    dot(a, b, name, r = 6) {
      c.fillStyle = ink(name);
      c.beginPath();
      c.arc(X(a), Y(b), r, 0, 2 * Math.PI);
      c.fill();
    },
  };
}
