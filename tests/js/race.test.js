import assert from "node:assert/strict";
import { test } from "node:test";
import { base64 } from "../../assets/pixels.js";
import { comparison, decoded, duration, film, moment, onOverview, reached } from "../../tabs/race/race.js";

const CONFIG = { count: 2, num_train_timesteps: 100 };
/** One pixel a sprite, two sprites a lane: in the state after k steps all bytes are 10 k + its number. */
const state = (k) => Uint8Array.from({ length: 6 }, (_, i) => 10 * k + Math.floor(i / 3));

/** A lane that takes the same time for each of its steps. */
function lane(name, steps, seconds) {
  const each = (value) => Array.from({ length: steps + 1 }, (_, k) => value(k));
  return {
    name,
    config: { ...CONFIG, num_inference_steps: steps },
    done: steps,
    nfe: steps,
    seconds,
    distance: null,
    sprites: base64(state(steps)),
    note: null,
    frames: {
      seconds: each((k) => (seconds * k) / steps),
      done: each((k) => k),
      nfe: each((k) => k),
      t: each((k) => 100 - (100 * k) / steps),
      sprites: base64(each((k) => [...state(k)]).flat()),
    },
  };
}

const payload = { shape: [1, 1, 1], finished: true, python: "", lanes: [lane("DDPM", 4, 8), lane("the other", 1, 2)] };
const race = decoded(payload);

test("a lane is where it was sent until it can be replayed", () => {
  const { frames, note, ...under } = payload.lanes[0];
  const running = decoded({
    ...payload,
    finished: false,
    lanes: [
      { ...under, done: 3 },
      { ...under, done: 0 },
    ],
  });
  const { rgb, ...rest } = moment(running, running.lanes[0], "seconds", 0);
  assert.deepEqual(rest, { done: 3, nfe: 4, seconds: 8, first: 0, final: true });
  assert.deepEqual(rgb, state(4));
  const start = decoded({ ...payload, lanes: [{ ...under, sprites: null }] });
  assert.equal(moment(start, start.lanes[0], "seconds", 1).rgb, null);
});

test("a replay shows the last state that was reached by then", () => {
  const at = (i, clock, share) => reached(race, race.lanes[i].frames, clock, share);
  assert.deepEqual(
    [0, 0.24, 0.25, 0.9, 1].map((share) => at(0, "seconds", share)),
    [0, 0, 1, 3, 4],
  );
  assert.deepEqual(
    [0, 0.24, 0.25, 0.9, 1].map((share) => at(1, "seconds", share)),
    [0, 0, 1, 1, 1],
  ); // 4 times as fast
  assert.deepEqual(
    [0, 0.24, 0.25, 0.9, 1].map((share) => at(0, "t", share)),
    [0, 0, 1, 3, 4],
  );
  assert.deepEqual(
    [0, 0.25, 0.9, 1].map((share) => at(1, "t", share)),
    [0, 0, 0, 1],
  );
  const { rgb, ...half } = moment(race, race.lanes[0], "seconds", 0.5);
  assert.deepEqual(half, { done: 2, nfe: 2, seconds: 4, first: 4, final: false });
  assert.equal(rgb[3 * half.first], 20);
  assert.equal(moment(race, race.lanes[1], "seconds", 0.5).final, true);
});

test("a replay lasts as long as the race, at equal noise six seconds", () => {
  assert.equal(duration(race, { clock: "seconds", speed: 2 }), 4);
  assert.equal(duration(race, { clock: "t", speed: 0.5 }), 12);
});

test("the fastest lane is compared with the slowest, as soon as all have finished", () => {
  const { fast, slow, fast_many, slow_many, level, longer, times } = comparison(race);
  assert.deepEqual([fast, slow], ["The other", "DDPM"]);
  assert.deepEqual([fast_many, slow_many], [false, true]);
  assert.deepEqual([level, longer, times], [false, true, "4.0"]);
  assert.equal(comparison({ lanes: [race.lanes[0], race.lanes[0]] }).level, true);
  assert.equal(comparison({ lanes: [race.lanes[0], { ...race.lanes[1], done: 0 }] }), null);
});

test("a film has a row of sprites a lane, and ends with what they have drawn", () => {
  const { rgb, frames, perFrame, columns, ms } = film(race, { clock: "seconds", speed: 1 });
  assert.deepEqual([perFrame, columns, frames.length, ms], [4, 2, 40 * 12, Math.round(8000 / 39)]);
  assert.deepEqual([...rgb], [...state(4), ...state(1)]);
  assert.deepEqual([...frames.slice(0, 12)], [...state(0), ...state(0)]);
  assert.deepEqual([...frames.slice(-12)], [...rgb]);
  assert.equal(film(race, { clock: "seconds", speed: 0.1 }).ms, 1000); // no frame is longer
});

test("the overview shows the fastest lane where its replay has come", () => {
  const run = { lane: 1, t: [100, 50, 0] };
  const two = { ...race, lanes: [race.lanes[0], decoded({ ...payload, lanes: [lane("short", 4, 4)] }).lanes[0]] };
  const at = (share) => onOverview(two, run, "seconds", share);
  assert.deepEqual([0, 0.25, 0.5, 1].map(at), [0, 1, 2, 2]); // it has 4 s of 8
});
