// @ts-check
// Rows of weights, one a class, in hundredths: how they are rounded, completed and scaled, and how they are written. In
// requests and links they go by the names of the classes.

/** @typedef {number[]} Row */
/** @typedef {Record<string, number>} Weights by name; a class that is not named has none */

export const LOW = -1;
export const HIGH = 2;

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/** @param {Row} row */
export const sum = (row) => row.reduce((total, weight) => total + weight, 0);

/** The sum as people read it, in hundredths. @param {Row} row */
export const total = (row) => +sum(row).toFixed(2);

/** The row of one class alone; of none for -1. @param {number} i @param {number} classes how many there are */
export const only = (i, classes) => Array.from({ length: classes }, (_, k) => +(k === i));

/** @param {Weights} weights @param {string[]} classes @returns {Row} */
export const rowOf = (weights, classes) => classes.map((name) => weights[name] ?? 0);

/** @param {Row} row @param {string[]} classes @returns {Weights} */
export const named = (row, classes) =>
  Object.fromEntries(classes.flatMap((name, i) => (row[i] ? [[name, row[i]]] : [])));

/**
 * Rounded to hundredths, with the same sum, which is one of hundredths: the largest remainders are rounded up.
 * @param {Row} row
 */
export function hundredths(row) {
  const cents = row.map((weight) => Math.floor(100 * weight + 1e-9));
  const left = Math.round(100 * sum(row)) - sum(cents);
  const remainders = row.map((weight, i) => ({ i, remainder: 100 * weight - cents[i] }));
  remainders.sort((one, other) => other.remainder - one.remainder);
  for (const { i } of remainders.slice(0, left)) cents[i]++;
  return cents.map((cent) => cent / 100);
}

/**
 * The other weights, changed so that the sum is `whole`: in proportion where that can be, else all by the same amount.
 * @param {Row} row
 * @param {number} held the weight that stays
 * @param {number} whole
 */
export function complete(row, held, whole) {
  const full = [...row];
  const others = [...row.keys()].filter((i) => i !== held);
  const before = sum(others.map((i) => row[i]));
  const factor = (whole - row[held]) / before;
  const inRange = (/** @type {number} */ weight) => weight >= LOW && weight <= HIGH;
  if (before > 0 && others.every((i) => row[i] >= 0 && inRange(row[i] * factor))) {
    for (const i of others) full[i] *= factor;
    return hundredths(full);
  }
  let free = others;
  while (free.length && Math.abs(whole - sum(full)) > 1e-9) {
    const each = (whole - sum(full)) / free.length;
    for (const i of free) full[i] = clamp(full[i] + each, LOW, HIGH);
    free = free.filter((i) => full[i] > LOW && full[i] < HIGH);
  }
  return hundredths(full);
}

/**
 * All weights in proportion, up to where one of them would leave its range. @param {Row} row of a sum above 0
 * @param {number} whole its new sum
 */
export function scaled(row, whole) {
  const furthest = row.filter(Boolean).map((weight) => (weight > 0 ? HIGH : LOW) / weight);
  const factor = Math.min(whole / sum(row), ...furthest);
  return hundredths(row.map((weight) => weight * factor));
}

/**
 * The row of the place (n of them) number i on the straight line from one to another. @param {Row} a @param {Row} b
 * @param {number} i @param {number} n
 */
export const along = (a, b, i, n) => a.map((weight, k) => weight + ((b[k] - weight) * i) / (n - 1));

/** [1, 0, -0.5] -> "1 hero − 0.5 food"; nothing for no class. @param {Row} row @param {string[]} classes */
export function sumText(row, classes) {
  let text = "";
  for (const [i, weight] of hundredths(row).entries()) {
    if (!weight) continue;
    const plus = text ? " + " : "";
    const minus = text ? " − " : "−";
    text += `${weight < 0 ? minus : plus}${Math.abs(weight)} ${classes[i]}`;
  }
  return text;
}
