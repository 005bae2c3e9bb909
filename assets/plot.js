// Canvases that are as sharp as the screen, and plots on them in the colours of the theme.
import { rem } from "./dom.js";

// To ask for a size or a colour makes the browser work out the layout, many times a frame: both are kept until they
// change. (This observer is older than those of whenRestyled, so it is told first.)
const sizes = new WeakMap(); // undefined once a canvas is watched and its size is not known
const colours = new WeakMap(); // of each element, for a lesson may have colours of its own
let resized = null; // an observer, made when first needed
const watch = (canvas) => {
  resized ??= new ResizeObserver((entries) => {
    for (const { target } of entries) sizes.set(target, undefined);
  });
  resized.observe(canvas);
};

function sizeOf(canvas) {
  if (!sizes.has(canvas)) watch(canvas);
  if (!sizes.get(canvas)) {
    const { width, height } = canvas.getBoundingClientRect();
    sizes.set(canvas, { width, height, rem: rem() });
  }
  return sizes.get(canvas);
}

// A canvas that is as sharp as the screen: returns its context, scaled so that units are CSS pixels, its size and that of text.
export function sharp(canvas) {
  const ratio = window.devicePixelRatio || 1,
    box = sizeOf(canvas);
  const width = Math.max(1, Math.round(box.width * ratio)),
    height = Math.max(1, Math.round(box.height * ratio));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, box.width, box.height);
  return { context, ...box };
}

// A colour of the theme as it is now (light or dark), at that element.
export function colour(element, name) {
  if (!colours.has(element)) colours.set(element, new Map());
  const own = colours.get(element),
    key = `${document.body.className} ${name}`;
  if (!own.get(key)) own.set(key, getComputedStyle(element).getPropertyValue(name).trim());
  return own.get(key);
}

// A plot on a canvas that is as sharp as the screen, in the page's colours. x and y: [low, high]; ticks: [[value, text]].
// wide: of the texts beside y, in rem.
export function plot(canvas, { x, y, xTicks = [], yTicks = [], wide = 1.75 }) {
  const { context: c, width, height, rem } = sharp(canvas),
    left = wide * rem + 6,
    right = width - 10,
    floor = height - rem - 6,
    top = 10;
  const at = (v, [low, high], from, to) => from + ((v - low) / (high - low)) * (to - from);
  const X = (v) => at(v, x, left, right),
    Y = (v) => at(v, y, floor, top),
    colour = (name) => (name.startsWith("--") ? colour(canvas, name) : name);
  c.font = `${0.75 * rem}px system-ui, sans-serif`;
  c.strokeStyle = colour("--border-color-primary");
  c.fillStyle = colour("--body-text-color");
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
    line(points, name, { width: w = 2, dash = [] } = {}) {
      // points: [[x, y], ...]
      c.strokeStyle = colour(name);
      c.lineWidth = w;
      c.setLineDash(dash);
      c.beginPath();
      points.forEach(([a, b], i) => (i ? c.lineTo(X(a), Y(b)) : c.moveTo(X(a), Y(b))));
      c.stroke();
      c.setLineDash([]);
    },
    dot(a, b, name, r = 6) {
      c.fillStyle = colour(name);
      c.beginPath();
      c.arc(X(a), Y(b), r, 0, 2 * Math.PI);
      c.fill();
    },
  };
}
