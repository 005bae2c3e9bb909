// @ts-check
// Seeded noise: what PyTorch draws on a CPU with AVX2, torch.randn of a torch.Generator, to the bit. So a seed is the
// same noise in the page and on the server.
//
// Matsumoto & Nishimura's MT19937 gives 24 bits a number. Box & Muller's formula makes two of these two of N(0, 1):
//     √(−2 log u₁) cos(2π u₂),  √(−2 log u₁) sin(2π u₂)
// The logarithm, sine and cosine are Cephes' in float32. Where PyTorch's compiler multiplies and adds in one rounding,
// so does fma: the product of two float32 is exact in float64.

const f = Math.fround;
/** @param {number} a @param {number} b @param {number} c */
const fma = (a, b, c) => f(a * b + c);
/** A polynomial, highest power first. @param {number[]} coefficients @param {number} x */
const polynomial = ([first, ...rest], x) => rest.reduce((y, c) => fma(y, x, c), first);

const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(f);
const LOG_2 = [0.693359375, -2.1219444e-4].map(f); // their sum, so that the first times an exponent is exact
const SIN = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(f);
const COS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(f);
const QUARTER = [-0.78515625, -2.4187564849853516e-4, -3.774894977445941e-8].map(f); // −π/4, in three parts

const number = new Float32Array(1),
  bits = new Int32Array(number.buffer);

/** @param {number} x float32 above 0 */
function log(x) {
  number[0] = x;
  let exponent = (bits[0] >>> 23) - 126;
  bits[0] = (bits[0] & 0x807fffff) | 0x3f000000; // the mantissa, in [0.5, 1)
  let m = number[0];
  if (m < f(Math.SQRT1_2)) {
    exponent -= 1;
    m = f(f(m - 1) + m);
  } else m = f(m - 1);
  const z = f(m * m);
  let y = fma(f(polynomial(LOG, m) * m), z, f(exponent * LOG_2[1]));
  y = fma(-z, 0.5, y);
  return fma(exponent, LOG_2[0], f(m + y));
}

/** [sin x, cos x]. @param {number} x float32 of at least 0 */
function sinCos(x) {
  const octant = (Math.trunc(f(x * f(4 / Math.PI))) + 1) & ~1,
    r = QUARTER.reduce((rest, part) => fma(octant, part, rest), x),
    z = f(r * r),
    cos = f(fma(f(polynomial(COS, z) * z), z, -0.5 * z) + 1),
    sin = fma(f(polynomial(SIN, z) * z), r, r),
    [s, c] = octant & 2 ? [cos, sin] : [sin, cos];
  return [octant & 4 ? -s : s, (octant - 2) & 4 ? c : -c];
}

/** torch.Generator().manual_seed(seed). */
export class Generator {
  /** @param {number} seed a whole number from 0 to 2⁵³; its lower 32 bits count */
  constructor(seed) {
    this.state = new Uint32Array(624);
    this.state[0] = Number(BigInt(seed) & 0xffffffffn);
    for (let i = 1; i < 624; i++) {
      const last = this.state[i - 1];
      this.state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
    }
    this.next = 624;
  }

  /** 32 random bits. */
  random() {
    const s = this.state;
    if (this.next === 624) {
      for (let k = 0; k < 624; k++) {
        const y = (s[k] & 0x80000000) | (s[(k + 1) % 624] & 0x7fffffff);
        s[k] = s[(k + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      this.next = 0;
    }
    let y = s[this.next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** In [0, 1). */
  uniform() {
    return (this.random() & 0xffffff) * 2 ** -24;
  }
}

/** torch.randn(n, generator=generator). Throws an Error for fewer than 16 numbers, which PyTorch draws in another way.
 * @param {number} n @param {Generator} generator */
export function randn(n, generator) {
  if (n < 16) throw new Error(`noise has at least 16 numbers; got ${n}`);
  const x = Float32Array.from({ length: n }, () => generator.uniform());
  for (let i = 0; i + 16 <= n; i += 16) normal(x.subarray(i, i + 16));
  if (n % 16) {
    const end = x.subarray(n - 16); // the last 16 are drawn anew
    for (let i = 0; i < 16; i++) end[i] = generator.uniform();
    normal(end);
  }
  return x;
}

/** 16 numbers of [0, 1) become 16 of N(0, 1). @param {Float32Array} x */
function normal(x) {
  for (let i = 0; i < 8; i++) {
    const radius = f(Math.sqrt(f(-2 * log(f(1 - x[i]))))),
      [sin, cos] = sinCos(f(f(2 * Math.PI) * x[i + 8]));
    x[i] = f(radius * cos);
    x[i + 8] = f(radius * sin);
  }
}

/** Draws eps ~ N(0, I), (B, n), with a generator for each sprite, seeded with its seed.
 * @param {number[]} seeds @param {number} n
 * @returns {() => Float32Array} */
export function seededNoise(seeds, n) {
  const generators = seeds.map((seed) => new Generator(seed));
  return () => {
    const all = new Float32Array(seeds.length * n);
    for (const [i, generator] of generators.entries()) all.set(randn(n, generator), i * n);
    return all;
  };
}
