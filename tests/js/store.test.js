import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../../assets/store.js";

test("who listens is told, in turn, what has changed; and nothing if nothing has", () => {
  const { state, update, listen } = createStore({ t: 0, names: ["a"] });
  const told = [];
  listen((changed) => told.push(["first", ...changed, state.t]));
  listen((changed) => told.push(["second", ...changed, state.t]));
  update({ t: 1, names: state.names });
  update({ t: 1 });
  update({ names: ["a"] }); // another array
  assert.deepEqual(told, [
    ["first", "t", 1],
    ["second", "t", 1],
    ["first", "names", 1],
    ["second", "names", 1],
  ]);
});

test("a listener may change more: then all are told of that, too", () => {
  const { state, update, listen } = createStore({ t: 0, twice: 0 });
  const seen = [];
  listen((changed) => changed.has("t") && update({ twice: 2 * state.t }));
  listen((changed) => seen.push(...changed));
  update({ t: 4 });
  assert.equal(state.twice, 8);
  assert.deepEqual(seen, ["twice", "t"]);
});
