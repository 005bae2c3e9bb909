// @ts-check
// Pad, sliders and a live sprite; two sheets in full quality when the hand rests; morph, seeds and grid, when they are
// looked at. Puts
// the lesson together: the state as the link has it, the views that follow from it, and what happens when it changes:
// a live sprite is asked for at once, the link is written, and when the hand rests the full quality is drawn. Answers
// of the model's queue arrive in props.reply.
import { asker } from "../../assets/ask.js";
import { doing, onlyFor } from "../../assets/doing.js";
import { choice } from "../../assets/engine.js";
import { link, linked, refuse } from "../../assets/link.js";
import { quiz } from "../../assets/quiz.js";
import { refusals } from "../../assets/settings.js";
import { createViews } from "../../assets/views.js";
import { words as wordsOf } from "../../assets/words.js";
import { acts } from "./act.js";
import { controls } from "./controls.js";
import { dials } from "./dials.js";
import { drawing } from "./drawing.js";
import { field } from "./field.js";
import { grid } from "./grid.js";
import { liveSprite } from "./live.js";
import { maker } from "./maker.js";
import { morph } from "./morph.js";
import { polygonPad } from "./pad.js";
import { seeds } from "./seeds.js";
import { read, written } from "./settings.js";
import { sheet } from "./sheets.js";
import { createStore, PASSING, WAYS } from "./state.js";
import { HIGH, LOW, only, rowOf, sumText, total } from "./weights.js";

/** @typedef {import("./state.js").Data} Data */
/** @typedef {import("./state.js").Row} Row */
/** @typedef {import("./state.js").State} State */

const REST = 450; // ms without a change
const ENOUGH = 0.15; // of a station, to be in sight

/**
 * @param {{ element: HTMLElement, data: Data, props: any, server: any, trigger: (event: string, data: object) => void,
 *   watch: (prop: string, changed: () => void) => void }} parts of the component, see assets/lessons.js
 */
export default function mount({ element, data, props, server, trigger, watch }) {
  /** @param {string} selector @returns {any} */
  const $ = (selector) => element.querySelector(selector);
  const words = wordsOf(element);
  const pad = polygonPad(data.classes.length);
  const store = createStore(begin(data, words), data.classes, pad);
  const { state, update } = store;
  const inWords = (/** @type {Row} */ row) => sumText(row, data.classes) || words.say("no-class");
  const shared = { $, element, data, pad, store, words, inWords };
  const byHand = (/** @type {Set<keyof State>} */ changed) => [...changed].some((part) => !PASSING.includes(part));

  const live = liveSprite(shared, server.preview);
  $(".state").after(document.getElementById("mixing-queue") ?? ""); // Gradio's line of waiting, where the state is told
  choice($(".engine"));
  store.listen((changed) => {
    if (byHand(changed)) live.ask(); // before any view: the server draws while the page does
  });

  // ---- views --------------------------------------------------------------------------------------------------------
  const lesson = { ...shared, views: createViews(store) };
  dials(lesson);
  field(lesson);
  controls(lesson);
  const sheets = WAYS.map((way) => sheet(lesson, way, live.finish));
  const network = asker("mixing", "draw", trigger);
  const stations = [morph(lesson), seeds(lesson), grid(lesson)];
  drawing(lesson, [...sheets, ...stations], { maker: maker(data, network.ask), server });
  whenSeen(stations, (seen) => update({ seen }));
  const act = acts(lesson);
  doing(element, act);
  onlyFor(element, data.classes);
  for (const box of element.querySelectorAll(".predict[data-then]")) quiz(/** @type {HTMLElement} */ (box), act);
  watch("reply", () => network.answer(props.reply));

  // ---- when the hand moves, and when it rests -----------------------------------------------------------------------
  const linkChanged = link("mixing", () => written(state, data.classes));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  function moved() {
    update({ resting: false });
    clearTimeout(timer);
    timer = setTimeout(() => update({ resting: true }), REST);
    linkChanged();
  }
  store.listen((changed) => {
    if (byHand(changed) || changed.has("seen")) moved(); // who scrolls on may not want what is in sight
    // On the element for whoever waits for it: the hand has rested, and all that can be drawn for what is set is drawn.
    element.dataset.settled = String(state.resting && !state.drawing && !state.asking);
  });
  live.ask();
  moved();
}

/**
 * Tells the names of the stations in sight, whenever they have changed.
 * @param {{ name: string, box: HTMLElement }[]} stations @param {(names: string[]) => void} tell
 */
function whenSeen(stations, tell) {
  const seen = new Set();
  const sight = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio } of entries)
        if (intersectionRatio >= ENOUGH) seen.add(target);
        else seen.delete(target);
      tell(stations.filter(({ box }) => seen.has(box)).map(({ name }) => name));
    },
    { threshold: ENOUGH },
  );
  for (const { box } of stations) sight.observe(box);
}

/**
 * The settings that the lesson begins with: as the link has them, which is told what of it cannot be used.
 * @param {Data} data @param {import("../../assets/words.js").Words} words
 * @returns {import("./state.js").Settings}
 */
function begin({ classes, presets, max }, words) {
  const { settings, refused } = read(linked("mixing"), { classes, max });
  const limits = { low: LOW, high: HIGH, guidance: max.guidance, seed: max.seed };
  refuse(refusals(words, refused, { example: classes[0], ways: WAYS.join(", "), ...limits }));

  const rows = presets.map(([, weights]) => rowOf(weights, classes));
  return {
    weights: rows.find((row) => total(row) === 1) ?? rows[0], // one in the usual sense
    strength: 1,
    guidance_scale: 1,
    seed: 0,
    mixing: WAYS[0],
    keep: false,
    a: only(0, classes.length),
    b: only(classes.length > 1 ? classes.length - 1 : -1, classes.length),
    seed_b: 1,
    ...settings,
  };
}
