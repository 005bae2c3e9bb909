import assert from "node:assert/strict";
import { test } from "node:test";
import { moments } from "../../tabs/training/grown.js";
import { asNoise, scale } from "../../tabs/training/levels.js";
import { program } from "../../tabs/training/program.js";
import { read, readRun, written, writtenRun } from "../../tabs/training/settings.js";

const usual = {
  source: "hero",
  count: 1000,
  prediction_type: "x0",
  seconds: 30,
  learning_rate: 0.002,
  batch_size: 64,
  ema_decay: 0.998,
  mistake: "none",
  seed: 0,
};
const data = {
  sources: ["hero", "food", "all", "own"],
  own: "own",
  all: "all",
  usual,
  levels: [],
  examples: {},
  most: { count: 5000, seconds: 60, batch_size: 256, own: 32, learned: 300 },
};

test("what is written is read again, and only what is not as usual is written", () => {
  const settings = { ...usual, source: "food", count: 10, learning_rate: 0.1, mistake: "blind", ema_decay: 0 };
  const link = Object.fromEntries(Object.entries(written(settings, usual)).map(([name, value]) => [name, `${value}`]));
  assert.deepEqual(Object.keys(link).sort(), ["count", "ema_decay", "learning_rate", "mistake", "source"]);
  const found = read(link, data);
  assert.deepEqual(found.refused, []);
  assert.deepEqual({ ...usual, ...found.settings }, settings);
  assert.deepEqual(written(usual, usual), { source: "hero" });
});

test("what cannot be is named", () => {
  const wrong = {
    source: "cats",
    count: "0",
    prediction_type: "score",
    seconds: "61",
    learning_rate: "2",
    batch_size: "257",
    ema_decay: "1",
    mistake: "all",
    seed: "-1",
  };
  const { settings, refused } = read(wrong, data);
  assert.deepEqual(settings, {});
  assert.deepEqual(refused.sort(), Object.keys(wrong).sort());
});

const run = { epochs: [0, 1, 4], steps: 20, classes: ["hero", "food"] };

test("a link holds what of the kept run is on show", () => {
  const state = { network: 2, moment: 13, told: "food", noise: 5, averaged: false, measure: "x0" };
  const link = Object.fromEntries(Object.entries(writtenRun(state, run)).map(([name, value]) => [name, `${value}`]));
  assert.equal(link.epoch, "4");
  assert.deepEqual(readRun(link, run), { settings: state, refused: [] });
  const nonsense = { epoch: "2", moment: "21", told: "cat", noise: "-1", network: "yes" };
  assert.deepEqual(readRun(nonsense, run), { settings: {}, refused: Object.keys(nonsense) });
});

test("the columns begin with noise, end with the sprite, and lie closer together towards the end", () => {
  for (const steps of [10, 20, 50]) {
    const columns = moments(steps);
    assert.equal(columns[0], 0);
    assert.equal(columns.at(-1), steps);
    const gaps = columns.slice(1).map((each, k) => each - columns[k]);
    assert.ok(gaps.every((gap) => gap > 0) && gaps[0] >= gaps[gaps.length - 1]);
  }
});

test("an error of x0 as one of eps", () => {
  assert.deepEqual(
    asNoise([0.5, 0.5], [0, Math.log(2)]).map((x) => +x.toFixed(9)),
    [0.5, 1],
  );
});

test("a scale has few round marks, from 0 to what is enough", () => {
  for (const most of [0.164, 0.88, 1, 0.03, 4.4]) {
    const marks = scale(most);
    assert.ok(marks[0] === 0 && marks[marks.length - 1] >= most && marks.length <= 6 && marks.length > 2);
    assert.ok(marks.every((mark) => String(mark).length <= 5));
  }
});

test("the program names what is not as usual", () => {
  const text = program({ ...usual, source: "food", count: 10, prediction_type: "v" }, usual, "own");
  assert.match(text, /teach\(LiveConfig\(source="food", count=10, prediction_type="v"\)\)/);
  const mine = program({ ...usual, source: "own", count: 10 }, usual, "own");
  assert.match(mine, /teach\(LiveConfig\(source="own"\), pictures\)/);
});
