// @ts-check
// A training step taken apart, and networks that learn on the server while one looks on. Puts the lesson together: what
// is set, what has come from the server, and the views that follow from it. Answers arrive in props.apart (a step) and
// props.training (a training); see lesson.py.
import { asker } from "../../assets/ask.js";
import { doing, visit } from "../../assets/doing.js";
import { tell } from "../../assets/dom.js";
import { link, linked, refuse } from "../../assets/link.js";
import { quiz } from "../../assets/quiz.js";
import { refusals } from "../../assets/settings.js";
import { createStore } from "../../assets/store.js";
import { words as wordsOf } from "../../assets/words.js";
import { choices } from "./chosen.js";
import { sideBySide } from "./compare.js";
import { form } from "./form.js";
import { opened } from "./opened.js";
import { choose } from "./own.js";
import { result } from "./result.js";
import { keptRun } from "./run.js";
import { MAX_SEED, read, readRun, written, writtenRun } from "./settings.js";
import { stepApart } from "./step.js";
import { teaching } from "./teach.js";
import { tuning } from "./tune.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {{ step: number, images: number, seconds: number, loss: number | null, samples: string }} Glimpse */
/** @typedef {{ samples: string, nearest: string, distance: number[], copies: number, known: number[],
 *   unseen: number[] | null, file: string }} Taught */
/** @typedef {{ settings: Settings, pictures: number, glimpses: Glimpse[], taught: Taught | null, recorded?: boolean }} Training
 *   pictures: how many it learns from; recorded: not here */
/** settings: of the next training; current: the one on show, running the one under way.
 * served: where the network comes from that the server keeps, which is the newest.
 * @typedef {{ settings: Settings, current: Training | null, running: boolean, kept: Training[],
 *   served: "taught" | "opened" | "tuned" | null }} State */
/** What the views share. @typedef {{ $: (selector: string) => any, element: HTMLElement,
 *   data: import("./settings.js").Data, store: import("../../assets/store.js").Store<State>,
 *   words: import("../../assets/words.js").Words }} Lesson */

/** What of the kept run stands in a link. @type {(keyof import("./run.js").State)[]} */
const LINKED = ["network", "moment", "told", "noise", "averaged", "measure"];

/** @param {{ element: HTMLElement, data: import("./settings.js").Data, props: any,
 *   trigger: (event: string, data: object) => void, watch: (prop: string, changed: () => void) => void }} parts */
export default function mount({ element, data, props, trigger, watch }) {
  const words = wordsOf(element);
  const asked = linked("training");
  const { run } = data;
  const { settings, refused } = read(asked, data);
  const ofRun = run ? readRun(asked, run) : { settings: {}, refused: [] };
  const allowed = {
    sources: data.sources.join(", "),
    seed: MAX_SEED,
    epochs: run?.epochs.join(", "),
    steps: run?.steps,
    classes: run?.classes.join(", "),
  };
  /** @param {string} selector @returns {any} */
  const $ = (selector) => element.querySelector(selector);
  if (data.tuning) $(".u-seconds").value = String(data.tuning.seconds);
  const chosen = choices($, asked, () => changed());
  refuse({ ...refusals(words, [...refused, ...ofRun.refused], { ...data.most, ...allowed }), ...chosen.refused });
  /** @type {State} */
  const initial = { settings: { ...data.usual, ...settings }, current: null, running: false, kept: [], served: null };
  const store = createStore(initial);
  /** @type {Lesson} */
  const lesson = { $, element, data, store, words };

  const steps = asker("training", "step", trigger, 60_000);
  const trainings = asker("training", "train", trigger, 600_000); // there may be a line
  watch("apart", () => steps.answer(props.apart));
  watch("training", () => trainings.answer(props.training));
  const grow = asker("training", "grow", trigger);
  const lend = asker("training", "lend", trigger);
  const sheet = asker("training", "sheet", trigger);
  watch("grown", () => grow.answer(props.grown));
  watch("lent", () => lend.answer(props.lent));
  watch("sprites", () => sheet.answer(props.sprites));
  for (const name of ["epochs", "levels"]) lesson.$(`[data-station=${name}]`).hidden = !run;
  const kept = run && keptRun(lesson, run, ofRun.settings, { grow: grow.ask, lend: lend.ask, sheet: sheet.ask });

  const changed = link("training", () => ({
    ...written(store.state.settings, data.usual),
    ...(run && kept ? writtenRun(kept.state, run) : {}),
    ...chosen.written(),
  }));
  kept?.listen((parts) => {
    if (LINKED.some((part) => parts.has(part))) changed();
  });
  /** @type {NodeListOf<HTMLElement>} */
  const ofServed = element.querySelectorAll("[data-served]");
  store.listen((parts) => {
    if (parts.has("settings")) changed();
    if (parts.has("served")) for (const part of ofServed) part.hidden = part.dataset.served !== store.state.served;
  });
  stepApart(lesson, steps.ask);
  const train = teaching(lesson, {
    ask: trainings.ask,
    halt: () => trigger("halt", { event: "train", number: trainings.newest() }),
  });
  form(lesson, train);
  result(lesson);
  sideBySide(lesson, (settings) => {
    train(settings);
    visit($('[data-station="teach"]'));
  });
  watch("files", () => {
    if (!props.files) return;
    take(props.files);
  });
  $(".file-away").addEventListener("click", () => take(null));
  /** A file to learn from, or none. @param {import("./own.js").File | null} file */
  function take(file) {
    choose(file);
    tell($(".file-notes"), file ? words.say("file-notes", { notes: file.notes }) : "");
    $(".file-away").hidden = !file;
    store.update({ settings: { ...store.state.settings, source: data.own } });
    own?.();
  }
  const open = opened(lesson);
  watch("opened", () => props.opened && open(props.opened));
  const fetching = asker("training", "fetch", trigger);
  watch("file", () => fetching.answer(props.file));
  const tunings = asker("training", "tune", trigger, 600_000);
  watch("tuned", () => tunings.answer(props.tuned));
  lesson.$("[data-station=old]").hidden = !data.tuning;
  const own =
    data.tuning &&
    tuning(lesson, {
      ask: tunings.ask,
      fetch: fetching.ask,
      halt: () => trigger("halt", { event: "tune", number: tunings.newest() }),
    });

  /** @type {import("../../assets/doing.js").Act} */
  const act = ({ train: now, recorded, ...asked }) => {
    if (recorded) lesson.$(`[data-recorded="${recorded}"]`).click();
    const { settings, running } = store.state;
    // What trains says all that it needs: what an earlier task has set is not its matter.
    if (now) train({ ...data.usual, ...read(asked, data).settings });
    else if (!running && Object.keys(asked).length)
      store.update({ settings: { ...settings, ...read(asked, data).settings } });
  };
  doing(element, act);
  for (const box of element.querySelectorAll(".predict")) quiz(/** @type {HTMLElement} */ (box), act);
}
