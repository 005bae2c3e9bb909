import assert from "node:assert/strict";
import { test } from "node:test";
import { asker, ended } from "../../assets/ask.js";

const sent = [];
const trigger = (event, data) => sent.push({ event, ...data });

test("the newest request is answered, and older answers are let go", async () => {
  const network = asker("noising", "ask", trigger);
  const first = network.ask({ t: 1 });
  const second = network.ask({ t: 2 });
  assert.equal(await first, null);
  assert.deepEqual(sent, [
    { event: "ask", t: 1, request: 1 },
    { event: "ask", t: 2, request: 2 },
  ]);
  assert.equal(network.answer({ request: 1, x0: "old" }), false);
  assert.equal(network.answer(null), false);
  assert.equal(network.answer({ request: 2, x0: "new" }), true);
  assert.equal((await second).x0, "new");
});

test("an answer in several parts", async () => {
  const sheets = asker("denoising", "measure", trigger);
  const parts = [];
  const answer = sheets.ask({}, (part) => parts.push(part.n));
  sheets.answer({ request: 1, more: true, n: 1 });
  sheets.answer({ request: 1, more: false, n: 2 });
  assert.equal((await answer).n, 2);
  assert.deepEqual(parts, [1]);
});

test("a refusal, a failure and silence say why", async () => {
  const network = asker("mixing", "draw", trigger, 20);
  const refused = network.ask({});
  network.answer({ request: 1, error: "there is no such class" });
  await assert.rejects(refused, { message: "there is no such class", answer: true });
  await assert.rejects(network.ask({}), { message: "The server did not answer in time.", answer: false });
  ended("mixing", "draw", false);
  ended("mixing", "draw", true); // of older requests
  const failed = network.ask({});
  ended("mixing", "draw", true);
  await assert.rejects(failed, /the page says why/);
});

test("nobody is asked without a connection", async () => {
  const before = sent.length;
  Object.defineProperty(navigator, "onLine", { value: false, configurable: true });
  await assert.rejects(asker("noising", "ask", trigger).ask({}), { message: "There is no connection to the server." });
  delete navigator.onLine;
  assert.equal(sent.length, before);
});
