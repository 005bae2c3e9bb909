import assert from "node:assert/strict";
import { test } from "node:test";
import { pack } from "../../assets/editor.js";
import { read, rivalOf, written } from "../../tabs/noising/settings.js";
import { keeper, MAX_KEPT, newSprite } from "../../tabs/noising/sprites.js";
import { createStore } from "../../tabs/noising/state.js";

const choices = { T: 500, schedules: ["cosine", "linear"], sprites: ["hero-0", "food-1"], classes: ["hero", "food"] };
const filled = (value) => new Uint8Array(768).fill(value);

function begin(more = {}) {
  const sprite = newSprite(filled(0), "a hero", { name: ["hero", 0], own: false });
  const eps = new Float32Array(768).fill(1);
  const set = { t: 0, schedule: "cosine", rival: "linear", told: "hero", pixel: { x: 8, y: 8 }, channel: 0 };
  const noise = { seed: 0, seeded: eps, eps, fresh: false };
  const rest = { pointing: false, walks: 1, guess: null };
  const initial = {
    sprites: [sprite],
    sprite,
    x0: new Float32Array(768).fill(0.5),
    ...set,
    ...noise,
    ...rest,
    ...more,
  };
  return createStore(initial, { cosine: Float64Array.of(1, 0.64, 0), linear: Float64Array.of(1, 0.36, 0) });
}

test("views are told what has changed, when x_t follows from it", () => {
  const store = begin();
  const told = [];
  store.listen((changed) => told.push([[...changed].sort().join(), store.x_t[0]]));
  assert.equal(store.x_t[0], 0.5);
  store.update({ t: 1, told: "hero" });
  store.update({ t: 1 }); // nothing new
  store.update({ schedule: "linear", rival: "cosine" });
  store.update({ pointing: true });
  assert.deepEqual(
    told.map(([names]) => names),
    ["t", "rival,schedule", "pointing"],
  );
  const expected = [0.8 * 0.5 + 0.6, 0.6 * 0.5 + 0.8, 0.6 * 0.5 + 0.8];
  for (const [k, [, value]] of told.entries()) assert.ok(Math.abs(value - expected[k]) < 1e-6);
});

test("an answer is stale as soon as something that it is about has changed", () => {
  const store = begin({ t: 1 });
  const answer = () => store.update({ guess: { about: store.question(), sprite: filled(0), rgb: filled(0) } });
  assert.equal(store.answered(), false);
  for (const change of [
    { t: 2 },
    { told: "food" },
    { seed: 3 },
    { schedule: "linear" },
    { x0: new Float32Array(768) },
  ]) {
    answer();
    assert.equal(store.answered(), true);
    store.update(change);
    assert.equal(store.answered(), false, Object.keys(change)[0]);
  }
  answer();
  store.update({ eps: new Float32Array(768) }); // fresh noise, which has no seed
  assert.equal(store.answered(), false);
});

test("a link that is written is read again", () => {
  const { state } = begin({
    t: 222,
    rival: "cosine",
    told: "food",
    seed: 7,
    fresh: true,
    pixel: { x: 3, y: 4 },
    channel: 2,
  });
  const link = Object.fromEntries(Object.entries(written(state)).map(([name, value]) => [name, `${value}`]));
  const { settings, refused } = read(link, choices);
  assert.deepEqual(refused, []);
  assert.deepEqual(settings, {
    schedule: "cosine",
    rival: "cosine",
    sprite: "hero-0",
    t: 222,
    fresh: true,
    pixel: { x: 3, y: 4 },
    channel: 2,
    told: "food",
    seed: 7,
  });
  const painted = read({ pixels: pack(filled(9)) }, choices);
  assert.deepEqual(painted.settings.rgb, filled(9));
});

test("what a link may not ask for is refused by name, and the rest is read", () => {
  const bad = {
    schedule: "constructor",
    sprite: "<img>",
    pixels: "AAAA",
    t: "501",
    fresh: "2",
    pixel: "16.0.0",
    weights: "x",
  };
  const { settings, refused } = read({ ...bad, seed: "-1", rival: "linear" }, choices);
  assert.deepEqual(refused, ["schedule", "sprite", "pixels", "t", "fresh", "pixel", "weights", "seed"]);
  assert.deepEqual(settings, { rival: "linear" });
  assert.deepEqual(read({ weights: "hero" }, { ...choices, classes: [] }), { settings: {}, refused: [] });
  assert.notEqual(rivalOf("linear"), "linear");
});

/** What a browser keeps. */
function storage() {
  const kept = new Map();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => void kept.set(name, text) };
}
const own = (value) => newSprite(filled(value), "own");

test("own sprites are kept, those of another tab stay, and the newest are kept", () => {
  const shelf = storage();
  const [here, there] = [keeper(() => shelf), keeper(() => shelf)];
  const first = own(1);
  assert.equal(here.save([first, newSprite(filled(2), "built in", { own: false })]), "kept");
  assert.equal(there.save([own(3)]), "kept");
  const kept = () =>
    keeper(() => shelf)
      .load()
      .map(({ rgb }) => rgb[0]);
  assert.deepEqual(kept(), [1, 3]);
  assert.equal(here.save([]), "kept"); // it is deleted
  assert.deepEqual(kept(), [3]);
  const many = Array.from({ length: MAX_KEPT + 1 }, (_, k) => own(100 + k));
  assert.equal(here.save(many), "full");
  assert.deepEqual(
    kept(),
    many.slice(1).map(({ rgb }) => rgb[0]),
  );
});

test("a browser that keeps nothing, or something else", () => {
  const never = keeper(() => {
    throw new Error("no storage");
  });
  assert.deepEqual(never.load(), []);
  assert.equal(never.save([]), "kept");
  assert.equal(never.save([own(1)]), "refused");
  const shelf = storage();
  for (const text of ["{", "7", '[null, {"pixels": 7}, {"pixels": "<b>"}]']) {
    shelf.setItem("own-sprites", text);
    assert.deepEqual(keeper(() => shelf).load(), []);
  }
});
