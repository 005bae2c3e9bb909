// A race that the page runs: what it can read of it (tabs/race/here.js), and how it is run and timed (assets/compare.js).
import assert from "node:assert/strict";
import { test } from "node:test";
import { distance, race, spread } from "../../assets/compare.js";
import { bytesOf, SPRITE, VALUES } from "../../assets/pixels.js";
import { asked, begun, compared, finished, further, readRace } from "../../tabs/race/here.js";
import { comparison, film } from "../../tabs/race/race.js";
import { defaults, network, offered } from "./offered.js";

const data = {
  fields: ["sampler", "network", "num_inference_steps", "eta"],
  max_sprites: 32,
  samplers: { ddpm: "DDPM", ddim: "DDIM" },
  networks: { sprites: { title: "network", teacher: null }, distilled: { title: "distilled", teacher: "sprites" } },
  too_large: "{share}% of the values, up to {most}",
};
const NOBODY = ["none", "sprites", 10, 0];
const values = ["hero", 2, 7, "ddpm", "sprites", 5, 0.5, "ddim", "distilled", 2, 0, ...NOBODY, ...NOBODY];
const read = (own) => readRace(offered, { ...asked(values, data.fields), ...own }, data);

test("a race is core's configs, one a lane, all from the same seeds", () => {
  const own = { weights: { hero: 1 }, count: 2, seed: 7 };
  assert.deepEqual(read({}), [
    { ...defaults, ...own, sampler: "ddpm", num_inference_steps: 5 },
    { ...defaults, ...own, num_inference_steps: 2, network: "distilled", spacing: "mirrored" },
  ]);
  const [one] = read({ lanes: [["ddim", "sprites", 5, 0.15000000000000002], values.slice(3, 7)] });
  assert.equal(one.eta, 0.15000000000000002);
  const names = begun([one, ...read({})], data, SPRITE).lanes.map(({ name }) => name);
  assert.deepEqual(names, ["DDIM, η = 0.15", "DDPM", "distilled"]);
});

test("the server says what is wrong with a race", () => {
  const { lanes } = asked(values, data.fields);
  for (const wrong of [
    { weights: "dragon" },
    { weights: "" },
    { weights: { hero: 1 } },
    { weights: null },
    { count: 0 },
    { count: 33 },
    { count: 2.5 },
    { count: null },
    { seed: -1 },
    { seed: null },
    { lanes: lanes.slice(1) },
    { lanes: [lanes[0], ["ddpm", "distilled", 2, 0]] },
    { lanes: [lanes[0], ["heun", "own", 2, 0]] },
    { lanes: [lanes[0], ["other", "sprites", 2, 0]] },
    { lanes: [lanes[0], ["heun", "sprites", 501, 0]] },
  ])
    assert.equal(read(wrong), null, JSON.stringify(wrong));
});

test("places are spread as core spreads them, halves to the even", () => {
  assert.deepEqual(spread(3, 8), [0, 1, 2]);
  assert.deepEqual(spread(500, 40).slice(0, 6), [0, 12, 25, 38, 50, 62]);
});

test("a distance is that of the median sprite, in 1/255", () => {
  const sprites = (...offsets) => Float32Array.from(offsets.flatMap((by) => Array(VALUES).fill(by)));
  assert.equal(distance(sprites(0, 0, 0), sprites(1, 0.2, -0.4)).toFixed(3), (0.4 * 127.5).toFixed(3));
  assert.equal(distance(sprites(0, 0), sprites(1, 0.5)), 0.5 * 127.5); // of two the lower, as torch has it
});

/** Run a race by networks that answer 0: every prediction is x0 = 0. goOn is told of it. */
async function run(configs, goOn) {
  let evaluations = 0;
  const model = (name) => ({
    ...{ predictionType: "x0", shape: SPRITE, classes: network.classes },
    run(x) {
      evaluations++;
      return new Float32Array(x.length).fill(name === "distilled" ? 1.5 : 0);
    },
  });
  const distances = await race(model, configs, defaults, (...told) => goOn(evaluations, ...told));
  return { distances, evaluations };
}

test("lanes run one after the other, and stand still when they are shown", async () => {
  const told = [],
    configs = read({});
  let shown = begun(configs, data, SPRITE);
  const { distances } = await run(configs, async (_, progress, wait = false) => {
    if (!progress) return true;
    told.push([progress.lane ?? "all", wait]);
    shown = progress.ended ? finished(shown, progress, data) : further(shown, progress);
    return true;
  });
  assert.deepEqual(
    [told.at(-1), told.at(-2)],
    [
      ["all", false],
      [1, true],
    ],
  );
  assert.deepEqual(
    told.slice(0, -1).map(([lane]) => lane),
    told
      .slice(0, -1)
      .map(([lane]) => lane)
      .sort(),
  );
  shown = compared(shown, distances);
  assert.deepEqual(
    shown.lanes.map(({ done, nfe, note }) => [done, nfe, note]),
    [
      [5, 5, null],
      [2, 2, null], // x0 is clipped
    ],
  );
  const [one, two] = shown.lanes;
  assert.deepEqual(one.frames.done, [0, 1, 2, 3, 4, 5]);
  assert.deepEqual([one.frames.seconds[0], one.frames.seconds[5]], [0, one.seconds]);
  assert.equal(one.rgb.length, 6 * 2 * bytesOf(SPRITE));
  assert.deepEqual(one.rgb.slice(0, 1536), two.rgb.slice(0, 1536)); // the same x_T
  assert.ok(one.rgb.slice(-1536).every((byte) => byte === 128) && two.rgb.slice(-1536).every((byte) => byte === 255));
  assert.deepEqual([one.distance, two.distance.toFixed(1)], [0, "127.5"]);
  assert.equal(shown.finished && shown.here && comparison(shown).fast_nfe, shown.lanes[shown.run.lane].nfe);
  assert.equal(film(shown, { clock: "seconds", speed: 1 }).rgb.length, 2 * 1536);
  assert.equal(shown.run.t.length, shown.lanes[shown.run.lane].config.num_inference_steps + 1);
});

test("a lane says when its sprites are beyond the colours", async () => {
  let shown = begun(read({}), data, SPRITE);
  await run(
    read({}).map((config) => ({ ...config, clip_x0: false })),
    async (_, progress) => {
      if (progress?.ended) shown = finished(shown, progress, data);
      return true;
    },
  );
  assert.deepEqual(
    shown.lanes.map(({ note }) => note),
    [null, "100% of the values, up to 1.5"],
  );
});

test("a race that is not wanted any more stops at once: before a lane, in one, before the distances, among them", async () => {
  let ended = false;
  for (const stops of [() => true, ({ lane }) => lane === 1, (progress) => progress.ended, () => ended]) {
    ended = false;
    let stopped = null;
    const { distances, evaluations } = await run(read({ seed: 8 }), async (so_far, progress = {}) => {
      assert.equal(stopped, null); // it is asked once
      if (stops(progress)) stopped = so_far;
      ended ||= "ended" in progress;
      return stopped === null;
    });
    assert.deepEqual([distances, evaluations], [null, stopped]);
  }
});
