// @ts-check
// Tensors and sprites. Tensors arrive as base64 of little-endian arrays; pictures are channels-first floats in [-1, 1] or
// RGB bytes, 16x16. Decoding needs no page; drawing needs a canvas.
export const SIZE = 16;
export const AREA = SIZE * SIZE;
export const VALUES = 3 * AREA;

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

/** @type {ImageData | null} */
let image = null; // made when first needed
function sprite() {
  if (!image) {
    image = new ImageData(SIZE, SIZE);
    image.data.fill(255);
  }
  return image;
}

/** The context of a canvas to draw on. @param {HTMLCanvasElement} canvas */
export const context = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/**
 * Draw floats (3, 16, 16): value -range becomes black, +range white, what lies outside is clipped.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} x
 */
export function draw(canvas, x, range = 1, offset = 0) {
  const out = sprite().data;
  for (let i = 0; i < AREA; i++)
    for (let c = 0; c < 3; c++) out[4 * i + c] = Math.round((x[offset + c * AREA + i] / range + 1) * 127.5);
  context(canvas).putImageData(sprite(), 0, 0);
}

/**
 * Draw RGB bytes (16, 16, 3), the sprite number `index` of a row of them, at pixel (x, y).
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} rgb
 */
export function drawBytes(canvas, rgb, index = 0, x = 0, y = 0) {
  const out = sprite().data;
  for (let i = 0; i < AREA; i++) for (let c = 0; c < 3; c++) out[4 * i + c] = rgb[index * VALUES + 3 * i + c];
  context(canvas).putImageData(sprite(), x, y);
}
