import assert from "node:assert/strict";
import { test } from "node:test";
import { figuresOf, noises, readDrawing } from "../../tabs/mixing/here.js";
import { polygonPad } from "../../tabs/mixing/pad.js";
import { placeText } from "../../tabs/mixing/seeds.js";
import { read, written } from "../../tabs/mixing/settings.js";
import { createStore, PASSING } from "../../tabs/mixing/state.js";
import {
  along,
  complete,
  HIGH,
  hundredths,
  LOW,
  named,
  only,
  rowOf,
  scaled,
  sum,
  sumText,
  total,
} from "../../tabs/mixing/weights.js";

const classes = ["hero", "non-hero", "food", "spell", "side-facing"];
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);
/** Rows of five weights in their range, always the same. */
const rows = Array.from({ length: 200 }, (_, k) =>
  classes.map((_, i) => LOW + (HIGH - LOW) * ((Math.sin(31 * k + 7 * i) + 1) / 2)),
);

test("weights are rounded to hundredths, and their sum stays one of hundredths", () => {
  assert.deepEqual(hundredths([1 / 3, 1 / 3, 1 / 3]), [0.34, 0.33, 0.33]);
  assert.deepEqual(hundredths([1, 0, 0.6, 0, 0]), [1, 0, 0.6, 0, 0]);
  for (const row of rows) {
    const rounded = hundredths(row);
    near(sum(rounded), Math.round(100 * sum(row)) / 100);
    for (const [i, weight] of rounded.entries()) {
      assert.ok(Math.abs(weight - row[i]) < 0.01 + 1e-9);
      near(100 * weight, Math.round(100 * weight));
    }
  }
});

test("the other weights make up for one: in proportion where that can be", () => {
  assert.deepEqual(complete([0.5, 0, 0.6, 0.4, 0], 0, 1), [0.5, 0, 0.3, 0.2, 0]);
  assert.deepEqual(complete([2, 0, 0.6, 0.4, 0], 0, 1), [2, 0, -0.6, -0.4, 0]); // in proportion, too
  assert.deepEqual(complete([0.4, 0, 0, 0, 0], 0, 1), [0.4, 0.15, 0.15, 0.15, 0.15]); // of nothing no part can be taken
  assert.deepEqual(complete([-1, 0], 0, 1), [-1, 2]);
  for (const row of rows) {
    const whole = total(row);
    const held = Math.round(100 * row[2]) / 100;
    const full = complete(row.with(2, held), 2, whole);
    assert.equal(full[2], held);
    near(sum(full), whole);
    assert.ok(full.every((weight) => weight >= LOW - 0.01 && weight <= HIGH + 0.01));
  }
  assert.deepEqual(complete([-1, 0.5], 0, 2), [-1, 2]); // as near as the range allows
});

test("the strength scales all weights, up to where one would leave its range", () => {
  assert.deepEqual(scaled([1, 0, 0.6, 0, 0], 0.8), [0.5, 0, 0.3, 0, 0]);
  assert.deepEqual(scaled([1.5, 0, -0.5, 0, 0], 2), [2, 0, -0.67, 0, 0]);
  assert.deepEqual(scaled([0.5, 0.5], 0), [0, 0]);
});

test("rows go by the names of the classes, and are written as sums", () => {
  const row = [1.5, 0, -0.5, 0, 0];
  assert.deepEqual(named(row, classes), { hero: 1.5, food: -0.5 });
  assert.deepEqual(rowOf(named(row, classes), classes), row);
  assert.equal(sumText(row, classes), "1.5 hero − 0.5 food");
  assert.equal(sumText([0, -0.25, 1, 0, 0], classes), "−0.25 non-hero + 1 food");
  assert.equal(sumText(only(-1, 5), classes), "");
  assert.deepEqual(only(1, 3), [0, 1, 0]);
});

test("a line leads straight from one mix to another", () => {
  const [a, b] = [only(0, 5), only(3, 5)];
  assert.deepEqual(along(a, b, 0, 9), a);
  assert.deepEqual(along(a, b, 8, 9), b);
  assert.equal(sumText(along(a, b, 6, 9), classes), "0.25 hero + 0.75 spell");
  assert.deepEqual(
    [0, 1, 4, 8].map((i) => placeText(i, 9)),
    ["0", "0.125", "0.5", "1"],
  );
});

