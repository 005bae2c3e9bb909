// @ts-check
// Runs a network by its plan (see core/runtime/plan.py). It knows kinds of operation, and no network.
import { TILE } from "./plain.js";

/** @typedef {import("./plain.js").Kernel} Kernel */
/** @typedef {import("./safetensors.js").Tensor} Tensor */
/** @typedef {{ name: string, kind: string, of: (string | number)[], shape: number[], [setting: string]: any }} Operation */
/** @typedef {{ inputs: Record<string, number[]>, tensors: Record<string, number[]>,
 *   constants: Record<string, number[]>, operations: Operation[], output: string }} Plan */
/** @typedef {{ from: string, to: string, by: number }} Edge what goes from one operation to another, times `by` */
/** @typedef {(kernel: Kernel, numbers: Float32Array) => void} Step */

export const START = 65536; // the bytes before it are the kernel's own

/** @param {number[]} shape */
const size = (shape) => shape.reduce((a, b) => a * b, 1);

/** Where everything lies in the kernel's memory: what is stored there once, and what is computed. */
class Layout {
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

/** By kind, what prepares an operation: it makes room for y, what comes out, and returns the step that computes it.
 * @type {Record<string, (operation: Operation, layout: Layout, y: number) => Step>} */
const KINDS = {
  convolution({ of: [input, weight, bias], stride, padding }, layout, y) {
    const x = layout.operand(input),
      [C, H, W] = x.shape,
      { values, shape } = layout.weight(weight),
      [O, , width] = shape,
      w = layout.store(tiled(values, O)),
      b = layout.store(padded(bias ? layout.weight(bias).values : [], O)),
      scratch = layout.room(C * (H + 2 * padding) * (W + 2 * padding) + 8 * C * width * width + 16);
    return (k) => k.convolution(x.at, w, b, y, scratch, C, H, W, O, width, stride, padding);
  },

  linear({ of: [input, weight, bias], shape: [m], transposed: isTransposed }, layout, y) {
    const x = layout.operand(input),
      n = size(x.shape),
      { values } = layout.weight(weight),
      w = layout.store(isTransposed ? transposed(values, n, m) : values),
      b = layout.store(bias ? layout.weight(bias).values : new Float32Array(m));
    return (k) => k.linear(x.at, w, b, y, n, m);
  },

  norm({ of: [input, weight, bias], shape, groups, epsilon }, layout, y) {
    const x = layout.operand(input),
      [w, b] = weight ? [layout.operand(weight), layout.operand(bias)] : [layout.operand(1), layout.operand(0)];
    return (k) => k.norm(x.at, w.at, b.at, y, groups, size(shape) / groups, size(shape) / size(w.shape), epsilon);
  },

  silu({ of: [input], shape }, layout, y) {
    const x = layout.operand(input);
    return (k) => k.silu(x.at, y, size(shape));
  },

  attention({ of, shape: [heads, d, n] }, layout, y) {
    const [q, k, v] = of.map((name) => layout.operand(name).at),
      scratch = layout.room(n);
    return (kernel) => kernel.attention(q, k, v, y, scratch, heads, d, n);
  },

  upsample({ of: [input], factor }, layout, y) {
    const x = layout.operand(input),
      [C, H, W] = x.shape;
    return (k) => k.upsample(x.at, y, C, H, W, factor);
  },

  concatenate({ of }, layout, y) {
    const parts = of.map((name) => layout.operand(name));
    return (_, numbers) => {
      let at = y / 4;
      for (const part of parts) {
        numbers.copyWithin(at, part.at / 4, part.at / 4 + size(part.shape));
        at += size(part.shape);
      }
    };
  },

  part({ of: [input], shape, start }, layout, y) {
    const from = layout.operand(input).at / 4 + start;
    return (_, numbers) => void numbers.copyWithin(y / 4, from, from + size(shape));
  },

  reshape: (operation, layout, y) => KINDS.part({ ...operation, start: 0 }, layout, y),
  add: combination(0),
  subtract: combination(1),
  multiply: combination(2),
  divide: combination(3),
  exp: each(Math.exp),
  sin: each(Math.sin),
  cos: each(Math.cos),
  softplus: each((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  clamp: (operation, ...rest) => each((x) => Math.min(operation.high, Math.max(operation.low, x)))(operation, ...rest),

  sum({ of: [input] }, layout, y) {
    const x = layout.operand(input),
      [from, to] = [x.at / 4, x.at / 4 + size(x.shape)];
    return (_, numbers) => {
      numbers[y / 4] = numbers.subarray(from, to).reduce((a, b) => a + b, 0);
    };
  },
};

/** A kind that does the same with every number. It is for few: the kernel knows nothing of it.
 * @param {(x: number) => number} does @returns {(typeof KINDS)[string]} */
function each(does) {
  return ({ of: [input], shape }, layout, y) => {
    const x = layout.operand(input);
    return (_, numbers) => {
      for (let i = 0; i < size(shape); i++) numbers[y / 4 + i] = does(numbers[x.at / 4 + i]);
    };
  };
}

/** @param {number} how @returns {(typeof KINDS)[string]} */
function combination(how) {
  return ({ of, shape, name }, layout, y) => {
    const [a, b] = of.map((operand) => layout.operand(operand)),
      { rows, columns, strides } = broadcast(shape, [a.shape, b.shape], name),
      [[aRow, aColumn], [bRow, bColumn]] = strides;
    return (k) => k.combine(how, a.at, b.at, y, rows, columns, aRow, aColumn, bRow, bColumn);
  };
}

/** How operands are spread over a shape, as over a table: [a step for a row, a step for a column] for each of them.
 * @param {number[]} shape @param {number[][]} operands' shapes @param {string} name for the error */
function broadcast(shape, operands, name) {
  const along = operands.map((own) => shape.map((_, i) => (own[own.length - shape.length + i] ?? 1) > 1));
  /** @type {{ size: number, varies: boolean[] }[]} axes, where neighbours that are alike are one */
  const axes = [];
  for (const [i, length] of shape.entries()) {
    const varies = along.map((own) => own[i]),
      last = axes.at(-1);
    if (length === 1) continue;
    if (last && `${last.varies}` === `${varies}`) last.size *= length;
    else axes.push({ size: length, varies });
  }
  if (axes.length > 2) throw new Error(`${name} spreads its operands over more than two axes`);
  while (axes.length < 2) axes.unshift({ size: 1, varies: operands.map(() => false) });
  const [row, column] = axes;
  return {
    rows: row.size,
    columns: column.size,
    strides: operands.map((_, i) => [
      row.varies[i] ? (column.varies[i] ? column.size : 1) : 0,
      column.varies[i] ? 1 : 0,
    ]),
  };
}

/** Weights (O, n) of a convolution as (O / TILE, n, TILE), with zeros where O ends. @param {Float32Array} values @param {number} O */
function tiled(values, O) {
  const n = values.length / O,
    out = new Float32Array(Math.ceil(O / TILE) * TILE * n);
  for (let o = 0; o < O; o++) {
    const at = (o - (o % TILE)) * n + (o % TILE);
    for (let i = 0; i < n; i++) out[at + i * TILE] = values[o * n + i];
  }
  return out;
}

/** @param {ArrayLike<number>} values @param {number} count rounded up to whole tiles */
function padded(values, count) {
  const out = new Float32Array(Math.ceil(count / TILE) * TILE);
  out.set(values);
  return out;
}

/** (n, m) as (m, n). @param {Float32Array} values @param {number} n @param {number} m */
function transposed(values, n, m) {
  return Float32Array.from(values, (_, i) => values[(i % n) * m + Math.floor(i / n)]);
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
