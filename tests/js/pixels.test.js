import assert from "node:assert/strict";
import { test } from "node:test";
import { base64, bytes, float16, float32, float64, fromBytes, VALUES } from "../../assets/pixels.js";

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
