import assert from "node:assert/strict";
import { test } from "node:test";
import { base64 } from "../../assets/pixels.js";
import { drawn, route } from "../../tabs/denoising/arrows.js";
import { changes, differences, forked, grown, offer, origin, summary } from "../../tabs/denoising/branches.js";
import { knowledge } from "../../tabs/denoising/configs.js";
import { equation, summands } from "../../tabs/denoising/equation.js";
import { madeOf, PARTS } from "../../tabs/denoising/slow.js";
import { decoded, finishedRGB, guided, valueAt } from "../../tabs/denoising/trajectory.js";

const HALVES = { "-1": 0xbc00, 0: 0, 0.5: 0x3800, 1: 0x3c00, 2: 0x4000, 3: 0x4200 };
const half = (...values) => base64(new Uint8Array(Uint16Array.from(values, (v) => HALVES[v]).buffer));

const DDIM = { title: "DDIM", settings: ["eta"], noisy: "as set", y: "eps", sentence: "", still: "No fresh noise." };
const DDPM = { title: "DDPM", settings: ["noise_scale"], noisy: "as set", y: "x_t", sentence: "", still: "Forgotten." };
const known = knowledge({
  classes: ["hero", "food"],
  samplers: { ddim: DDIM, ddpm: DDPM },
  networks: {
    sprites: { title: "network", teacher: null, sentence: "" },
    distilled: { title: "student", teacher: "sprites", sentence: "It leaps." },
  },
  no_class: "no class",
  max_forks: 2,
});

const CONFIG = {
  weights: { hero: 1 },
  network: "sprites",
  sampler: "ddim",
  num_inference_steps: 2,
  guidance_scale: 3,
  seed: 0,
  eta: 0,
  noise_scale: 1,
  schedule: "cosine",
};
const ROW = { a: 0.5, b: 0.25, s1: 2, s2: 0.1 };

/** Two steps of a network of two pixels, one below the other, and one channel. */
const payload = (more = {}) => ({
  shape: [1, 2, 1],
  t: [500, 250, 0],
  x_t: half(1, 2, 0.5, 1, -1, 1),
  rgb: base64([...Array(17).keys(), 255]),
  eps: half(1, 1, 2, 2),
  x0: half(0, 0.5, 0, 0.5),
  z: half(1, -1, 0, 0),
  sigmas: [0.5, 0],
  numbers: [ROW, ROW],
  configs: [CONFIG, CONFIG],
  parts: { at: [0, 1], conditional: half(1, 0, 0.5, 0), unconditional: half(0, 0, 0, 0) },
  config: CONFIG,
  forks: [],
  ...more,
});

test("a payload is decoded in its own shape", () => {
  const run = decoded(payload());
  assert.deepEqual([run.n, run.values], [2, 2]);
  assert.deepEqual([...run.noise], [0.5, -0.5, 0, 0]);
  assert.deepEqual([...run.mean], [0, 1.5, -1, 1]); // x_prev, less its noise
  assert.deepEqual([...finishedRGB(run)], [12, 13, 14, 15, 16, 255]);
  assert.equal(valueAt(run.x_t, run.shape, 1, 0, { x: 0, y: 1 }), 1);
  assert.equal(valueAt([...Array(24).keys()], [3, 2, 2], 1, 2, { x: 1, y: 0 }), 21);
  assert.deepEqual([...decoded(payload({ z: null })).mean], [0.5, 1, -1, 1]);
});

test("guidance is a sum", () => {
  const run = decoded(payload());
  assert.equal(run.parts.clearest, 0);
  const { from, difference, result, most, outside } = guided(run, 1);
  assert.deepEqual([from, most, outside], [2, 0.5, 1]);
  assert.deepEqual(
    [[...difference], [...result]],
    [
      [0.5, 0],
      [1.5, 0],
    ],
  );
  assert.equal(guided(decoded(payload({ parts: null })), 0), null);
});

test("the equation of a step is chosen by what its mean is a sum of", () => {
  const run = decoded(payload());
  const noisy = equation(run, 0, "x_t", true);
  assert.deepEqual([noisy.symbols, noisy.numbers, noisy.course], ["symbols-x_t", "numbers-x_t", true]);
  assert.deepEqual(
    [noisy.values.next, noisy.values.a, noisy.values.noisy, noisy.values.smaller],
    [250, "0.500", true, true],
  );
  assert.equal(noisy.values.root_beta, "0.866"); // √(1 − 1/s1²)
  const still = equation(run, 1, "eps", false);
  assert.deepEqual([still.numbers, still.values.noisy, still.values.smaller], ["numbers-eps", false, false]);
  const none = equation(decoded(payload({ numbers: [null, null] })), 0, "eps", false);
  assert.deepEqual([none.symbols, none.numbers, none.course], [null, "numbers-none", false]);
  const first = (array) => array[0];
  assert.deepEqual(summands(run, 0, "x_t", first), [
    [0.5, 0],
    [0.25, 1],
    [0.5, 1],
  ]);
  assert.equal(summands(run, 1, "eps", first).length, 2);
});

