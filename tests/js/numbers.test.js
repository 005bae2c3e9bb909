import assert from "node:assert/strict";
import { test } from "node:test";
import { addition, fixed, number, products, shown } from "../../assets/numbers.js";

test("a number is written for learners", () => {
  for (const [value, text] of [
    [0, "0"],
    [-0.5, "−0.500"],
    [999.4, "999"],
    [999.6, "1.0 × 10³"],
    [0.0009996, "0.00100"],
    [0.00099, "9.9 × 10⁻⁴"],
    [-1e-9, "−1.0 × 10⁻⁹"],
    [Number.POSITIVE_INFINITY, "∞"],
    [Number.NaN, "not a number"],
  ])
    assert.equal(number(value), text);
});

test("sums come out as they are shown", () => {
  assert.deepEqual(addition([-0.704, -0.106]), { terms: ["−0.70", "− 0.11"], total: "−0.81" });
  assert.deepEqual(addition([0.5, 0.25]), { terms: ["0.50", "+ 0.25"], total: "0.75" });
  assert.deepEqual(products([[2, -0.5]]), { terms: ["2.00 · (−0.500)"], total: "−1.00" });
  assert.equal(fixed(-0.001), "0.00");
  assert.equal(shown(0.88712), 0.887);
});
