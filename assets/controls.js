// @ts-check
// Gradio's own controls of a lesson, set by the lesson's script. Gradio hands an event's data to Python only: so the script
// leaves here what it wants, and the event's own script (tabs/links.py) takes it.

/** @type {Record<string, string>} */
let wanted = {};

/** Set controls and start the lesson's run.
 * @param {(event: string, data: object) => void} trigger the lesson's
 * @param {Record<string, string>} settings by their names in a link */
export function set(trigger, settings) {
  wanted = settings;
  trigger("settings", {});
}

/** The text as a value of the kind that the control holds; one that is empty is for a number.
 * @param {string} text @param {any} value */
function like(text, value) {
  if (typeof value === "string") return text;
  return typeof value === "boolean" ? text === "true" : Number(text);
}

/** What the controls are to hold. @param {string[]} names @param {any[]} values what they hold now */
export const chosen = (names, values) =>
  values.map((value, i) => (names[i] in wanted ? like(wanted[names[i]], value) : value));
