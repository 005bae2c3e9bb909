// @ts-check
// The kernel in plain JavaScript: what kernel.c computes, slowly, and easier to read. Every array is given by its place
// in the memory, in bytes; all numbers are float32, and sums are made in float64.

/** The functions of a kernel; what they compute is said at those of plain.
 * @typedef {{
 *   memory: ArrayBuffer,
 *   convolution: (x: number, w: number, b: number, y: number, scratch: number, C: number, H: number, W: number,
 *     O: number, size: number, stride: number, padding: number) => void,
 *   winograd: (x: number, w: number, b: number, y: number, scratch: number, C: number, H: number, W: number,
 *     O: number) => void,
 *   linear: (x: number, w: number, b: number, y: number, n: number, m: number) => void,
 *   norm: (x: number, w: number, b: number, y: number, groups: number, n: number, repeat: number,
 *     epsilon: number) => void,
 *   silu: (x: number, y: number, n: number) => void,
 *   attention: (q: number, k: number, v: number, y: number, scratch: number, heads: number, d: number,
 *     n: number) => void,
 *   upsample: (x: number, y: number, C: number, H: number, W: number, factor: number) => void,
 *   combine: (how: number, a: number, b: number, y: number, rows: number, columns: number, aRow: number,
 *     aColumn: number, bRow: number, bColumn: number) => void,
 * }} Kernel */

export const TILE = 4; // output channels that the kernel computes together; weights of convolutions lie in its order

/** @type {((a: number, b: number) => number)[]} the first argument of combine counts them */
const COMBINATIONS = [(a, b) => a + b, (a, b) => a - b, (a, b) => a * b, (a, b) => a / b];

/** m x mᵀ, x being square and given row by row. @param {number[][]} m @param {ArrayLike<number>} x */
const sandwich = (m, x) =>
  m.flatMap((left) =>
    m.map((right) => {
      let sum = 0;
      for (const [i, a] of left.entries()) for (const [j, b] of right.entries()) sum += a * b * x[i * right.length + j];
      return sum;
    }),
  );

/** Of Winograd's convolutions: what becomes of what is seen, and of the products; for the weights see kinds.js. */
const WINOGRAD = {
  B: [
    [1, 0, -1, 0],
    [0, 1, 1, 0],
    [0, -1, 1, 0],
    [0, 1, 0, -1],
  ],
  A: [
    [1, 1, 1, 0],
    [0, 1, -1, -1],
  ],
};

