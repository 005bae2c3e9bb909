// @ts-check
// x_t = sqrt(alpha_bar_t) x0 + sqrt(1 - alpha_bar_t) eps, drawn while t moves. Puts the lesson together: the state as
// the link has it, the views that follow from it, and what happens when the hand rests: the link is written, a person's
// sprites are kept, and the network is asked about x_t.
import { doing, visit } from "../../assets/doing.js";
import { whenRestyled } from "../../assets/dom.js";
import { pack } from "../../assets/editor.js";
import { choice } from "../../assets/engine.js";
import { link, linked, refuse } from "../../assets/link.js";
import { pinned } from "../../assets/pinned.js";
import { bytes, float64, fromBytes, toBytes } from "../../assets/pixels.js";
import { refusals } from "../../assets/settings.js";
import { takeaways } from "../../assets/takeaways.js";
import { transport } from "../../assets/transport.js";
import { createViews } from "../../assets/views.js";
import { words as wordsOf } from "../../assets/words.js";
import { acts } from "./act.js";
import { band } from "./band.js";
import { controls } from "./controls.js";
import { curves } from "./curves.js";
import { dragTime } from "./drag.js";
import { duo } from "./duo.js";
import { film } from "./film.js";
import { gallery } from "./gallery.js";
import { guesses } from "./guess.js";
import { lending } from "./lending.js";
import { noiseOf, noises } from "./noise.js";
import { pixelPath } from "./pixel.js";
import { predictions } from "./predict.js";
import { program } from "./program.js";
import { MAX_SEED, nameOf, read, rivalOf, written } from "./settings.js";
import { builtIn, keeper, MAX_KEPT, newSprite } from "./sprites.js";
import { mainFigure, stagesOf } from "./stage.js";
import { createStore, X_T } from "./state.js";
import { walks } from "./walks.js";

/** @typedef {import("./state.js").Schedules} Schedules */
/** @typedef {import("./state.js").Part} Part */

const REST = 180; // ms without a change
const START = 0.3; // of T
/** Parts whose change is not the hand's. @type {Part[]} */
const PASSING = ["pointing", "guess"];

/**
 * @param {{ element: HTMLElement, data: any, props: any, server: any, trigger: (event: string, data: object) => void,
 *   watch: (prop: string, changed: () => void) => void }} parts see assets/lessons.js; data: of lesson.py
 */
