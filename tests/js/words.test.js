import assert from "node:assert/strict";
import { test } from "node:test";
import { filled } from "../../assets/words.js";

test("values stand where their names stood, as text, and none may be missing", () => {
  assert.equal(filled("t = {t} of {T}, again {t}", { t: 3, T: 500 }), "t = 3 of 500, again 3");
  assert.equal(filled("{a} of {b}", { a: 1, b: "{a}" }), "1 of {a}");
  assert.equal(filled('told "{told}"', { told: "<b>{t}</b>" }), 'told "<b>{t}</b>"');
  assert.throws(() => filled("{seed}", {}), /seed/);
});
