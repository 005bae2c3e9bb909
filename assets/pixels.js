// @ts-check
// Tensors and sprites. Tensors arrive as base64 of little-endian arrays; pictures are channels-first floats in [-1, 1]
// or RGB bytes. How large they are is the checkpoint's affair: its answers say their shape. Decoding needs no page;
// drawing needs a canvas, which gets the size of what is drawn.

/** @typedef {[number, number, number]} Shape channels, rows, columns; of RGB bytes only rows and columns count */

/** Of this project's own sprites. @type {Shape} */
export const SPRITE = [3, 16, 16];
export const AREA = SPRITE[1] * SPRITE[2];
export const VALUES = 3 * AREA;

/** How many floats a tensor of that shape has. @param {Shape} shape */
export const valuesOf = ([channels, rows, columns]) => channels * rows * columns;
/** How many RGB bytes the picture of such a tensor has. @param {Shape} shape */
export const bytesOf = ([, rows, columns]) => 3 * rows * columns;

/** @param {string} text */
export const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
/** @param {string} text */
export const float32 = (text) => new Float32Array(bytes(text).buffer);
/** @param {string} text */
export const float64 = (text) => new Float64Array(bytes(text).buffer);
/** @param {ArrayLike<number>} array of bytes */
export const base64 = (array) => btoa(Array.from(array, (b) => String.fromCharCode(b)).join(""));

/** @type {Float32Array | null} */
let halves = null; // the values of all 65,536 half floats, made when first needed

/** IEEE half floats. @param {string} text */
export function float16(text) {
  if (!halves) {
    halves = new Float32Array(65536);
    for (let h = 0; h < 65536; h++) {
      const sign = h & 0x8000 ? -1 : 1,
        exponent = (h >> 10) & 31,
        fraction = h & 1023;
      halves[h] =
        exponent === 0
          ? sign * fraction * 2 ** -24
          : exponent === 31
            ? fraction
              ? NaN
              : sign * Infinity
            : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
    }
  }
  const table = halves;
  return Float32Array.from(new Uint16Array(bytes(text).buffer), (h) => table[h]);
}

/** RGB bytes (16, 16, 3) -> floats (3, 16, 16) in [-1, 1], as core.data.to_x0 does. @param {ArrayLike<number>} rgb */
export function fromBytes(rgb) {
  const x = new Float32Array(VALUES);
  for (let i = 0; i < AREA; i++) for (let c = 0; c < 3; c++) x[c * AREA + i] = rgb[3 * i + c] / 127.5 - 1;
  return x;
}

/** Floats (·, 3, 16, 16) in [-1, 1] as RGB bytes (·, 16, 16, 3), clamped and rounded. @param {ArrayLike<number>} x */
export function toBytes(x) {
  const out = new Uint8ClampedArray(x.length);
  for (let from = 0; from < x.length; from += VALUES)
    for (let i = 0; i < AREA; i++)
      for (let c = 0; c < 3; c++) out[from + 3 * i + c] = (x[from + c * AREA + i] + 1) * 127.5;
  return out;
}

/** The context of a canvas to draw on. @param {HTMLCanvasElement} canvas */
export const context = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/** @type {ImageData | null} */
let last = null; // most pictures are of one size, and a run draws thousands

/** An opaque picture of that shape to write into; the next call may return the same. @param {Shape} shape */
function blank([, rows, columns]) {
  if (last?.width !== columns || last.height !== rows) {
    last = new ImageData(columns, rows);
    last.data.fill(255);
  }
  return last;
}

/** @param {HTMLCanvasElement} canvas @param {ImageData} picture */
function put(canvas, picture) {
  if (canvas.width !== picture.width) canvas.width = picture.width;
  if (canvas.height !== picture.height) canvas.height = picture.height;
  context(canvas).putImageData(picture, 0, 0);
}

/**
 * Draw floats (C, H, W): value -range becomes black, +range white, what lies outside is clipped. One channel is grey.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} x
 * @param {Shape} shape of one tensor; `offset` is where it begins in x
 */
export function draw(canvas, x, range = 1, offset = 0, shape = SPRITE) {
  const picture = blank(shape),
    [channels, rows, columns] = shape,
    area = rows * columns;
  for (let c = 0; c < 3; c++) {
    const from = offset + Math.min(c, channels - 1) * area;
    for (let i = 0; i < area; i++) picture.data[4 * i + c] = Math.round((x[from + i] / range + 1) * 127.5);
  }
  put(canvas, picture);
}

/** The sprite number `index` of a row of them, RGB bytes (H, W, 3), as a picture, until the next is made.
 * @param {ArrayLike<number>} rgb @param {number} index @param {Shape} shape */
export function pictureOf(rgb, index, shape) {
  const picture = blank(shape),
    area = picture.width * picture.height,
    from = 3 * area * index;
  for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) picture.data[4 * i + c] = rgb[from + 3 * i + c];
  return picture;
}

/**
 * Draw RGB bytes (H, W, 3), the sprite number `index` of a row of them.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} rgb
 */
export const drawBytes = (canvas, rgb, index = 0, shape = SPRITE) => put(canvas, pictureOf(rgb, index, shape));
