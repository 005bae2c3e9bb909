import assert from "node:assert/strict";
import test from "node:test";
import { chosen, set } from "../../assets/controls.js";

test("controls hold what is wanted, each in its kind, and else what they held", () => {
  const names = ["weights", "steps", "seed", "loop", "eta"],
    values = ["hero", 50, null, false, 0.5];
  assert.deepEqual(chosen(names, values), values);
  /** @type {any[]} */
  const triggered = [];
  set((event, data) => triggered.push([event, data]), { weights: "food", steps: "12", seed: "7", loop: "true" });
  assert.deepEqual(triggered, [["settings", {}]]);
  assert.deepEqual(chosen(names, values), ["food", 12, 7, true, 0.5]);
  set(() => {}, { eta: "0" }); // of what was wanted before nothing is left
  assert.deepEqual(chosen(names, values), ["hero", 50, null, false, 0]);
});
