// @ts-check
// Runs a network by its plan (see core/runtime/plan.py). It knows kinds of operation, and no network.
import { KINDS, size } from "./kinds.js";

/** @typedef {import("./plain.js").Kernel} Kernel */
/** @typedef {import("./safetensors.js").Tensor} Tensor */
/** @typedef {import("./kinds.js").Operation} Operation */
/** @typedef {{ inputs: Record<string, number[]>, tensors: Record<string, number[]>,
 *   constants: Record<string, number[]>, operations: Operation[], output: string }} Plan */
/** @typedef {{ from: string, to: string, by: number }} Edge what goes from one operation to another, times `by` */

export const START = 65536; // the bytes before it are the kernel's own

/** Where everything lies in the kernel's memory: what is stored there once, and what is computed. */
export class Layout {
  end = START;
  /** @type {[number, ArrayLike<number>][]} */
  stored = [];
  /** @type {Record<string, { at: number, shape: number[] }>} */
  values = {};

  /** @param {Plan} plan @param {Record<string, Tensor>} tensors */
  constructor(plan, tensors) {
    this.plan = plan;
    this.tensors = tensors;
    for (const [name, shape] of Object.entries(plan.tensors))
      if (`${tensors[name]?.shape}` !== `${shape}`)
        throw new Error(`the plan is of another network: these weights have no ${name} of ${shape.join(" × ")}`);
    for (const [name, shape] of Object.entries(plan.inputs)) this.value(name, shape);
  }

  /** Room for so many numbers: its place in bytes, a multiple of 64. @param {number} count */
  room(count) {
    const at = this.end;
    this.end += Math.ceil(count / 16) * 64;
    return at;
  }

  /** @param {string} name @param {number[]} shape */
  value(name, shape) {
    this.values[name] = { at: this.room(size(shape)), shape };
    return this.values[name].at;
  }

  /** Room for numbers that stay. @param {ArrayLike<number>} numbers */
  store(numbers) {
    const at = this.room(numbers.length);
    this.stored.push([at, numbers]);
    return at;
  }

  /** Where an operand lies, and its shape. @param {string | number} name */
  operand(name) {
    if (typeof name === "number") return { at: this.store([name]), shape: [] };
    if (!this.values[name]) {
      const { values, shape } = this.weight(name);
      this.values[name] = { at: this.store(values), shape };
    }
    return this.values[name];
  }

  /** The numbers of a tensor that the network has. @param {string | number} name @returns {Tensor} */
  weight(name) {
    const constant = this.plan.constants[name];
    return constant ? { values: Float32Array.from(constant), shape: [constant.length] } : this.tensors[name];
  }
}

/** A network that runs. */
export class Executor {
  /** @param {Plan} plan
   * @param {Record<string, Tensor>} tensors its weights
   * @param {(bytes: number) => Kernel} kernel with a memory of so many bytes */
  constructor(plan, tensors, kernel) {
    const layout = new Layout(plan, tensors);
    this.plan = plan;
    this.steps = plan.operations.map((operation) => {
      if (!Object.hasOwn(KINDS, operation.kind)) throw new Error(`there is no operation of the kind ${operation.kind}`);
      return KINDS[operation.kind](operation, layout, layout.value(operation.name, operation.shape));
    });
    this.values = layout.values;
    this.kernel = kernel(layout.end);
    this.numbers = new Float32Array(this.kernel.memory);
    for (const [at, numbers] of layout.stored) this.numbers.set(numbers, at / 4);
  }

  /** What lies under that name now. @param {string} name */
  view(name) {
    const value = this.values[name];
    if (!value) throw new Error(`this network computes no ${name}`);
    return this.numbers.subarray(value.at / 4, value.at / 4 + size(value.shape));
  }

  /** The network's answer to a batch of pictures, (B, C, H, W), and what it computed on the way, each (B, ...).
   * @param {Record<string, ArrayLike<number>>} inputs x_t (B, C, H, W), log_snr (B), weights (B, K)
   * @param {{ record?: string[], scale?: Edge[] }} [options] names of operations to record; edges to scale
   * @returns {{ output: Float32Array, recorded: Record<string, Float32Array> }} */
  evaluate(inputs, { record = [], scale = [] } = {}) {
    const names = Object.keys(this.plan.inputs),
      batch = inputs.log_snr.length;
    for (const name of names)
      if (inputs[name]?.length !== batch * size(this.plan.inputs[name]))
        throw new Error(`${name} must have ${size(this.plan.inputs[name])} numbers for each of ${batch} pictures`);
    for (const { from, to } of scale)
      if (!this.plan.operations.some(({ name, of }) => name === to && of.includes(from) && this.values[from]))
        throw new Error(`nothing goes from ${from} to ${to}`);
    const kept = [this.plan.output, ...record].map((name) => ({
      name,
      view: this.view(name),
      all: new Float32Array(batch * this.view(name).length),
    }));
    for (let i = 0; i < batch; i++) {
      for (const name of names) {
        const count = size(this.plan.inputs[name]);
        this.view(name).set(Array.prototype.slice.call(inputs[name], i * count, (i + 1) * count));
      }
      this.run(scale);
      for (const { view, all } of kept) all.set(view, i * view.length);
    }
    const [output, ...recorded] = kept;
    return { output: output.all, recorded: Object.fromEntries(recorded.map(({ name, all }) => [name, all])) };
  }

  /** All steps, for one picture. @param {Edge[]} scale */
  run(scale) {
    for (const [i, step] of this.steps.entries()) {
      const changed = scale.filter(({ to }) => to === this.plan.operations[i].name);
      const before = changed.map(({ from, by }) => {
        const view = this.view(from),
          copy = view.slice();
        for (let j = 0; j < view.length; j++) view[j] *= by;
        return { view, copy };
      });
      step(this.kernel, this.numbers);
      for (const { view, copy } of before.reverse()) view.set(copy);
    }
  }
}
