// @ts-check
// The settings of a lesson in a permanent link, read: what a text may be, and what of a link cannot be used.

/** @param {string[]} list */
export const among = (list) => (/** @type {string} */ text) => (list.includes(text) ? text : undefined);

/** @param {number} high */
export const whole = (high) => (/** @type {string} */ text) =>
  /^\d{1,10}$/.test(text) && +text <= high ? +text : undefined;

/** A number of so many decimals at most. @param {number} low @param {number} high @param {number} decimals */
export const decimal = (low, high, decimals) => {
  const form = new RegExp(`^${low < 0 ? "-?" : ""}\\d+(\\.\\d{1,${decimals}})?$`);
  return (/** @type {string} */ text) => (form.test(text) && +text >= low && +text <= high ? +text : undefined);
};

/** Reads the settings of a link one by one. @param {Record<string, string>} link */
export function reader(link) {
  /** @type {string[]} */
  const refused = [];
  return {
    /** The names of the settings that are not allowed. */
    refused,
    /**
     * If the link has that setting, what parse() makes of it is handed on to set(); undefined is refused.
     * @template Value
     * @param {string} name
     * @param {(text: string) => Value | undefined} parse
     * @param {(value: Value) => void} set
     */
    take(name, parse, set) {
      if (!(name in link)) return;
      const value = parse(link[name]);
      if (value === undefined) refused.push(name);
      else set(value);
    },
  };
}

/**
 * What settings are called, and what each must be, for refuse() of link.js: the two parts of the words refused-NAME.
 * @param {import("./words.js").Words} words
 * @param {string[]} names
 * @param {import("./words.js").Values} values
 */
export const refusals = (words, names, values) =>
  Object.fromEntries(names.map((name) => words.nodes(`refused-${name}`, values).map((part) => part.textContent ?? "")));
