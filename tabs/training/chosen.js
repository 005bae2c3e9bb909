// @ts-check
// Choices of single stations that are settings of no training on show: what a link says of them, and what it will say.

/** By their names in a link. */
const SELECTS = {
  step_batch: ".s-batch",
  step_answer: ".s-type",
  new_pictures: ".u-own",
  learns: ".u-learns",
  replay: ".u-replay",
  tune_seconds: ".u-seconds",
};

/**
 * @param {(selector: string) => any} $ @param {Record<string, string>} asked what the link has
 * @param {() => void} changed to be called when a hand has chosen
 */
export function choices($, asked, changed) {
  /** @type {Record<string, string>} */
  const usual = {};
  /** What of the link cannot be used, and what is allowed. @type {Record<string, string>} */
  const refused = {};
  for (const [name, selector] of Object.entries(SELECTS)) {
    /** @type {HTMLSelectElement} */
    const select = $(selector);
    usual[name] = select.value;
    const allowed = [...select.options].map(({ value }) => value);
    if (allowed.includes(asked[name])) select.value = asked[name];
    else if (asked[name] !== undefined) refused[name.replace("_", " ")] = `one of ${allowed.join(", ")}`;
    select.addEventListener("change", changed);
  }
  return {
    refused,
    /** What is not as usual, for a link. */
    written: () =>
      Object.fromEntries(
        Object.entries(SELECTS).flatMap(([name, selector]) =>
          $(selector).value === usual[name] ? [] : [[name, /** @type {string} */ ($(selector).value)]],
        ),
      ),
  };
}
