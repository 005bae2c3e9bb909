// The worker's tasks (assets/engine/worker.js), in a worker of Node: they let each other in, and the newest of a line counts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Worker } from "node:worker_threads";

const LIKE_A_BROWSER = `
  const { parentPort } = require("node:worker_threads");
  globalThis.postMessage = (message) => parentPort.postMessage(message);
  import(${JSON.stringify(new URL("../../assets/engine/worker.js", import.meta.url).href)}).then(() =>
    parentPort.on("message", (data) => globalThis.onmessage({ data })));`;
const config = {
  ...{ weights: { hero: 1 }, count: 1, seed: 0, sampler: "ddim", num_inference_steps: 15, eta: 0, noise_scale: 1 },
  ...{ guidance_scale: 1, guidance_interval: [0, null], mixing: "embedding", schedule: "cosine", clip_x0: true },
  ...{ zero_terminal_snr: false, num_train_timesteps: 500, spacing: "trailing", network: "sprites" },
};
const runs = [0, 1, 2].map((seed) => ({ config: { ...config, seed } }));
const asked = new Map();
/** @type {Worker} */
let worker;

/** Resolves to a task's answer and what it told on the way. */
function run(what, data) {
  const id = asked.size;
  worker.postMessage({ id, what, ...data });
  return new Promise((resolve, reject) => asked.set(id, { resolve, reject, told: [] }));
}

before(async () => {
  worker = new Worker(LIKE_A_BROWSER, { eval: true });
  worker.on("message", ({ id, answer, error, progress }) => {
    const { resolve, reject, told } = asked.get(id);
    if (progress !== undefined) told.push(progress);
    else if (error !== undefined) reject(new Error(error));
    else resolve({ answer, told });
  });
  const file = (path) => readFileSync(new URL(`../../${path}`, import.meta.url)),
    address = (bytes) => `data:;base64,${bytes.toString("base64")}`,
    weights = file("checkpoints/sprites.safetensors"),
    classes = ["hero", "non-hero", "food", "spell", "side-facing"],
    about = { bytes: weights.length, classes, shape: [3, 16, 16], predictionType: "v" };
  await run("load", {
    name: "sprites",
    about,
    plan: address(file("checkpoints/sprites.plan.json")),
    weights: address(weights),
    kernels: `${address(file("assets/engine/kernel.wasm"))}#`, // and the name of a build
    keep: [],
  });
});
after(() => worker.terminate());

test("several tasks at a time all end, and draw what each draws alone", { timeout: 60_000 }, async () => {
  const alone = await run("sprite", runs[1]),
    [first, second, live] = await Promise.all([
      run("sprites", { runs }),
      run("sprites", { runs }),
      run("sprite", runs[1]),
    ]);
  assert.deepEqual(
    first.told.map(({ i }) => i),
    [0, 1, 2],
  );
  assert.deepEqual(first.answer.rgb, second.answer.rgb);
  assert.deepEqual([...first.answer.rgb.subarray(768, 1536)], [...alone.answer]);
  assert.deepEqual([first.told[1].rgb, live.answer], [alone.answer, alone.answer]);
  assert.equal(first.answer.run.nfe, 15);
});

test("of a line the newest task counts; one that does nothing ends it", { timeout: 60_000 }, async () => {
  const line = "one",
    [old, newest] = await Promise.all([run("sprites", { runs, line }), run("sprites", { runs: [runs[2]], line })]);
  assert.equal(old.answer, null);
  assert.equal(newest.answer.rgb.length, 768);
  const [stopped] = await Promise.all([run("sprites", { runs, line }), run("stop", { line })]);
  assert.equal(stopped.answer, null);
});
