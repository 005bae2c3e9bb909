import assert from "node:assert/strict";
import { test } from "node:test";
import { colourAt, pack, paint, unpack } from "../../assets/editor.js";

const blank = () => new Uint8Array(768).fill(255);

test("a pixel is painted, and a fill stays within its colour", () => {
  const rgb = blank();
  for (let y = 0; y < 16; y++) paint(rgb, 5, y, "#000000"); // a wall
  paint(rgb, 0, 0, "#ff004d", true);
  assert.equal(colourAt(rgb, 4), "#ff004d");
  assert.equal(colourAt(rgb, 16 * 15), "#ff004d");
  assert.equal(colourAt(rgb, 5), "#000000");
  assert.equal(colourAt(rgb, 6), "#ffffff");
});

test("a sprite as text, with so many colours", () => {
  for (const colours of [1, 2, 3, 16, 17, 170, 171, 256]) {
    const rgb = new Uint8Array(768);
    for (let i = 0; i < 256; i++) rgb.set([i % colours, (7 * (i % colours)) % 256, 3], 3 * i);
    const text = pack(rgb);
    assert.match(text, /^[\w-]+$/);
    assert.ok(text.length <= 1026);
    assert.deepEqual(unpack(text), rgb);
    for (const wrong of ["", "!", text.slice(0, -4), `${text}AAAA`, "AAAA"]) assert.equal(unpack(wrong), null);
  }
  assert.equal(pack(new Uint8Array(768).map((_, i) => [255, 0, 77][i % 3])), "Af8ATQ");
});
