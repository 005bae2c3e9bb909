// @ts-check
// Where the arrows of a slow motion run: from the pictures that a value is made of to its own, in the gaps between the
// pictures, however these have been laid out. Needs no page.

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Box */
/** A picture, and the whole figure that it belongs to, with its caption. @typedef {{ picture: Box, figure: Box }} Tile */
/** @typedef {[number, number][]} Path corner after corner */

const AWAY = 9; // px between a picture and an arrow that passes it
const ROOM = 16; // px that an arrow needs between what lies above and below it

/** @param {Box} box */
const middle = ({ left, right }) => (left + right) / 2;

/** The heights from `top` to `bottom` that none of these boxes takes. @param {number} top @param {number} bottom
 * @param {Box[]} boxes */
function free(top, bottom, boxes) {
  /** @type {[number, number][]} */
  let left = [[top, bottom]];
  for (const box of boxes)
    left = left.flatMap(([from, to]) => {
      /** @type {[number, number][]} */
      const parts = [
        [from, Math.min(to, box.top)],
        [Math.max(from, box.bottom), to],
      ];
      return box.bottom <= from || box.top >= to ? [[from, to]] : parts.filter(([a, b]) => b > a);
    });
  return left;
}

/** The corners of the arrow from one tile to another, among all of them.
 * @param {Tile} from @param {Tile} to @param {Tile[]} all @returns {Path} */
export function route(from, to, all) {
  const a = from.picture,
    b = to.picture;
  if (b.left >= a.right) return beside(from, to, all);
  // A row further down: out by the gap on that side where the other lies, down past the caption, along between the rows.
  const toLeft = middle(b) < middle(a) - 1 || !all.some(({ picture }) => picture.left >= a.right);
  const gap = toLeft ? a.left - AWAY : a.right + AWAY,
    row = all.filter(({ picture }) => picture.top < a.bottom && picture.bottom > a.top),
    lane = (Math.max(...row.map(({ figure }) => figure.bottom)) + b.top) / 2,
    height = (a.top + a.bottom) / 2;
  return [
    [toLeft ? a.left : a.right, height],
    [gap, height],
    [gap, lane],
    [middle(b), lane],
    [middle(b), b.top],
  ];
}

/** To the right: straight, or over what lies between. @param {Tile} from @param {Tile} to @param {Tile[]} all
 * @returns {Path} */
function beside(from, to, all) {
  const a = from.picture,
    b = to.picture,
    inRow = (/** @type {Box} */ { top, bottom }) =>
      top < Math.max(a.bottom, b.bottom) && bottom > Math.min(a.top, b.top),
    between = all.filter(({ picture: p }) => p.left >= a.right && p.right <= b.left && inRow(p));
  const heights = free(
    Math.max(a.top, b.top),
    Math.min(a.bottom, b.bottom),
    between.map(({ figure }) => figure),
  ).filter(([top, bottom]) => bottom - top >= ROOM);
  if (heights.length) {
    const [top, bottom] = heights[0];
    return [
      [a.right, (top + bottom) / 2],
      [b.left, (top + bottom) / 2],
    ];
  }
  const lane = Math.min(a.top, ...between.map(({ figure }) => figure.top)) - AWAY;
  const start = /** @type {Path} */ ([
    [middle(a), a.top],
    [middle(a), lane],
  ]);
  if (lane > b.top && lane < b.bottom) return [...start, [b.left, lane]];
  return [...start, [middle(b), lane], [middle(b), b.top]];
}

/** As an SVG path: the line, and its head. @param {Path} path */
export function drawn(path) {
  const [x, y] = path[path.length - 1],
    [fromX, fromY] = path[path.length - 2];
  const along = [Math.sign(x - fromX), Math.sign(y - fromY)],
    size = 6;
  const wing = (/** @type {number} */ side) =>
    `${x - size * along[0] + side * size * along[1]} ${y - size * along[1] + side * size * along[0]}`;
  return {
    line: `M${path.map(([px, py]) => `${px} ${py}`).join("L")}`,
    head: `M${wing(1)}L${x} ${y}L${wing(-1)}`,
  };
}
