import assert from "node:assert/strict";
import { test } from "node:test";
import { among, decimal, reader, whole } from "../../assets/settings.js";

test("what a text may be", () => {
  const cases = [
    [among(["a", "b"]), ["a", "b"], ["", "c", "constructor", "A"]],
    [whole(500), ["0", "007", "500"], ["", "501", "-1", "1.0", "1e2", "0x1", " 1", "12345678901"]],
    [decimal(0, 2, 1), ["0", "1.5", "2.0"], ["", "2.1", "1.55", "-0", "-1", ".5", "1.", "NaN", "1e0"]],
    [decimal(-1, 2, 2), ["-1", "-0.25", "2"], ["-1.01", "--1", "0.125", "Infinity"]],
  ];
  for (const [parse, allowed, refused] of cases) {
    for (const text of allowed) assert.notEqual(parse(text), undefined, text);
    for (const text of refused) assert.equal(parse(text), undefined, text);
  }
  assert.equal(decimal(-1, 2, 2)("-0.25"), -0.25);
});

test("what is allowed is handed on, what is not is named, what is not there is passed over", () => {
  const { refused, take } = reader({ t: "3", seed: "x" });
  const taken = {};
  for (const name of ["t", "seed", "step"])
    take(name, whole(9), (value) => {
      taken[name] = value;
    });
  assert.deepEqual(taken, { t: 3 });
  assert.deepEqual(refused, ["seed"]);
});
