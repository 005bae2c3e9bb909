import assert from "node:assert/strict";
import { test } from "node:test";
import { insert } from "../../assets/words.js";

test("values stand where their names stood, as text, and none may be missing", () => {
  assert.equal(insert("t = {t} of {T}, again {t}", { t: 3, T: 500 }), "t = 3 of 500, again 3");
  assert.equal(insert('told "{told}"', { told: "<b>{t}</b>" }), 'told "<b>{t}</b>"');
  assert.throws(() => insert("{seed}", {}), /seed/);
});
