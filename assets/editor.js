// @ts-check
// A pixel editor for 16x16 sprites, by mouse, touch and keyboard, and sprites as short text.
import { node } from "./dom.js";
import { rove } from "./keys.js";
import { base64, bytes, drawBytes } from "./pixels.js";
import { ARROWS, stepped, under } from "./point.js";

const WHITE = "#ffffff";
/** @type {[string, string][]} */
const PALETTE = [
  // PICO-8's sixteen (CC0)
  ["black", "#000000"],
  ["dark blue", "#1d2b53"],
  ["dark purple", "#7e2553"],
  ["dark green", "#008751"],
  ["brown", "#ab5236"],
  ["dark grey", "#5f574f"],
  ["light grey", "#c2c3c7"],
  ["white", WHITE],
  ["red", "#ff004d"],
  ["orange", "#ffa300"],
  ["yellow", "#ffec27"],
  ["green", "#00e436"],
  ["blue", "#29adff"],
  ["lavender", "#83769c"],
  ["pink", "#ff77a8"],
  ["peach", "#ffccaa"],
];
const TOOLS = { pencil: "✎ pencil", fill: "▨ fill", erase: "⌫ erase", pick: "◎ pick colour" };
const MAX_UNDO = 200;

/** @typedef {{ rgb: Uint8Array, undo: Uint8Array[], redo: Uint8Array[], own: boolean, [more: string]: any }} Sprite */
/** @typedef {import("./point.js").Place} Place */

/** @param {Uint8Array} rgb @param {number} i of the pixel */
export const colourAt = (rgb, i) => `#${[0, 1, 2].map((c) => rgb[3 * i + c].toString(16).padStart(2, "0")).join("")}`;
/** @param {string} colour such as "#ff004d" */
const channels = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
/** @param {Uint8Array} rgb */
const coloursOf = (rgb) => [...new Set(Array.from({ length: 256 }, (_, i) => colourAt(rgb, i)))];

/**
 * Give a pixel that colour; with `fill`, also all that can be reached from it over 4 neighbours of the same colour.
 * @param {Uint8Array} rgb
 * @param {number} x
 * @param {number} y
 * @param {string} value
 */
export function paint(rgb, x, y, value, fill = false) {
  const first = 16 * y + x,
    from = colourAt(rgb, first),
    todo = [first];
  if (from === value) return;
  while (todo.length) {
    const i = /** @type {number} */ (todo.pop());
    if (colourAt(rgb, i) !== from) continue;
    rgb.set(channels(value), 3 * i);
    if (!fill) break;
    if (i % 16 > 0) todo.push(i - 1);
    if (i % 16 < 15) todo.push(i + 1);
    if (i > 15) todo.push(i - 16);
    if (i < 240) todo.push(i + 16);
  }
}

/**
 * Put an editor into `box`; load(sprite) gives it one to show. edit() is asked for the one to change before each change
 * (it may make a copy first), changed(sprite) follows it; blank() is asked for a new one, forget(sprite, next) to let a
 * person's own one go and, if there is a next, show that.
 * @param {HTMLElement} box
 * @param {{ edit: () => Sprite, changed: (sprite: Sprite) => void, blank: () => void,
 *   forget: (sprite: Sprite, next?: Sprite | null) => void }} owner
 */