test("forks grow a tree; a new run begins another; a fork of another run does not belong", () => {
  const fork = (at, more = {}) => ({ at, ...CONFIG, ...more });
  const one = [fork(0, { weights: { food: 1 } })],
    two = [...one, fork(1, { seed: 4 })];
  let tree = grown([], decoded(payload()), 2);
  tree = grown(tree, decoded(payload({ forks: one })), 2);
  tree = grown(tree, decoded(payload({ forks: two })), 2);
  assert.deepEqual(
    tree.map((branch) => branch.before && tree.indexOf(branch.before)),
    [null, 0, 1],
  );
  assert.deepEqual(tree.map(origin), ["the run", "from step 0", "from step 1"]);
  assert.deepEqual(
    tree.map((branch) => summary(branch, known)),
    ["hero, DDIM, seed 0", "food", "hero, seed 4"],
  );
  const more = grown(tree, decoded(payload({ forks: [...one, fork(1, { seed: 5 })] })), 2);
  assert.deepEqual([more.length, more[0], more[1]], [3, tree[0], tree[1]]); // what the new one left stays
  assert.equal(grown(tree, decoded(payload({ config: { ...CONFIG, seed: 9 }, forks: one })), 2), null);
  assert.equal(grown(tree, decoded(payload()), 2).length, 1);
  assert.deepEqual(
    forked(tree[2], 1, CONFIG).map(({ at }) => at),
    [0, 1],
  );
});

test("only what makes a difference differs", () => {
  const [run] = grown([], decoded(payload()), 2);
  assert.deepEqual(differences({ ...CONFIG, seed: 5, noise_scale: 0 }, run, 1, known), []); // DDIM draws nothing
  assert.deepEqual(differences({ ...CONFIG, seed: 5 }, run, 0, known), ["seed"]); // at the start it does
  assert.deepEqual(differences({ ...CONFIG, seed: 5, eta: 0.5 }, run, 1, known), ["eta", "seed"]);
  assert.deepEqual(differences({ ...CONFIG, weights: {}, guidance_scale: 1 }, run, 1, known), ["weights"]);
  assert.deepEqual(changes({ ...run, forks: [{ at: 1, ...CONFIG, network: "distilled" }] }, known), ["student"]);
});

test("where nothing would change, the branch that was left is offered", () => {
  const food = { ...CONFIG, weights: { food: 1 } };
  const tree = grown(grown([], decoded(payload()), 2), decoded(payload({ forks: [{ at: 0, ...food }] })), 2);
  assert.equal(offer(food, tree[1], 1, known).other, tree[0]);
  assert.equal(offer(CONFIG, tree[1], 1, known).nothing, false);
  assert.deepEqual(offer({ ...CONFIG, seed: 1 }, tree[0], 1, known), {
    done: false,
    nothing: true,
    other: null,
    onlySeed: true,
  });
  assert.equal(offer(food, tree[1], 2, known).done, true);
  assert.equal(offer(null, tree[1], 1, known).nothing, false);
});

test("a slow motion leads from what a value is made of", () => {
  assert.deepEqual(Object.keys(madeOf("eps", true)), [...PARTS]);
  assert.deepEqual(madeOf("x_t", true).mean, ["x_t", "x0"]); // DDPM
  assert.deepEqual(madeOf("eps", true).mean, ["eps", "x0"]); // DDIM
  assert.deepEqual(madeOf(null, true).mean, ["x_t", "x0"]); // and more that is not on show
  assert.deepEqual(madeOf("x_t", true).x_prev, ["mean", "z"]);
  assert.deepEqual(madeOf("x_t", false).x_prev, ["mean"]);
  for (const [part, from] of Object.entries(madeOf("eps", true)))
    for (const each of from) assert.ok(PARTS.indexOf(each) < PARTS.indexOf(part)); // what is there already
});

/** A picture with its caption below. */
const tile = (left, top, side) => ({
  picture: { left, top, right: left + side, bottom: top + side },
  figure: { left, top, right: left + side, bottom: top + side + 30 },
});
const WIDE = [
  [0, 20, 264],
  [290, 86, 118],
  [434, 20, 264],
  [724, 0, 118],
  [724, 160, 118],
  [868, 50, 204],
].map(([left, top, side]) => tile(left, top, side));
const NARROW = [0, 1, 2, 3, 4, 5].map((i) => tile(120 * (i % 3), 14 + 150 * Math.floor(i / 3), 102));

test("arrows run in the gaps between pictures, from the edge of one to the edge of another", () => {
  for (const [name, all] of Object.entries({ WIDE, NARROW }))
    for (const y of ["x_t", "eps", null])
      for (const [part, from] of Object.entries(madeOf(y, true)))
        for (const each of from) {
          const [a, b] = [all[PARTS.indexOf(each)], all[PARTS.indexOf(part)]],
            path = route(a, b, all),
            told = `${name}: ${each} to ${part}, ${path.join(" ")}`;
          const on = ({ left, right, top, bottom }, [px, py]) =>
            px >= left &&
            px <= right &&
            py >= top &&
            py <= bottom &&
            [px - left, right - px, py - top, bottom - py].includes(0);
          assert.ok(on(a.picture, path[0]) && on(b.picture, path.at(-1)), told);
          path.slice(1).forEach(([x, py], i) => {
            const [fromX, fromY] = path[i];
            assert.ok(x === fromX || py === fromY, told); // across or down
            const crossed = all.filter(
              ({ picture: p }) =>
                Math.max(x, fromX) > p.left &&
                Math.min(x, fromX) < p.right &&
                Math.max(py, fromY) > p.top &&
                Math.min(py, fromY) < p.bottom,
            );
            assert.deepEqual(crossed, [], told);
          });
        }
});

test("the head of an arrow points where its line ends", () => {
  assert.deepEqual(
    drawn([
      [0, 5],
      [20, 5],
    ]),
    { line: "M0 5L20 5", head: "M14 11L20 5L14 -1" },
  );
  assert.deepEqual(
    drawn([
      [5, 0],
      [5, 20],
    ]),
    { line: "M5 0L5 20", head: "M11 14L5 20L-1 14" },
  );
});
