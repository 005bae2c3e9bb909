import assert from "node:assert/strict";
import { test } from "node:test";
import {
  base64,
  bytes,
  bytesOf,
  draw,
  drawBytes,
  float16,
  float32,
  float64,
  fromBytes,
  VALUES,
  valuesOf,
} from "../../assets/pixels.js";

const encoded = (array) => base64(new Uint8Array(array.buffer));

test("bytes and floats come back as they were sent", () => {
  assert.deepEqual([...bytes(base64([0, 127, 255]))], [0, 127, 255]);
  assert.deepEqual([...float32(encoded(new Float32Array([0.5, -3])))], [0.5, -3]);
  assert.deepEqual([...float64(encoded(new Float64Array([0.1, 1e-300])))], [0.1, 1e-300]);
});

test("half floats of all kinds", () => {
  const halves = new Uint16Array([0x0000, 0x3c00, 0xbc00, 0x3555, 0x0001, 0x7bff, 0x7c00, 0xfc00, 0x7e00]);
  const values = [0, 1, -1, 0.333251953125, 2 ** -24, 65504, Infinity, -Infinity, NaN];
  assert.deepEqual([...float16(encoded(halves))], values);
});

test("RGB bytes become channels in [-1, 1]", () => {
  const rgb = new Uint8Array(VALUES);
  rgb.set([255, 0, 51], 3);
  const x = fromBytes(rgb);
  assert.equal(x[0], -1);
  assert.deepEqual([x[1], x[257], x[513]], [1, -1, Math.fround(51 / 127.5 - 1)]);
});

// As much of a canvas as drawing needs.
globalThis.ImageData = class {
  constructor(width, height) {
    Object.assign(this, { width, height, data: new Uint8ClampedArray(4 * width * height) });
  }
};
function canvas() {
  const made = {
    width: 300,
    height: 150,
    getContext: () => ({ putImageData: ({ data }) => Object.assign(made, { data: [...data] }) }),
  };
  return made;
}

test("a canvas gets the size of what is drawn; one channel is grey", () => {
  const shape = [1, 2, 3];
  assert.deepEqual([valuesOf(shape), bytesOf(shape)], [6, 18]);
  const shown = canvas();
  draw(shown, [9, -1, 0, 1, 2, -2, 0.5, 9], 1, 1, shape);
  assert.deepEqual([shown.width, shown.height], [3, 2]);
  const grey = [0, 128, 255, 255, 0, 191];
  assert.deepEqual(
    shown.data,
    grey.flatMap((v) => [v, v, v, 255]),
  );
  drawBytes(
    shown,
    Array.from({ length: 36 }, (_, i) => i),
    1,
    shape,
  );
  assert.deepEqual(shown.data.slice(0, 8), [18, 19, 20, 255, 21, 22, 23, 255]);
  draw(
    shown,
    new Float32Array(12).map((_, i) => (i < 4 ? -1 : i < 8 ? 0 : 1)),
    1,
    0,
    [3, 2, 2],
  );
  assert.deepEqual([shown.width, ...shown.data.slice(0, 4)], [2, 0, 128, 255, 255]);
});
