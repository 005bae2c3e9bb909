import assert from "node:assert/strict";
import { test } from "node:test";
import { cumulative, histogram, mixture, moments, normals, shares, walk } from "../../tabs/noising/gauss.js";

const near = (a, b, by) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b} ± ${by}`);

test("the generator draws from N(0, 1), and the same for a seed", () => {
  const z = Float64Array.from({ length: 100_000 }, normals(5));
  const { mean, std } = moments(z);
  near(mean, 0, 0.015);
  near(std, 1, 0.01);
  assert.equal(normals(5)(), z[0]);
  assert.notEqual(normals(6)(), z[0]);
  for (const [level, share] of [
    [1, 0.158655],
    [2, 0.02275],
  ]) {
    near(1 - cumulative(level), share, 1e-5);
    near(z.filter((v) => v > level).length / z.length, share, 0.003);
  }
});

test("exact density and histogram have the whole weight", () => {
  const parts = shares([-1, 0.25, 0.25, 0.9]);
  assert.deepEqual(parts, [
    [-1, 0.25],
    [0.25, 0.5],
    [0.9, 0.25],
  ]);
  for (const [signal, noise] of [
    [0.8, 0.3],
    [1, 0],
  ])
    near(mixture(parts, signal, noise, -3.5, 3.5, 0.125).reduce((sum, [, d]) => sum + d, 0) * 0.0625, 1, 1e-6);
  near(histogram(new Float64Array([0, 0.1, 3]), -3.5, 3.5, 0.125).reduce((a, b) => a + b) * 0.125, 1, 1e-12);
});

test("a walk of small steps ends where one jump does", () => {
  const alphaBar = Array.from({ length: 61 }, (_, t) => 0.98 ** t);
  const { mean, std } = moments(walk(new Float64Array(20_000).fill(0.5), alphaBar, 60, normals(2)));
  near(mean, 0.5 * Math.sqrt(alphaBar[60]), 0.02);
  near(std, Math.sqrt(1 - alphaBar[60]), 0.02);
});
