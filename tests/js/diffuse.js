// For tests/test_diffusion.py: reads { seeds, schedules, runs, races, arcs, lines } from standard input and answers with
// what assets/diffusion.js, explain.js, compare.js, interpolate.js and randn.js make of them.
import { readFileSync } from "node:fs";
import { race } from "../../assets/compare.js";
import { NoiseSchedule } from "../../assets/diffusion.js";
import { Executor } from "../../assets/engine/executor.js";
import { kernel } from "../../assets/engine/kernel.js";
import { read } from "../../assets/engine/safetensors.js";
import { follow, trajectory } from "../../assets/explain.js";
import { generate } from "../../assets/generate.js";
import { between, lerp, slerp } from "../../assets/interpolate.js";
import { Generator, randn } from "../../assets/randn.js";

const numbers = (array) => Array.from(array, (x) => (Number.isFinite(x) ? x : `${x}`));

/** The same network as in tests/test_diffusion.py. */
function toy(x_t, logSnr, rows) {
  const n = x_t.length / logSnr.length,
    K = rows.length / logSnr.length;
  return x_t.map((x, i) => {
    const b = Math.floor(i / n);
    let classes = 0;
    for (let k = 0; k < K; k++) classes += rows[b * K + k] * Math.cos((i % n) * (k + 1));
    return Math.sin((i % n) + x) + 0.5 * classes + 0.02 * Math.max(-18, Math.min(14, logSnr[b]));
  });
}

/** A network that ships, run by its plan. */
function shipped({ plan, weights }) {
  const wasm = readFileSync(new URL("../../assets/engine/kernel.wasm", import.meta.url)),
    bytes = readFileSync(weights),
    file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    executor = new Executor(plan, read(file), kernel(new WebAssembly.Module(wasm)));
  return (x_t, log_snr, weights) => executor.evaluate({ x_t, log_snr, weights }).output;
}

/** A run with its forks, or from start, by { config, forks, start, network or predictionType, classes, shape }. */
function run({ config, forks, start: [t, x_t] = [], network, ...about }) {
  const model = { ...about, run: network ? shipped(network) : toy },
    started = () => [...generate(model, config, { start: [t, Float32Array.from(x_t)] })],
    made = t ? started().map((step) => ({ step, config })) : [...follow(() => model, config, forks)],
    { parts, ...told } = trajectory(
      made.map(({ step }) => step),
      made.map(({ config }) => config),
    );
  for (const name of ["x_t", "eps", "x0", "mean", "z"]) told[name] = told[name] && numbers(told[name]);
  return {
    ...told,
    parts: parts && [parts.at, numbers(parts.conditional), numbers(parts.unconditional)],
    index: made.at(-1).step.index,
  };
}

/** A race by networks that ship: its lanes when they have ended, and their distances. */
async function raced({ configs, defaults, networks }) {
  const models = Object.fromEntries(
    Object.entries(networks).map(([name, { network, ...about }]) => [name, { ...about, run: shipped(network) }]),
  );
  let lanes;
  const distances = await race(
    (name) => models[name],
    configs,
    defaults,
    async (progress) => {
      lanes = progress?.ended ?? lanes;
      return true;
    },
  );
  for (const { frames } of lanes) frames.rgb = frames.rgb.map((rgb) => [...rgb]);
  return lanes.map(({ frames, nfe }, i) => ({ frames, nfe, distance: distances[i] }));
}

const {
  seeds = [],
  schedules = [],
  runs = [],
  races = [],
  arcs = [],
  lines = [],
} = JSON.parse(readFileSync(0, "utf8"));
const answer = {
  noise: seeds.map(([seed, ...sizes]) => {
    const generator = new Generator(seed);
    return sizes.flatMap((n) => [...randn(n, generator)]);
  }),
  schedules: schedules.map(([name, T, zero, spacings]) => {
    const schedule = NoiseSchedule.named(name, T, zero);
    return {
      alphaBar: numbers(schedule.alphaBar),
      logSnr: numbers(schedule.logSnr),
      sigma: numbers(schedule.sigma),
      timesteps: spacings.map(([n, spacing]) => schedule.timesteps(n, spacing)),
    };
  }),
  runs: runs.map(run),
  races: await Promise.all(races.map(raced)),
  arcs: arcs.map(([a, b, shares]) =>
    [slerp, lerp].map((way) => way(...[a, b].map((x) => Float32Array.from(x)), shares).map(numbers)),
  ),
  lines: lines.map((line) => between(...line)),
};
process.stdout.write(JSON.stringify(answer));