const settings = {
  weights: [0, 0, 0.6, 0.4, 0],
  strength: 1,
  guidance_scale: 1,
  seed: 0,
  mixing: "embedding",
  keep: false,
  a: only(0, 5),
  b: only(4, 5),
  seed_b: 1,
};
const begin = (more = {}) => createStore({ ...settings, ...more }, classes, polygonPad(5));

test("a slider sets one weight; if the sum is kept, the others follow", () => {
  const store = begin();
  store.setWeight(0, 0.504);
  assert.deepEqual(store.state.weights, [0.5, 0, 0.6, 0.4, 0]);
  assert.deepEqual(store.state.point, polygonPad(5).point(store.state.weights));
  store.setWeight(0, Number.NaN);
  store.setWeight(1, 9);
  assert.deepEqual(store.state.weights, [0.5, HIGH, 0.6, 0.4, 0]);
  const keeping = begin({ keep: true });
  keeping.setWeight(0, 0.5);
  assert.deepEqual(keeping.state.weights, [0.5, 0, 0.3, 0.2, 0]);
});

test("at no strength the point stays, and leads back", () => {
  const store = begin();
  const { point } = store.state;
  store.setStrength(0);
  assert.deepEqual([store.state.weights, store.state.strength], [only(-1, 5), 0]);
  assert.equal(store.state.point, point);
  store.setStrength(0.5);
  assert.deepEqual(store.state.weights, [0, 0, 0.3, 0.2, 0]);
  assert.equal(store.state.strength, 0.5);
  store.setPoint([0, 0]); // which shares out what strength there is
  assert.deepEqual(store.state.weights, [0.1, 0.1, 0.1, 0.1, 0.1]);
  store.setMix([1, 0, 0, 0, 1]); // which has a sum of its own
  assert.equal(store.state.strength, 1);
  store.setPoint([0, -1]);
  assert.deepEqual(store.state.weights, only(0, 5));
});

test("what is asked for names the classes that count, and all that a sprite depends on", () => {
  const store = begin({ seed: 7, mixing: "prediction" });
  const rest = { guidance_scale: 1, seed: 7 };
  assert.deepEqual(store.mix(), { weights: { food: 0.6, spell: 0.4 }, ...rest, mixing: "prediction" });
  assert.equal(store.mix("embedding").mixing, "embedding");
  assert.deepEqual(store.line(), { a: { hero: 1 }, b: { "side-facing": 1 }, ...rest, mixing: "prediction" });
  assert.ok(PASSING.every((part) => part in store.state && !(part in settings)));
});

const choices = { classes, max: { guidance: 10, seed: 2 ** 31 - 1 } };

test("a link that is written is read again", () => {
  const set = {
    weights: [1.5, 0, -0.5, 0, 0],
    strength: 1.25,
    guidance_scale: 2.5,
    seed: 12,
    mixing: "prediction",
    keep: true,
    a: only(-1, 5),
    b: [0, 0.25, 0, 0, 0],
    seed_b: 3,
  };
  const link = Object.fromEntries(Object.entries(written(set, classes)).map(([name, value]) => [name, `${value}`]));
  assert.equal(link.weights, "hero=1.5,food=-0.5");
  assert.deepEqual(read(link, choices), { settings: set, refused: [] });
  assert.deepEqual(written(settings, classes).strength, null); // what goes without saying
});

test("what a link may not ask for is refused by name, in order, and the rest is read", () => {
  const bad = {
    keep: "1",
    mixing: "both",
    guidance_scale: "NaN",
    strength: "-1",
    seed_b: "1e3",
    seed: "-1",
    b: "hero=1,hero=1",
    a: "1,2",
    weights: "hero=9",
  };
  const names = ["weights", "a", "b", "seed", "seed_b", "strength", "guidance_scale", "mixing", "keep"];
  assert.deepEqual(read(bad, choices), { settings: {}, refused: names });
  assert.deepEqual(read({ ...bad, a: "food" }, choices).settings, { a: only(2, 5) });
});