export default function mount({ element, data, props, server, trigger, watch }) {
  /** @param {string} selector @returns {any} */
  const $ = (selector) => element.querySelector(selector);
  const words = wordsOf(element);
  const shelf = keeper(() => localStorage);
  const { initial, schedules, painted } = begin(data, words, shelf);
  const store = createStore(initial, schedules);
  const { state, update, T } = store;
  const views = createViews(store);
  const lesson = { $, element, store, views, words };

  // ---- when the hand rests ------------------------------------------------------------------------------------------
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  // On the element for whoever waits for it: the hand has rested, and only the network's answer is still to come.
  const settled = () => {
    element.dataset.settled = `${timer === undefined}`;
  };
  function moved() {
    clearTimeout(timer);
    timer = setTimeout(rest, REST);
    settled();
  }
  function rest() {
    timer = undefined;
    if (noise.atRest()) {
      remember();
      guess.ask();
      views.flush();
      lend();
    }
    settled();
  }
  function remember() {
    const outcome = shelf.save(state.sprites);
    if (outcome !== "kept") $(".status").textContent = words.say(`shelf-${outcome}`, { most: MAX_KEPT });
    linkChanged();
  }

  // ---- views --------------------------------------------------------------------------------------------------------
  const bar = transport($(".time"), {
    root: $(".main"),
    label: words.say("t"),
    ms: 24,
    main: true,
    show: (t) => t !== state.t && update({ t, eps: noise.next() }),
  });
  $(".index").classList.add("t");
  // The slider first, right under the pictures.
  $(".time").append($(".time .slider"), $(".stages"), $(".time .transport"), $(".time .keys"));
  dragTime($(".x_t"), { T, at: () => state.t, go: bar.go });
  $(".time .transport").append($(".controls"));

  const able = data.classes.length > 0; // the network, to look at sprites of this size
  const shown = able ? [$(".x_t"), $(".guess.with-class")] : [$(".x_t")];
  const keepInView = pinned($(".bench"), shown, $(".t"), bar.go);

  const noise = noises(lesson);
  const stages = stagesOf(element);
  const { choose } = gallery(lesson, painted);
  mainFigure(lesson, stages);
  band(lesson, stages, bar.go);
  const resting = () => timer !== undefined;
  const guess = guesses(lesson, { classes: data.classes, able, trigger, resting });
  choice($(".engine"));
  controls(lesson, data.classes, noise.renew);
  curves(lesson);
  duo(lesson);
  const lend = lending(lesson, resting);
  const frames = film(lesson, bar.go);
  pixelPath(lesson);
  walks(lesson);
  views.add({ parts: [...X_T, "guess"], draw: keepInView });
  const act = acts(lesson, { bar, classes: data.classes, renew: noise.renew, choose });
  doing(element, act);
  predictions(lesson, act);
  takeaways($(".take"), server, () => {
    remember();
    const code = program(state, T, data.program);
    return { name: `noising-t${state.t}`, rgb: toBytes(store.x_t), frames: frames(), ms: 60, code };
  });

  // ---- what comes from outside --------------------------------------------------------------------------------------
  store.listen((changed) => {
    if ([...changed].some((part) => !PASSING.includes(part))) moved();
    else settled();
  });
  let uploads = 0;
  watch("upload", () => {
    if (!props.upload) return;
    choose(newSprite(bytes(props.upload.rgb), words.say("uploaded", { number: ++uploads })));
    if (state.t > START * T) bar.go(Math.round(START * T));
    visit($(".station")); // where it is large
  });
  watch("guess", () => guess.answer(props.guess));
  bar.load(T, state.t);
  const linkChanged = link("noising", () => written(state));
  moved();
  whenRestyled(element, () => {
    if (element.offsetParent) views.redraw();
    else remember(); // another tab is on show: this one's address is kept for later
  });
}

/**
 * The state that the lesson begins with: as the link has it, which is told what of it cannot be used.
 * @param {any} data @param {import("../../assets/words.js").Words} words @param {ReturnType<typeof keeper>} shelf
 */
function begin(data, words, shelf) {
  /** @type {Schedules} */
  const schedules = Object.fromEntries(
    Object.entries(data.alpha_bar).map(([name, text]) => [name, float64(/** @type {string} */ (text))]),
  );
  const names = Object.keys(schedules);
  const kept = shelf.load();
  const own = kept.map(({ rgb, told }, k) =>
    newSprite(rgb, words.say("own", { number: k + 1 }), { told: data.classes.includes(told) ? told : null }),
  );
  const sprites = [...builtIn(data), ...own];
  const choices = {
    T: data.T,
    schedules: names,
    sprites: sprites.flatMap((s) => nameOf(s) ?? []),
    classes: data.classes,
  };
  const { settings, refused } = read(linked("noising"), choices);
  const lists = { schedules: names.join(", "), classes: data.classes.join(", ") };
  refuse(refusals(words, refused, { T: data.T, MAX_SEED, ...lists }));

  const { sprite: name, rgb, seed = 0, ...set } = settings;
  let sprite = sprites.find((each) => name && nameOf(each) === name) ?? sprites[0];
  if (rgb) {
    const text = pack(rgb);
    sprite = sprites.find((each) => pack(each.rgb) === text) ?? newSprite(rgb, words.say("linked"), { own: false });
    if (!sprites.includes(sprite)) sprites.push(sprite);
  }
  const schedule = set.schedule ?? "cosine";
  const eps = noiseOf(seed);
  const initial = {
    sprites,
    sprite,
    x0: fromBytes(sprite.rgb),
    t: Math.round(START * data.T),
    schedule,
    rival: rivalOf(schedule),
    seed,
    seeded: eps,
    eps,
    fresh: false,
    told: sprite.told ?? data.classes[0],
    pixel: { x: 8, y: 8 },
    pointing: false,
    channel: 0,
    walks: 1,
    guess: null,
    ...set,
  };
  return { initial, schedules, painted: own.length };
}
