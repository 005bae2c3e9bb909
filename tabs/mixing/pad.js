// @ts-check
// A weight pad: a regular polygon with a class at each of N corners; the place of a point inside it is a row of N
// weights. Coordinates: the corners lie on the unit circle, the first at the top, then clockwise; x to the right, y
// down. Two corners are the ends of a line, a single one is the middle. What the page makes of it: pad-canvas.js,
// pad-hand.js.
import { sum } from "./weights.js";

/** @typedef {[number, number]} Point */
/** @typedef {ReturnType<typeof polygonPad>} Pad */

/** @param {number} N of classes */
export const polygonPad = (N) => {
  /** @type {Point[]} */
  const round = Array.from({ length: N }, (_, i) => [
    Math.sin((2 * Math.PI * i) / N),
    -Math.cos((2 * Math.PI * i) / N),
  ]);
  /** @type {Point[][]} */
  const few = [
    [],
    [[0, 0]],
    [
      [-1, 0],
      [1, 0],
    ],
  ];
  const corners = few[N] ?? round;

  /**
   * Twice the areas of the triangles p, corner i, corner i + 1: negative where p lies outside that edge.
   * @param {Point} p
   */
  const areas = ([x, y]) =>
    corners.map(([ax, ay], i) => {
      const [bx, by] = corners[(i + 1) % N];
      return (ax - x) * (by - y) - (ay - y) * (bx - x);
    });

  /**
   * Wachspress coordinates (1975) of a point of the polygon, as products, which are exact on edges and at corners:
   * w_i ~ the areas of all triangles but the two that touch corner i. They are at least 0, have the sum 1, and
   * sum(w_i corner_i) = p. (In a regular polygon the factor of each corner's own triangle is the same and cancels.)
   * @param {Point} p
   */
  function weights(p) {
    if (N < 3) {
      const share = Math.max(0, Math.min(1, (1 + p[0]) / 2));
      return N === 2 ? [1 - share, share] : [1];
    }
    const a = areas(p).map((area) => Math.max(0, area));
    const products = corners.map((_, i) =>
      a.reduce((product, area, j) => (j === i || j === (i + N - 1) % N ? product : product * area), 1),
    );
    const whole = sum(products);
    return products.map((product) => product / whole);
  }

  /**
   * The point of a row of weights, sum(w_i corner_i) / sum(w_i); null where the sum is 0. @param {number[]} w
   * @returns {Point | null}
   */
  function point(w) {
    const whole = sum(w);
    if (Math.abs(whole) < 1e-9) return null;
    const along = (/** @type {0 | 1} */ k) => sum(w.map((weight, i) => weight * corners[i][k])) / whole;
    return [along(0), along(1)];
  }

  /** The nearest point of the polygon. @param {Point} p @returns {Point} */
  function inside(p) {
    if (N > 2 && areas(p).every((area) => area >= 0)) return p;
    let best = corners[0];
    let nearest = Infinity;
    corners.forEach(([ax, ay], i) => {
      const [bx, by] = corners[(i + 1) % N];
      const dx = bx - ax;
      const dy = by - ay;
      const share = Math.max(0, Math.min(1, ((p[0] - ax) * dx + (p[1] - ay) * dy) / (dx * dx + dy * dy || 1)));
      /** @type {Point} */
      const q = [ax + share * dx, ay + share * dy];
      const distance = Math.hypot(p[0] - q[0], p[1] - q[1]);
      if (distance < nearest) {
        nearest = distance;
        best = q;
      }
    });
    return best;
  }

  return { corners, weights, point, inside };
};
