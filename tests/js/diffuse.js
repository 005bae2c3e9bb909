// For tests/test_diffusion.py: reads { seeds, schedules, runs } from standard input and answers with what
// assets/diffusion.js and assets/randn.js make of them.
import { readFileSync } from "node:fs";
import { ddim, dpmpp2m, guided, NoiseSchedule, sample, unipc } from "../../assets/diffusion.js";
import { Executor } from "../../assets/engine/executor.js";
import { kernel } from "../../assets/engine/kernel.js";
import { read } from "../../assets/engine/safetensors.js";
import { Generator, randn, seededNoise } from "../../assets/randn.js";

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

const RULES = { ddim, dpmpp_2m: dpmpp2m, unipc };

function run({ schedule, spacing, steps, eta, sampler, seeds, shape, rows, K, from, network, ...options }) {
  const noise = seededNoise(
      seeds,
      shape.reduce((a, b) => a * b),
    ),
    noises = NoiseSchedule.named(...schedule),
    denoise = guided(
      network ? shipped(network) : toy,
      noises,
      { rows: Float32Array.from(rows), K, ...options },
      options,
    ),
    rule = RULES[sampler](eta),
    timesteps = noises.timesteps(steps, spacing),
    whole = [...sample(denoise, noises, noise(), timesteps, rule, { noise })],
    again = seededNoise(
      seeds,
      shape.reduce((a, b) => a * b),
    ),
    after = whole.slice(0, from);
  for (let i = 0; i <= from; i++) again();
  const forked = from
    ? [...sample(denoise, noises, after[from - 1].x_prev, timesteps.slice(from), rule, { noise: again, after })]
    : whole;
  return {
    timesteps,
    states: whole.map((step) => numbers(step.x_prev)),
    nfe: whole.at(-1).nfe,
    forked: eta === 0 || sampler !== "ddim" || !from ? numbers(forked.at(-1).x_prev) : null,
    index: forked.at(-1).index,
  };
}

const { seeds = [], schedules = [], runs = [] } = JSON.parse(readFileSync(0, "utf8"));
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
};
process.stdout.write(JSON.stringify(answer));
