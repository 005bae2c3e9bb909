// @ts-check
// A run taken apart, as core/explain.py does it: its forks, the tensors of every step, what guidance combined.
import { generate, scheduleOf } from "./generate.js";
import { SAMPLERS } from "./samplers.js";

/** @typedef {import("./diffusion.js").SampleStep} SampleStep */
/** @typedef {import("./generate.js").Config} Config */
/** @typedef {import("./generate.js").Model} Model */
/** The run before, up to that step, continued by that config. @typedef {[number, Config]} Fork */
/** A finished run of n steps: t (n + 1); x_t, n + 1 states; eps, x0, mean and z, n each, z null if no step adds any;
 * parts: the x0 of both answers, before clipping, in the guided steps `at`.
 * @typedef {{ t: number[], nfe: number, x_t: Float32Array, eps: Float32Array, x0: Float32Array, mean: Float32Array,
 *   z: Float32Array | null, sigmas: number[], alpha_bars: number[],
 *   numbers: (import("./samplers.js").StepNumbers | null)[],
 *   parts: { at: number[], conditional: Float32Array, unconditional: Float32Array } | null }} Trajectory */

/** Run the chain config, forks ... to the end of its last branch: every step that is in it, and the config of each.
 * Throws a RangeError for a fork beyond the end.
 * @param {(network: string) => Model} models @param {Config} config @param {Fork[]} forks
 * @returns {Generator<{ step: SampleStep, config: Config }, void, void>} */
export function* follow(models, config, forks = []) {
  /** @type {SampleStep[]} */
  const steps = [];
  for (const [i, [at, own]] of /** @type {Fork[]} */ ([[0, config], ...forks]).entries()) {
    if (at > steps.length)
      throw new RangeError(`a fork must lie before the end of its run, at ${steps.length}; got ${at}`);
    const end = forks[i]?.[0] ?? Number.POSITIVE_INFINITY;
    for (const step of end > at ? generate(models(own.network), own, { after: [...steps] }) : []) {
      steps.push(step);
      yield { step, config: own };
      if (steps.length === end) break;
    }
  }
}

/** Tensors of one shape, one after the other. @param {Float32Array[]} tensors */
export function stacked(tensors) {
  const [{ length }] = tensors,
    all = new Float32Array(tensors.length * length);
  for (const [i, tensor] of tensors.entries()) all.set(tensor, i * length);
  return all;
}

/** Both answers of a guided step: the x0 of each, before clipping, conditional and unconditional; else null.
 * @param {SampleStep} step */
function guidanceParts({ prediction: { branches } }) {
  const [conditional, unconditional] = branches;
  const two = branches.length === 2 && conditional.label === "conditional" && unconditional.label === "unconditional";
  return two ? { conditional: conditional.x0, unconditional: unconditional.x0 } : null;
}

/** @param {SampleStep[]} steps of a whole run @param {Config[]} configs of each @returns {Trajectory} */
export function trajectory(steps, configs) {
  const schedule = scheduleOf(configs[0]),
    last = steps[steps.length - 1],
    silent = new Float32Array(last.x_t.length),
    guided = steps.flatMap((step, i) => {
      const parts = guidanceParts(step);
      return parts ? [{ i, ...parts }] : [];
    });
  return {
    t: [...steps.map(({ t }) => t), last.t_prev],
    nfe: last.nfe,
    x_t: stacked([...steps.map(({ x_t }) => x_t), last.x_prev]),
    eps: stacked(steps.map(({ prediction }) => prediction.eps)),
    x0: stacked(steps.map(({ prediction }) => prediction.x0)),
    mean: stacked(steps.map(({ mean }) => mean)),
    z: steps.some(({ noise }) => noise) ? stacked(steps.map(({ noise }) => noise ?? silent)) : null,
    sigmas: steps.map(({ sigma_t }) => sigma_t),
    alpha_bars: steps.map(({ prediction }) => prediction.alphaBar),
    numbers: steps.map(
      ({ t, t_prev, sigma_t }, i) => SAMPLERS[configs[i].sampler].numbers?.(schedule, t, t_prev, sigma_t) ?? null,
    ),
    parts: guided.length
      ? {
          at: guided.map(({ i }) => i),
          conditional: stacked(guided.map(({ conditional }) => conditional)),
          unconditional: stacked(guided.map(({ unconditional }) => unconditional)),
        }
      : null,
  };
}