const full = {
  ...{ weights: {}, count: 16, seed: 0, sampler: "ddim", num_inference_steps: 25, guidance_scale: 1 },
  ...{ mixing: "embedding", schedule: "cosine", zero_terminal_snr: false, num_train_timesteps: 500 },
  spacing: "trailing",
};
const data = { ...choices, full, places: 9, grid: 5, shape: [3, 16, 16] };
const mix = { weights: { hero: 1, food: 0.6 }, guidance_scale: 1.5, seed: 3, mixing: "prediction" };
const line = { a: { hero: 1 }, b: { spell: 1 }, guidance_scale: 1.5, seed: 3, mixing: "prediction" };
const configs = (request, more = {}) => readDrawing({ ...data, ...more }, request).runs.map(({ config }) => config);

test("a sheet is a run of one sprite for each of its seeds", () => {
  const sheet = configs({ what: "sheet", ...mix });
  assert.deepEqual(
    sheet.map(({ seed }) => seed),
    Array.from({ length: 16 }, (_, i) => 3 + i),
  );
  assert.deepEqual(sheet[15], { ...full, ...mix, count: 1, seed: 18 });
});

test("a morph has one seed, a grid a seed a row and a mix a column", () => {
  const morph = configs({ what: "morph", ...line });
  assert.ok(morph.length === 9 && morph.every(({ seed }) => seed === 3));
  assert.deepEqual([morph[0].weights, morph[2].weights], [{ hero: 1 }, { hero: 0.75, spell: 0.25 }]);
  const grid = configs({ what: "grid", ...line });
  assert.deepEqual([grid[0].weights, grid[0].seed], [{ hero: 1 }, 3]);
  assert.deepEqual([grid[5].weights, grid[5].seed], [{ hero: 1 }, 4]);
  assert.deepEqual([grid[24].weights, grid[24].seed, grid.length], [{ spell: 1 }, 7, 25]);
});

test("between two seeds the runs start at T from their noises, whose spread and angle are told", () => {
  const { runs, spread, theta } = readDrawing(data, { what: "seeds", ...mix, seed_b: 8 });
  assert.deepEqual(
    runs.map(({ start }) => start),
    noises(3, 8, 9, 768).map((x) => [500, x]),
  );
  assert.ok(runs.every(({ config }) => config.weights === mix.weights));
  assert.ok(spread.length === 18 && Math.abs(spread[13] - 0.71) < 0.05 && Math.abs(spread[4] - 1) < 0.05);
  assert.ok(Math.abs(theta - 90) < 5);
  const right = figuresOf([
    Float32Array.of(3, 4),
    Float32Array.of(-4, 3),
    Float32Array.of(3, 4),
    Float32Array.of(0, 0),
  ]);
  near(right.theta, 90);
  near(right.spread[0], Math.sqrt(12.5));
  assert.equal(figuresOf(noises(3, 3, 9, 768)).theta < 0.01, true);
});

test("what cannot be read, or is too much, is the server's", () => {
  for (const wrong of [
    { weights: { dragon: 1 } },
    { weights: { hero: 11 } },
    { weights: { hero: Number.NaN } },
    { weights: { hero: "1" } },
    { guidance_scale: -1 },
    { guidance_scale: 11 },
    { seed: -1 },
    { seed: 1.5 },
    { seed: 2 ** 31 },
    { mixing: "both" },
    { what: "mona lisa" },
  ])
    assert.equal(readDrawing(data, { what: "sheet", ...mix, ...wrong }), null, JSON.stringify(wrong));
  assert.equal(readDrawing(data, { what: "seeds", ...mix, seed_b: -1 }), null);
  assert.equal(readDrawing(data, { what: "morph", ...line, b: { dragon: 1 } }), null);
  assert.equal(readDrawing({ ...data, grid: 9 }, { what: "grid", ...line }), null);
  assert.equal(configs({ what: "grid", ...line }, { grid: 8 }).length, 64);
});