export function pixelEditor(box, { edit, changed, blank, forget }) {
  const canvas = node("canvas", { width: 16, height: 16, className: "drawing", tabIndex: 0 });
  const cursor = node("div", { className: "cursor" }),
    easel = node("div", { className: "easel" }, canvas, cursor);
  const says = node("p", { className: "says", role: "status" });
  const mirror = node("input", {
    type: "checkbox",
    className: "mirror",
    onchange: () => easel.classList.toggle("mirrored", mirror.checked),
  });
  const own = node("input", {
    type: "color",
    className: "own",
    ariaLabel: "a colour of your own",
    oninput: () => use(own.value),
  });
  /** @param {string} name @param {string} text @param {() => void} onclick */
  const button = (name, text, onclick) =>
    node("button", { type: "button", className: `plain ${name}`, textContent: text, onclick });
  const tools = Object.entries(TOOLS).map(([name, text]) => button(`tool ${name}`, text, () => take(name)));
  const undo = button("undo", "↶ undo", () => turn("undo", "redo")),
    redo = button("redo", "↷ redo", () => turn("redo", "undo"));
  const gone = button("forget", "✕ delete it", () => forget(sprite));
  const swatches = node("div", { className: "swatches", role: "group", ariaLabel: "Colours of this sprite" });
  const fixed = node(
    "div",
    { className: "swatches", role: "group", ariaLabel: "Palette" },
    ...PALETTE.map(([name, colour]) => swatch(colour, name)),
  );
  canvas.dataset.keys = "arrows";
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Pixel editor, 16 by 16. Arrow keys move, Enter or space paints, Ctrl+Z undoes.");
  box.replaceChildren(
    easel,
    node(
      "div",
      { className: "tools" },
      node("div", { className: "row", role: "group", ariaLabel: "Tools" }, ...tools),
      node(
        "div",
        { className: "row" },
        undo,
        redo,
        button("blank", "blank sprite", blank),
        gone,
        node("label", {}, mirror, " mirror left and right"),
      ),
      node("p", { className: "hint", textContent: "colours of this sprite" }),
      swatches,
      node("p", { className: "hint", textContent: "palette, and a colour of your own" }),
      fixed,
      node("label", { className: "own-colour" }, own, " own colour"),
      says,
    ),
  );
  /** @type {Sprite} */
  let sprite = { rgb: new Uint8Array(768), undo: [], redo: [], own: false };
  let tool = "pencil";
  let colour = "#000000";
  /** @type {Place} */
  let at = { x: 7, y: 7 };
  /** @type {{ target: Sprite, original: Sprite, last: Place } | null} */
  let stroke = null; // under way: on which sprite (perhaps a copy that was made for it), and where it is

  /** @param {string} value @param {string} name */
  function swatch(value, name) {
    const made = node("button", {
      type: "button",
      className: "swatch",
      title: name,
      ariaLabel: name,
      onclick: () => use(value),
    });
    made.dataset.colour = value;
    made.style.background = value;
    return made;
  }

  /** @param {string} value */
  function use(value) {
    colour = own.value = value;
    if (tool === "erase" || tool === "pick") take("pencil");
    for (const other of box.querySelectorAll(".swatch"))
      other.setAttribute("aria-pressed", String(other.getAttribute("data-colour") === colour));
  }

  /** @param {string} name */
  function take(name) {
    tool = name;
    for (const [i, other] of Object.keys(TOOLS).entries())
      tools[i].setAttribute("aria-pressed", String(other === name));
  }

  function draw() {
    drawBytes(canvas, sprite.rgb);
    cursor.style.left = `${at.x * 6.25}%`;
    cursor.style.top = `${at.y * 6.25}%`;
    undo.disabled = !sprite.undo.length;
    redo.disabled = !sprite.redo.length;
  }

  /** @param {Sprite} other */
  function load(other) {
    sprite = other;
    stroke = null;
    gone.hidden = !sprite.own;
    swatches.replaceChildren(
      ...coloursOf(sprite.rgb)
        .slice(0, 32)
        .map((value) => swatch(value, value)),
    );
    use(colour);
    draw();
  }

  /** One pixel, or with mirror two, or the area that a fill reaches. @param {Sprite} target @param {Place} place */
  function put(target, { x, y }) {
    for (const column of mirror.checked ? [x, 15 - x] : [x])
      paint(target.rgb, column, y, tool === "erase" ? WHITE : colour, tool === "fill");
  }

  /** @param {Place} place */
  function begin(place) {
    at = place;
    if (tool === "pick") {
      use(colourAt(sprite.rgb, 16 * at.y + at.x));
      draw();
      return;
    }
    const original = sprite;
    const target = edit();
    sprite = target;
    stroke = { target, original, last: at };
    target.undo.push(target.rgb.slice());
    if (target.undo.length > MAX_UNDO) target.undo.shift();
    target.redo.length = 0;
    put(target, at);
    draw();
    changed(sprite);
  }

  /** A straight line from the last place of the stroke. @param {Place} place */
  function go(place) {
    if (!stroke) return;
    const { target, last } = stroke;
    const n = Math.max(Math.abs(place.x - last.x), Math.abs(place.y - last.y));
    if (n === 0) return;
    for (let k = 1; k <= n; k++)
      put(target, {
        x: Math.round(last.x + ((place.x - last.x) * k) / n),
        y: Math.round(last.y + ((place.y - last.y) * k) / n),
      });
    at = stroke.last = place;
    draw();
    changed(sprite);
  }

  function end() {
    if (!stroke) return;
    const { rgb, undo } = stroke.target;
    const before = undo.at(-1);
    if (before && rgb.every((v, i) => v === before[i])) undo.pop(); // nothing changed: nothing to undo
    load(sprite);
  }

  function takeBack() {
    if (!stroke) return;
    const { target, original } = stroke;
    if (target !== original) {
      forget(target, original); // it was made for this stroke
      return;
    }
    target.rgb.set(target.undo.pop() ?? target.rgb);
    load(sprite);
    changed(sprite);
  }

  /** @param {"undo" | "redo"} back @param {"undo" | "redo"} forth */
  function turn(back, forth) {
    const before = sprite[back].pop();
    if (!before) return;
    sprite[forth].push(sprite.rgb.slice());
    sprite.rgb.set(before);
    load(sprite);
    changed(sprite);
    says.textContent = `${back}: done`;
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary) takeBack(); // a second finger: the hand wants to zoom
    if (event.button !== 0 || !event.isPrimary) return;
    canvas.setPointerCapture(event.pointerId);
    begin(under(canvas, event));
  });
  canvas.addEventListener("pointermove", (event) => event.isPrimary && go(under(canvas, event)));
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", takeBack);
  canvas.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step) at = stepped(at, step, canvas);
    else if (event.key === "Enter" || event.key === " ") {
      begin(at);
      end();
    } else return;
    event.preventDefault();
    draw();
    says.textContent = `column ${at.x + 1}, row ${at.y + 1}: ${colourAt(sprite.rgb, 16 * at.y + at.x)}`;
  });
  box.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y")) return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) turn("redo", "undo");
    else turn("undo", "redo");
  });
  for (const row of [swatches, fixed]) rove(row);
  take(tool);
  return { load };
}

