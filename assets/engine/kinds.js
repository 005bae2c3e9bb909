// @ts-check
// The kinds of operation that a plan may have (see core/runtime/plan.py), by name.
import { TILE } from "./plain.js";

/** @typedef {import("./plain.js").Kernel} Kernel */
/** @typedef {import("./executor.js").Layout} Layout */
/** @typedef {{ name: string, kind: string, of: (string | number)[], shape: number[], [setting: string]: any }} Operation */
/** @typedef {(kernel: Kernel, numbers: Float32Array) => void} Step */

/** How many numbers there are. @param {number[]} shape */
export const size = (shape) => shape.reduce((a, b) => a * b, 1);

/** By kind, what prepares an operation: it makes room for y, what comes out, and returns the step that computes it.
 * @type {Record<string, (operation: Operation, layout: Layout, y: number) => Step>} */
export const KINDS = {
  convolution({ of: [input, weight, bias], stride, padding }, layout, y) {
    const x = layout.operand(input),
      [C, H, W] = x.shape,
      { values, shape } = layout.weight(weight),
      [O, , width] = shape,
      b = layout.store(padded(bias ? layout.weight(bias).values : [], O)),
      around = C * (H + 2 * padding) * (W + 2 * padding) + 16;
    if (width === 3 && stride === 1 && padding === 1 && W % 8 === 0 && H % 4 === 0) {
      const w = layout.store(tiled(transformed(values, C), O)),
        scratch = layout.room(16 * C * 8 + around);
      return (k) => k.winograd(x.at, w, b, y, scratch, C, H, W, O);
    }
    const w = layout.store(tiled(values, O)),
      scratch = layout.room(width * width * C * 8 + around);
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

/** Three numbers, `step` apart, become four, `next` apart: G of Winograd's convolutions.
 * @param {Float32Array | Float64Array} x @param {number} i where they begin @param {number} step
 * @param {Float32Array | Float64Array} y @param {number} j @param {number} next */
function spread(x, i, step, y, j, next) {
  const [a, b, c] = [x[i], x[i + step], x[i + 2 * step]];
  y[j] = a;
  y[j + next] = (a + b + c) / 2;
  y[j + 2 * next] = (a - b + c) / 2;
  y[j + 3 * next] = c;
}

/** Weights g (O, C, 3, 3) as Winograd's G g Gᵀ, (O, 16, C). @param {Float32Array} values @param {number} C */
function transformed(values, C) {
  const out = new Float32Array((values.length / 9) * 16),
    rows = new Float64Array(12);
  for (let i = 0; i < values.length / 9; i++) {
    for (let row = 0; row < 3; row++) spread(values, 9 * i + 3 * row, 1, rows, 4 * row, 1);
    for (let k = 0; k < 4; k++) spread(rows, k, 4, out, (Math.floor(i / C) * 16 + k) * C + (i % C), 4 * C);
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
