// @ts-check
// A weight pad: a regular polygon with a class at each of N corners; the place of a point inside it is a row of N weights.
// Coordinates: the corners lie on the unit circle, the first at the top, then clockwise; x to the right, y down. Two
// corners are the ends of a line, a single one is the middle.
import { colour, sharp } from "../../assets/plot.js";
import { ARROWS } from "../../assets/point.js";

/** @typedef {[number, number]} Point */

/** @param {number} N of classes */
export const polygonPad = (N) => {
  const REACH = 1.5; // how far out of the centre the canvas shows the plane
  const ATTRACTS = 12,
    MARGIN = 20; // px: how near a corner takes hold of the point, how far out the pad can be touched
  /** @type {Point[]} */
  const round = Array.from({ length: N }, (_, i) => [
    Math.sin((2 * Math.PI * i) / N),
    -Math.cos((2 * Math.PI * i) / N),
  ]);
  /** @type {Point[]} */
  const corners =
    N > 2
      ? round
      : N === 2
        ? [
            [-1, 0],
            [1, 0],
          ]
        : [[0, 0]];

  /** @type {Point} */
  const middle = [0, 0];

  /** Twice the areas of the triangles p, corner i, corner i + 1: negative where p lies outside that edge. @param {Point} p */
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
    const sum = products.reduce((x, y) => x + y);
    return products.map((product) => product / sum);
  }

  /** The point of a row of weights, sum(w_i corner_i) / sum(w_i); null where the sum is 0. @param {number[]} w @returns {Point | null} */
  function point(w) {
    const sum = w.reduce((a, b) => a + b);
    if (Math.abs(sum) < 1e-9) return null;
    const along = (/** @type {0 | 1} */ k) => w.reduce((total, weight, i) => total + weight * corners[i][k], 0) / sum;
    return [along(0), along(1)];
  }

  /** The nearest point of the polygon. @param {Point} p @returns {Point} */
  function inside(p) {
    if (N > 2 && areas(p).every((area) => area >= 0)) return p;
    let best = corners[0];
    let nearest = Infinity;
    corners.forEach(([ax, ay], i) => {
      const [bx, by] = corners[(i + 1) % N],
        dx = bx - ax,
        dy = by - ay;
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

  /**
   * Let a canvas be moved by mouse, touch and keys: report(p) for every new place. Arrows step (with Shift a little),
   * Home goes to the middle, 1 ... 9 to a corner. `place()` is where the point is now, or null.
   * @param {HTMLCanvasElement} canvas
   * @param {() => Point | null} place
   * @param {(p: Point) => void} report
   */
  function moves(canvas, place, report) {
    const under = (/** @type {MouseEvent | Touch} */ { clientX, clientY }) => {
      // the nearest place on the pad, and whether it is near enough to be meant
      const box = canvas.getBoundingClientRect(),
        unit = box.width / 2 / REACH;
      /** @type {Point} */
      const p = [(clientX - box.left - box.width / 2) / unit, (clientY - box.top - box.height / 2) / unit];
      const nearest = inside(p);
      /** @param {Point} place @param {Point} q */
      const px = ([x, y], q) => unit * Math.hypot(x - q[0], y - q[1]);
      return {
        p: corners.find((corner) => px(corner, nearest) <= ATTRACTS) ?? nearest,
        meant: px(p, nearest) <= MARGIN,
      };
    };
    let held = false;
    // A finger on the pad moves the point; anywhere else on the canvas it scrolls the page.
    canvas.addEventListener(
      "touchstart",
      (event) => event.touches.length === 1 && under(event.touches[0]).meant && event.preventDefault(),
      { passive: false },
    );
    canvas.addEventListener("pointerdown", (event) => {
      const { p, meant } = under(event);
      if (event.button || !event.isPrimary || !meant) return;
      held = true;
      canvas.setPointerCapture(event.pointerId);
      canvas.focus({ preventScroll: true }); // which a touch would not do by itself
      report(p);
    });
    canvas.addEventListener("pointermove", (event) => {
      const { p, meant } = under(event);
      canvas.style.cursor = held || meant ? "crosshair" : "";
      if (held && event.isPrimary) report(p);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
      canvas.addEventListener(end, () => {
        held = false;
      });
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = ARROWS[event.key];
      const [x, y] = inside(place() ?? [0, 0]),
        far = event.shiftKey ? 0.01 : 0.05,
        corner = corners[+event.key - 1];
      const goal = step ? inside([x + far * step[0], y + far * step[1]]) : event.key === "Home" ? middle : corner;
      if (!goal) return;
      event.preventDefault();
      report(goal);
    });
  }

  /**
   * Draw the polygon, a ray to each corner as thick as its weight (dashed: it pushes away), other marks [[text, p]], the
   * point. A point beyond the canvas is drawn at its rim; one that does not exist, not at all.
   * @param {HTMLCanvasElement} canvas
   * @param {number[]} w
   * @param {Point | null} p
   * @param {[string, Point | null][]} marks
   */
  function draw(canvas, w, p, marks = []) {
    const { context: c, width, rem } = sharp(canvas),
      unit = width / 2 / REACH;
    /** @param {Point} p @returns {Point} */
    const at = ([x, y]) => [width / 2 + unit * x, width / 2 + unit * y];
    const polygon = (/** @type {number} */ scale) => {
      c.beginPath();
      corners.forEach(([x, y], i) => c[i ? "lineTo" : "moveTo"](...at([scale * x, scale * y])));
      c.closePath();
    };
    const [line, fill, ink, mixture, noise, ground] = [
      "--border-color-primary",
      "--background-fill-secondary",
      "--body-text-color",
      "--mixture",
      "--noise",
      "--background-fill-primary",
    ].map((name) => colour(canvas, name));
    polygon(1);
    c.fillStyle = fill;
    c.fill();
    c.strokeStyle = line;
    c.lineWidth = 1;
    for (const scale of [1 / 3, 2 / 3]) {
      polygon(scale);
      c.stroke();
    }
    for (const corner of corners) {
      c.beginPath();
      c.moveTo(...at([0, 0]));
      c.lineTo(...at(corner));
      c.stroke();
    }
    polygon(1);
    c.strokeStyle = ink;
    c.lineWidth = 1.5;
    c.stroke();
    const rim = p ? Math.max(1, Math.hypot(...p) / (REACH - 0.15)) : 1;
    /** @type {Point} */
    const shown = p ? [p[0] / rim, p[1] / rim] : middle;
    if (p)
      corners.forEach((corner, i) => {
        if (Math.abs(w[i]) < 0.005) return;
        c.strokeStyle = w[i] > 0 ? mixture : noise;
        c.lineWidth = 1 + 7 * Math.min(1, Math.abs(w[i]));
        c.globalAlpha = 0.55;
        c.setLineDash(w[i] > 0 ? [] : [6, 6]);
        c.beginPath();
        c.moveTo(...at(shown));
        c.lineTo(...at(corner));
        c.stroke();
        c.setLineDash([]);
        c.globalAlpha = 1;
      });
    /** @type {[string, Point][]} */
    const places = marks.flatMap(([text, q]) => (q ? [[text, at(inside(q))]] : []));
    c.strokeStyle = ink;
    c.lineWidth = 1.5;
    c.setLineDash([3, 4]);
    c.beginPath();
    places.forEach(([, q], i) => c[i ? "lineTo" : "moveTo"](...q));
    c.stroke();
    c.setLineDash([]);
    c.font = `600 ${0.8125 * rem}px system-ui, sans-serif`;
    c.textAlign = "center";
    c.textBaseline = "middle";
    for (const [text, [x, y]] of places) {
      c.fillStyle = ground;
      c.beginPath();
      c.arc(x, y, 0.625 * rem, 0, 2 * Math.PI);
      c.fill();
      c.stroke();
      c.fillStyle = ink;
      c.fillText(text, x, y + 1);
    }
    if (!p) return;
    c.beginPath();
    c.arc(...at(shown), 11, 0, 2 * Math.PI);
    c.fillStyle = rim > 1 ? ground : mixture;
    c.fill();
    c.lineWidth = 3;
    c.strokeStyle = rim > 1 ? mixture : ground;
    c.stroke();
  }

  return { corners, weights, point, inside, moves, draw, REACH };
};
