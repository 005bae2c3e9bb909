// @ts-check
// Between two noises, along the sphere or straight; between two mixes: core/interpolate.py, and torch.lerp. Knows no page.

/** @typedef {Record<string, number>} Weights class name -> weight */

/** (1 − s) a + s b, as torch.lerp rounds it. @param {Float32Array} a @param {Float32Array} b @param {number[]} shares s
 * @returns {Float32Array[]} */
export const lerp = (a, b, shares) =>
  shares.map((s) => a.map((x, i) => (s < 0.5 ? x + s * (b[i] - x) : b[i] - (b[i] - x) * (1 - s))));

/** Spherical interpolation (Shoemake 1985) from a (share 0) to b (share 1); of ends in almost one direction the straight
 * line. Throws an Error for two lengths, for opposite ends and for a zero.
 *     slerp(a, b, s) = (sin((1 − s) θ) a + sin(s θ) b) / sin θ,   cos θ = a·b / (|a| |b|)
 * @param {Float32Array} a @param {Float32Array} b @param {number[]} shares @returns {Float32Array[]} */
export function slerp(a, b, shares) {
  if (a.length !== b.length) throw new Error(`a and b must have one shape; got ${a.length} and ${b.length}`);
  const [u, v] = [a, b].map((x) => Math.hypot(...x));
  if (u * v === 0) throw new Error("there is no arc from or to zero");
  // the angle by atan2, which stays exact where the arccosine of a number near 1 does not
  const [difference, sum] = [-1, 1].map((sign) =>
      Math.hypot(...Float64Array.from(a, (x, i) => x / u + (sign * b[i]) / v)),
    ),
    theta = 2 * Math.atan2(difference, sum);
  if (Math.PI - theta < 1e-6) throw new Error("there is no shortest arc between opposite ends");
  return shares.map((s) => {
    const [fromA, fromB] =
      theta < 1e-6 ? [1 - s, s] : [(1 - s) * theta, s * theta].map((angle) => Math.sin(angle) / Math.sin(theta));
    return a.map((x, i) => fromA * x + fromB * b[i]);
  });
}

/** Mixes on the straight line (1 − s) a + s b, s = 0 … 1, ends included; those between to five decimals.
 * @param {Weights} a @param {Weights} b @param {number} places @returns {Weights[]} */
export function between(a, b, places) {
  const names = Object.keys({ ...a, ...b }),
    mixes = Array.from({ length: places }, (_, i) => {
      if (i === 0) return a;
      if (i === places - 1) return b;
      const s = i / (places - 1);
      return Object.fromEntries(
        names.map((name) => [name, +((1 - s) * (a[name] ?? 0) + s * (b[name] ?? 0)).toFixed(5)]),
      );
    });
  return mixes.map((mix) => Object.fromEntries(Object.entries(mix).filter(([, weight]) => weight)));
}
