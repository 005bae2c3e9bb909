import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "../../assets/engine/safetensors.js";

/** A file of one tensor. */
function file(dtype, bytes, header = { x: { dtype, shape: [bytes.length / 2], data_offsets: [0, bytes.length] } }) {
  const text = new TextEncoder().encode(JSON.stringify({ __metadata__: { format: "pt" }, ...header })),
    out = new Uint8Array(8 + text.length + bytes.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(bytes, 8 + text.length);
  return out.buffer;
}

test("numbers of 16 bits: signs, the smallest and largest, infinity", () => {
  const halves = new Uint16Array([0x0000, 0x8000, 0x3c00, 0xc100, 0x0001, 0x83ff, 0x0400, 0x7bff, 0xfc00, 0x3555]),
    { x } = read(file("F16", new Uint8Array(halves.buffer)));
  const expected = [0, -0, 1, -2.5, 2 ** -24, -1023 * 2 ** -24, 2 ** -14, 65504, Number.NEGATIVE_INFINITY, 1365 / 4096];
  assert.deepEqual([...x.values], expected);
  assert.deepEqual(x.shape, [10]);
  assert.ok(Number.isNaN(read(file("F16", new Uint8Array([0x01, 0x7c]))).x.values[0]));
});

test("numbers of 32 bits come as they are", () => {
  const values = new Float32Array([1.5, -3e-39, 3e38]);
  assert.deepEqual(read(file("F32", new Uint8Array(values.buffer))).x.values, values);
});
