import assert from "node:assert/strict";
import { test } from "node:test";
import { toBytes } from "../../assets/pixels.js";
import {
  nearestStep,
  noised,
  offBy,
  pixelSum,
  snr,
  stageOf,
  valueAt,
  weighted,
  weightsOf,
} from "../../tabs/noising/process.js";

// Of core: x0 = to_x0(draw("hero", 0).pixels), eps = SeededNoise([0])(), both at column 8, row 8, and
// NoiseSchedule.named(schedule, 500).alpha_bar[t] and .add_noise(x0, t, eps) there.
const X0 = [-0.6705883, -0.4196078, -0.0431373];
const EPS = [-0.0773258, 1.4502208, 0.4046629];
const ALPHA_BAR = { cosine: 0.7869105111508292, linear: 0.6302806191251296, late: 0.09404561267665376 };
const X_T = {
  cosine: [-0.63056, 0.29722, 0.148533],
  linear: [-0.579399, 0.548673, 0.211807],
  late: [-0.279248, 1.251663, 0.371936],
};
const PLACE = { x: 8, y: 8 };

const near = (a, b, by) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b} ± ${by}`);

/** A picture that has these values at PLACE. */
function picture(values) {
  const x = new Float32Array(768);
  for (const [c, v] of values.entries()) x[valueAt(PLACE, c)] = v;
  return x;
}

test("x_t is what core computes, and the sum of its parts", () => {
  const [x0, eps, out] = [picture(X0), picture(EPS), new Float32Array(768)];
  for (const [name, a] of Object.entries(ALPHA_BAR)) {
    const weights = weightsOf(a);
    near(weights.signal ** 2 + weights.noise ** 2, 1, 1e-12);
    noised(out, x0, eps, weights);
    const [signal, noise] = [
      weighted(new Float32Array(768), x0, weights.signal),
      weighted(new Float32Array(768), eps, weights.noise),
    ];
    for (let c = 0; c < 3; c++) {
      const i = valueAt(PLACE, c);
      near(out[i], X_T[name][c], 2e-6);
      near(signal[i] + noise[i], X_T[name][c], 2e-6);
    }
  }
});

test("the sum of a pixel comes out as it is written", () => {
  const sums = pixelSum(PLACE, picture(X0), picture(EPS), weightsOf(ALPHA_BAR.cosine));
  assert.deepEqual(
    sums.map(({ channel }) => channel),
    ["red", "green", "blue"],
  );
  const read = (text) => Number(text.replace("−", "-").replace(/[+ ]/g, ""));
  for (const [c, { signal, noise, total }] of sums.entries()) {
    near(read(signal) + read(noise), read(total), 1e-9);
    near(read(total), X_T.cosine[c], 0.0101); // of rounded terms
  }
});

test("a stage lasts until the noise weighs so much", () => {
  const stages = [0, 0.5, 3, Infinity].map((until) => ({ until }));
  const at = (ratio) => stageOf(stages, { signal: 1, noise: ratio }).until;
  assert.deepEqual([0, 0.001, 0.5, 0.501, 3, 3.1].map(at), [0, 0.5, 0.5, 3, 3, Infinity]);
  assert.equal(stageOf(stages, weightsOf(1)).until, 0);
  assert.equal(stageOf(stages, weightsOf(0)).until, Infinity);
});

test("the nearest noise level, and its signal-to-noise ratio", () => {
  const linear = [1, 0.81246151920027, 0.442284884870158, 0.16106409322328957, 0.006352710797015061]; // every 100
  assert.equal(nearestStep(linear, 0.5), 2);
  assert.equal(nearestStep(linear, 0), 4);
  assert.equal(nearestStep(linear, 1), 0);
  near(snr(0.442284884870158), 0.793023, 1e-5);
});

test("bytes are clamped and rounded, and compared", () => {
  const x = picture([-1.2, 0, 1.5]);
  const bytes = toBytes(x);
  assert.deepEqual([...bytes.slice(3 * 136, 3 * 136 + 3)], [0, 128, 255]);
  const twice = new Uint8Array(1536).fill(10, 768);
  assert.equal(offBy(new Uint8Array(768), twice), 0);
  assert.equal(offBy(new Uint8Array(768), twice, 1), 10);
});
