import assert from "node:assert/strict";
import { test } from "node:test";
import { laidOut, pictureLayout, sheetLayout } from "../../assets/takeaways.js";

const sprites = (n) => new Uint8Array(768 * n);

test("pictures and sheets are nearly square, unless they say how many stand in a row", () => {
  assert.deepEqual(pictureLayout({ rgb: sprites(16) }), { perFrame: 16, columns: 4 });
  assert.deepEqual(pictureLayout({ rgb: sprites(15), columns: 5 }), { perFrame: 15, columns: 5 });
  assert.deepEqual(sheetLayout({ rgb: sprites(1), frames: sprites(51) }), { perFrame: 1, columns: 1, across: 8 });
  assert.deepEqual(sheetLayout({ rgb: sprites(9), columns: 9, frames: sprites(9), across: 9 }), {
    perFrame: 1,
    columns: 1,
    across: 9,
  });
  assert.deepEqual(sheetLayout({ rgb: sprites(25), columns: 5 }), { perFrame: 25, columns: 5 });
});

test("how many sprites there are depends on their size", () => {
  const shape = [1, 8, 8];
  assert.deepEqual(pictureLayout({ rgb: new Uint8Array(192), shape }), { perFrame: 1, columns: 1 });
  assert.equal(sheetLayout({ rgb: new Uint8Array(192), frames: new Uint8Array(192 * 9), shape }).across, 3);
});

test("each sprite of each frame has its place", () => {
  const layout = laidOut(4 * 6, { perFrame: 6, columns: 3, across: 2 });
  assert.deepEqual([layout.width, layout.height], [6, 4]);
  assert.deepEqual([0, 2, 3, 6, 11, 12, 23].map(layout.place), [
    [0, 0],
    [2, 0],
    [0, 1],
    [3, 0],
    [5, 1],
    [0, 2],
    [5, 3],
  ]);
  assert.equal(new Set(Array.from({ length: 24 }, (_, i) => String(layout.place(i)))).size, 24);
});
