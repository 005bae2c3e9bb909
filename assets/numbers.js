// @ts-check
// Numbers as a learner reads them, and sums that come out as they are shown.

/** @type {Record<string, string>} */
const SUPERSCRIPTS = { "−": "⁻", ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((c, i) => [i, c])) };

/** A number as a learner reads it: three significant digits, powers of ten where they are far from 1.
 * @param {number} x */
export function number(x) {
  if (Number.isNaN(x)) return "not a number";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  const size = Math.abs(+x.toPrecision(3)); // 999.6 is shown as 1000 is
  const text = size === 0 ? "0" : size >= 1000 || size < 0.001 ? x.toExponential(1) : x.toPrecision(3);
  const [digits, exponent] = text
    .replace("+", "")
    .split("e")
    .map((part) => part.replace("-", "−"));
  return exponent === undefined ? digits : `${digits} × 10${[...exponent].map((c) => SUPERSCRIPTS[c]).join("")}`;
}

// Readers check sums. So terms are rounded first, as they are shown, and what they come to is made of the rounded ones.

/** The number that number(x) writes. @param {number} x */
export const shown = (x) => {
  const three = +x.toPrecision(3),
    size = Math.abs(three);
  return size === 0 || (size >= 0.001 && size < 1000) ? three : +x.toExponential(1);
};

/** With so many decimals, and no −0.00. @param {number} x */
export const fixed = (x, digits = 2) =>
  (Math.round(x * 10 ** digits) / 10 ** digits || 0).toFixed(digits).replace("-", "−");

/** Terms and what they come to: { terms: ["−0.70", "− 0.11"], total: "−0.81" }. @param {number[]} values */
export function addition(values, digits = 2) {
  const texts = values.map((v) => fixed(v, digits)),
    total = texts.reduce((sum, text) => sum + +text.replace("−", "-"), 0);
  const terms = texts.map((text, i) => (i === 0 ? text : text.startsWith("−") ? `− ${text.slice(1)}` : `+ ${text}`));
  return { terms, total: fixed(total, digits) };
}

/**
 * Products [factor, value] and what they come to: factors as number() writes them, values and the total with decimals.
 * @param {[number, number][]} pairs
 */
export function products(pairs, digits = 2, decimals = 3) {
  const value = (/** @type {number} */ v) => fixed(v, decimals),
    total = pairs.reduce((sum, [f, v]) => sum + shown(f) * +value(v).replace("−", "-"), 0);
  return {
    terms: pairs.map(([f, v]) => `${number(f)} · ${value(v).startsWith("−") ? `(${value(v)})` : value(v)}`),
    total: fixed(total, digits),
  };
}
