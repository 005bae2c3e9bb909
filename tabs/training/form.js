// @ts-check
// What a training is set to: the controls follow the settings, and the settings the controls.
import { fromFile, ownCount } from "./own.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./settings.js").Settings} Settings */

const COUNTS = [1, 10, 100, 300, 1000, 5000, 25000];
const SECONDS = [5, 10, 15, 30, 60];
const RATES = [0.0005, 0.002, 0.01, 0.1];
const BATCHES = [8, 64, 256];
const DECAYS = [0, 0.9, 0.99, 0.998];

/** @param {Lesson} lesson @param {() => void} train */
export function form({ $, data, store, words }, train) {
  /** @param {string} source */
  const named = (source) =>
    source === data.own || source === data.all ? words.say(`source-${source === data.own ? "own" : "all"}`) : source;
  /** Of how many steps an average is. @param {number} decay */
  const average = (decay) =>
    decay ? words.say("average", { steps: Math.round(1 / (1 - decay)) }) : words.say("average-none");
  const plain = (/** @type {number} */ value) => value.toLocaleString("en");

  /** @type {[keyof Settings, (number | string)[], (value: any) => string][]} */
  const choices = [
    ["source", data.sources, named],
    ["count", COUNTS, plain],
    ["seconds", SECONDS, String],
    ["learning_rate", RATES, String],
    ["batch_size", BATCHES, String],
    ["ema_decay", DECAYS, average],
  ];
  for (const [name, values, title] of choices)
    $(`.f-${name}`).replaceChildren(...values.map((value) => new Option(title(value), String(value))));

  /** @type {(keyof Settings)[]} */
  const names = [...choices.map(([name]) => name), "prediction_type", "mistake"];
  for (const name of names)
    $(`.f-${name}`).addEventListener("change", () => {
      const text = $(`.f-${name}`).value;
      const value = typeof data.usual[name] === "number" ? Number(text) : text;
      store.update({ settings: { ...store.state.settings, [name]: value } });
    });

  function show() {
    const { settings, running } = store.state;
    for (const name of names) {
      const select = $(`.f-${name}`);
      const value = String(settings[name]);
      const known = [...select.options].some((option) => option.value === value);
      if (!known) select.add(new Option(value)); // a link's own
      select.value = value;
    }
    const own = settings.source === data.own;
    $(".f-count").querySelector("[value=own]")?.remove();
    if (own) {
      const values = { count: ownCount(data.most.own), file: fromFile(), painted: !fromFile() };
      $(".f-count").add(new Option(words.say("own-count", values), "own"), 0);
      $(".f-count").value = "own";
    }
    for (const name of names) $(`.f-${name}`).disabled = running || (own && name === "count");
    $(".go").disabled = running;
    $(".halt").disabled = !running;
  }
  store.listen((changed) => {
    if (changed.has("settings") || changed.has("running")) show();
  });
  show();
  $(".form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const { submitter } = /** @type {SubmitEvent} */ (event);
    if (!submitter || submitter === $(".go")) train(); // Gradio's button for a file stands in the form, too
  });
}