/** A kernel with a memory of so many bytes. @param {number} bytes @returns {Kernel} */
export function plain(bytes) {
  const memory = new ArrayBuffer(bytes),
    f = new Float32Array(memory);
  return {
    memory,

    /** y (O, h, w) of x (C, H, W), padded with zeros. w: (O / TILE, C, size, size, TILE). b: (O). */
    convolution(x, w, b, y, _scratch, C, H, W, O, size, stride, padding) {
      const height = Math.floor((H + 2 * padding - size) / stride) + 1,
        width = Math.floor((W + 2 * padding - size) / stride) + 1,
        terms = C * size * size;
      for (let o = 0; o < O; o++) {
        const weights = w / 4 + (o - (o % TILE)) * terms + (o % TILE);
        for (let i = 0; i < height; i++)
          for (let j = 0; j < width; j++) {
            let sum = f[b / 4 + o];
            for (let c = 0; c < C; c++)
              for (let di = 0; di < size; di++)
                for (let dj = 0; dj < size; dj++) {
                  const row = i * stride + di - padding,
                    column = j * stride + dj - padding;
                  if (row >= 0 && row < H && column >= 0 && column < W)
                    sum += f[x / 4 + (c * H + row) * W + column] * f[weights + ((c * size + di) * size + dj) * TILE];
                }
            f[y / 4 + (o * height + i) * width + j] = sum;
          }
      }
    },

    /** The convolution of size 3, stride 1 and padding 1, with 16 multiplications for every 2 × 2 pixels instead of 36
     * (Lavin & Gray 2016, F(2×2, 3×3)): Aᵀ (Σ (G g Gᵀ) ∘ (Bᵀ d B)) A. w: (O / TILE, 16, C, TILE), the G g Gᵀ. W is a
     * multiple of 8, H of 4. */
    winograd(x, w, b, y, _scratch, C, H, W, O) {
      /** @param {number} c @param {number} row @param {number} column */
      const pixel = (c, row, column) =>
        row >= 0 && row < H && column >= 0 && column < W ? f[x / 4 + (c * H + row) * W + column] : 0;
      for (let i = 0; i < H; i += 2)
        for (let j = 0; j < W; j += 2) {
          const seen = Array.from({ length: C }, (_, c) =>
            sandwich(
              WINOGRAD.B,
              Array.from({ length: 16 }, (_, k) => pixel(c, i - 1 + (k >> 2), j - 1 + (k & 3))),
            ),
          );
          for (let o = 0; o < O; o++) {
            const weights = w / 4 + (o - (o % TILE)) * 16 * C + (o % TILE),
              products = Array.from({ length: 16 }, (_, k) =>
                seen.reduce((sum, of, c) => sum + of[k] * f[weights + (k * C + c) * TILE], 0),
              );
            for (const [k, value] of sandwich(WINOGRAD.A, products).entries())
              f[y / 4 + (o * H + i + (k >> 1)) * W + j + (k & 1)] = value + f[b / 4 + o];
          }
        }
    },

    /** y (m) = w (m, n) x (n) + b (m). */
    linear(x, w, b, y, n, m) {
      for (let o = 0; o < m; o++) {
        let sum = f[b / 4 + o];
        for (let i = 0; i < n; i++) sum += f[w / 4 + o * n + i] * f[x / 4 + i];
        f[y / 4 + o] = sum;
      }
    },

    /** Each group of n numbers with mean 0 and variance 1, times w plus b, each of which holds for `repeat` numbers. */
    norm(x, w, b, y, groups, n, repeat, epsilon) {
      for (let g = 0; g < groups; g++) {
        const group = f.subarray(x / 4 + g * n, x / 4 + (g + 1) * n);
        let mean = 0,
          variance = 0;
        for (const value of group) mean += value / n;
        for (const value of group) variance += (value - mean) ** 2 / n;
        for (let i = 0; i < n; i++) {
          const at = Math.floor((g * n + i) / repeat);
          f[y / 4 + g * n + i] = ((group[i] - mean) / Math.sqrt(variance + epsilon)) * f[w / 4 + at] + f[b / 4 + at];
        }
      }
    },

    /** x / (1 + exp(-x)), n times. */
    silu(x, y, n) {
      for (let i = 0; i < n; i++) f[y / 4 + i] = f[x / 4 + i] / (1 + Math.exp(-f[x / 4 + i]));
    },

    /** softmax(q kᵀ / √d) v for each head; all four are (heads, d, n): each row a feature, each column a place. */
    attention(q, k, v, y, _scratch, heads, d, n) {
      for (let h = 0; h < heads; h++)
        for (let i = 0; i < n; i++) {
          /** @param {number} matrix @param {number} c @param {number} place */
          const at = (matrix, c, place) => f[matrix / 4 + (h * d + c) * n + place];
          const scores = Array.from({ length: n }, (_, j) => {
            let sum = 0;
            for (let c = 0; c < d; c++) sum += at(q, c, i) * at(k, c, j);
            return sum / Math.sqrt(d);
          });
          const top = Math.max(...scores),
            shares = scores.map((score) => Math.exp(score - top)),
            whole = shares.reduce((a, b) => a + b);
          for (let c = 0; c < d; c++)
            f[y / 4 + (h * d + c) * n + i] = shares.reduce((sum, share, j) => sum + share * at(v, c, j), 0) / whole;
        }
    },

    /** y (C, factor H, factor W): every pixel of x (C, H, W) as a square. */
    upsample(x, y, C, H, W, factor) {
      for (let row = 0; row < C * H * factor; row++)
        for (let column = 0; column < W * factor; column++)
          f[y / 4 + row * W * factor + column] = f[x / 4 + Math.floor(row / factor) * W + Math.floor(column / factor)];
    },

    /** y (rows, columns) of a and b, added, subtracted, multiplied or divided; a's number of a place is
     * aRow row + aColumn column, and b's likewise. */
    combine(how, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn) {
      const operation = COMBINATIONS[how];
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < columns; c++)
          f[y / 4 + r * columns + c] = operation(f[a / 4 + r * aRow + c * aColumn], f[b / 4 + r * bRow + c * bColumn]);
    },
  };
}
