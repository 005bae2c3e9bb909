import assert from "node:assert/strict";
import { test } from "node:test";
import { polygonPad } from "../../tabs/mixing/pad.js";

const near = (a, b, by = 1e-9) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);

test("the place of a point is its weights, for any number of classes", () => {
  for (const n of [1, 2, 3, 4, 5, 12]) {
    const pad = polygonPad(n);
    pad.corners.forEach((corner, i) => pad.weights(corner).forEach((w, j) => near(w, +(i === j), 1e-12)));
    for (let k = 0; k < 50; k++) {
      const p = pad.inside([1.5 * Math.sin(7 * k), 1.5 * Math.cos(3 * k)]);
      const w = pad.weights(p);
      near(
        w.reduce((a, b) => a + b),
        1,
      );
      assert.ok(Math.min(...w) >= 0);
      pad.point(w).forEach((v, axis) => near(v, p[axis]));
      pad.inside(p).forEach((v, axis) => near(v, p[axis]));
    }
  }
});

test("weights without a sum have no place", () => {
  assert.equal(polygonPad(3).point([1, -1, 0]), null);
});
