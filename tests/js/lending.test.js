import assert from "node:assert/strict";
import { test } from "node:test";
import { timesteps } from "../../tabs/noising/lending.js";

test("nine timesteps from T to 0, and t is one of them, never the last", () => {
  for (const t of [1, 30, 31, 250, 499, 500]) {
    const { list, at } = timesteps(500, t);
    assert.equal(list.length, 9);
    assert.equal(list[at], t);
    assert.equal(list[8], 0);
    assert.ok(at === 0 || list[0] === 500);
    assert.ok(list.every((each, i) => i === 0 || each < list[i - 1]));
  }
});