/**
 * A sprite as text for a link, base64url of: the number n of its colours, their RGB, and for every pixel the number of
 * its colour in as few bits as that takes; or, where that is no shorter, of a 0 and the RGB of every pixel.
 * @param {Uint8Array} rgb
 */
export function pack(rgb) {
  const colours = coloursOf(rgb),
    bits = Math.ceil(Math.log2(colours.length)),
    head = 1 + 3 * colours.length;
  let packed = new Uint8Array(head + 32 * bits);
  if (packed.length > 768) {
    packed = new Uint8Array(769);
    packed.set(rgb, 1);
  } else {
    packed[0] = colours.length;
    colours.forEach((colour, k) => packed.set(channels(colour), 1 + 3 * k));
    for (let i = 0; i < 256; i++) {
      const k = colours.indexOf(colourAt(rgb, i));
      for (let b = 0; b < bits; b++)
        if ((k >> b) & 1) packed[head + ((i * bits + b) >> 3)] |= 1 << ((i * bits + b) & 7);
    }
  }
  return base64(packed).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** RGB bytes, or null if it is not such a text. @param {string} text */
export function unpack(text) {
  let packed;
  try {
    packed = bytes(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return null;
  }
  if (packed.length === 769 && packed[0] === 0) return packed.slice(1);
  const n = packed[0],
    bits = Math.ceil(Math.log2(n)),
    head = 1 + 3 * n,
    rgb = new Uint8Array(768);
  if (!n || packed.length !== head + 32 * bits) return null;
  for (let i = 0; i < 256; i++) {
    let k = 0;
    for (let b = 0; b < bits; b++) k |= ((packed[head + ((i * bits + b) >> 3)] >> ((i * bits + b) & 7)) & 1) << b;
    if (k >= n) return null;
    rgb.set(packed.subarray(1 + 3 * k, 4 + 3 * k), 3 * i);
  }
  return rgb;
}
