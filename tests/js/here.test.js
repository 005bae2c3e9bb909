// What of a run the page itself can read (tabs/denoising/here.js); all else is the server's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { tooLarge } from "../../assets/reading.js";
import { readRun, toldForks } from "../../tabs/denoising/here.js";
import { defaults, offered } from "./offered.js";

const known = { noClass: "no class", students: ["distilled"] };
const settings = {
  weights: "hero",
  network: "sprites",
  sampler: "ddpm",
  num_inference_steps: 20,
  guidance_scale: 3,
  seed: 7,
  eta: 0.5,
  noise_scale: 0.5,
  schedule: "cosine",
};
const { num_inference_steps: _, schedule: __, ...change } = { ...settings, weights: { food: 1 }, at: 3 };
const read = (wanted, forks = []) => readRun(offered, { ...settings, ...wanted }, forks, known);

test("a run is core's config, what its sampler does not use at its default, the names in core's order", () => {
  const { config } = read({});
  assert.deepEqual(config, { ...defaults, ...settings, count: 1, weights: { hero: 1 }, eta: 0 });
  assert.deepEqual(Object.keys(config), Object.keys(defaults));
  assert.equal(read({ sampler: "ddim" }).config.noise_scale, 1);
  assert.deepEqual(read({ weights: "no class" }).config.weights, {});
  assert.equal(read({ network: "distilled", sampler: "ddim" }).config.spacing, "mirrored");
  assert.equal(read({ network: "distilled", sampler: "ddim" }).config.eta, 0);
});

test("a fork changes what it names, and is told as the server would", () => {
  const { forks } = read({}, [change, { ...change, at: 5, sampler: "ddim" }]);
  assert.deepEqual(forks[0], [3, { ...read({}).config, weights: { food: 1 } }]);
  assert.deepEqual(toldForks(forks)[1], { ...change, at: 5, sampler: "ddim", noise_scale: 1 });
  assert.equal(Object.keys(toldForks(forks)[0])[0], "at");
});

test("the server says what is wrong, and what to expect", () => {
  for (const wrong of [
    { weights: "dragon" },
    { weights: "hero=0.6,food=0.4" },
    { weights: { hero: 11 } },
    { weights: { dragon: 1 } },
    { network: "own" },
    { sampler: "other" },
    { sampler: "ddpm", network: "distilled" },
    { seed: null },
    { seed: -1 },
    { seed: 2 ** 31 },
    { num_inference_steps: 0 },
    { num_inference_steps: 501 },
    { num_inference_steps: 2.5 },
    { guidance_scale: Number.NaN },
    { guidance_scale: 21 },
    { sampler: "ddim", eta: 1.1 },
    { schedule: "other" },
    { schedule: "scaled_linear" }, // its sprites would be too grey
  ])
    assert.equal(read(wrong), null, JSON.stringify(wrong));
  for (const at of [-1, 1.5, "3", undefined]) assert.equal(read({}, [{ ...change, at }]), null);
  assert.equal(read({}, [change, change]), null);
  assert.equal(tooLarge(new Float32Array([1, -1, 1.04])), false);
  assert.equal(tooLarge(new Float32Array([1, -1, -1.06])), true);
});
