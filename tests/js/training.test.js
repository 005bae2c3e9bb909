import assert from "node:assert/strict";
import { test } from "node:test";
import { read, written } from "../../tabs/training/settings.js";

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
