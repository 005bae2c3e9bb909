// @ts-check
// The trainings of this visit, side by side: what each draws, and how far off it is at every noise level.
import { node, tell, whenRestyled } from "../../assets/dom.js";
import { bytes, drawBytes } from "../../assets/pixels.js";
import { plot } from "../../assets/plot.js";
import { recordedTrainings } from "./recorded.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./lesson.js").Training} Training */

const LINES = ["--mixture", "--signal", "--noise", "--green", "--red", "--quiet", "--ink", "--accent"];
const SHOWN = 8;
const ROW = 4;
const KEPT = 8; // at most

/** @param {Lesson} lesson @param {(settings: import("./settings.js").Settings) => void} train */
export function sideBySide({ $, data, store, words }, train) {
  const { state, update } = store;

  /** @param {Training} training @param {number} k */
  function card({ settings, pictures, glimpses, taught, recorded }, k) {
    const sprites = node("div", { className: "sprites", ariaHidden: "true" });
    const [drawn, near] = [taught?.samples, taught?.nearest].map((text) => bytes(text ?? ""));
    for (let from = 0; from < SHOWN; from += ROW)
      for (const rgb of [drawn, near]) // each over the one of its data that is nearest
        for (let i = from; i < from + ROW; i++) {
          const canvas = node("canvas", { width: 16, height: 16, className: rgb === near ? "near" : "" });
          drawBytes(canvas, rgb, i);
          sprites.append(canvas);
        }
    const option = (/** @type {string} */ name) => [...$(`.f-${name}`).options];
    const title = (/** @type {string} */ name, /** @type {string} */ value) =>
      option(name).find((each) => each.value === value)?.textContent ?? value;
    const { usual } = data;
    const text = words.nodes("card", {
      source: title("source", settings.source),
      count: pictures.toLocaleString("en"),
      kind: title("prediction_type", settings.prediction_type),
      seconds: +(glimpses.at(-1)?.seconds ?? 0).toFixed(1),
      average:
        settings.ema_decay && settings.ema_decay !== usual.ema_decay
          ? title("ema_decay", String(settings.ema_decay))
          : null,
      raw: settings.ema_decay === 0,
      rate: settings.learning_rate === usual.learning_rate ? null : settings.learning_rate,
      mistake: settings.mistake === "none" ? null : title("mistake", settings.mistake),
      recorded,
      live: !recorded,
    });
    const again = node("button", {
      type: "button",
      className: "fresh",
      textContent: words.say("again"),
      onclick: () => train(settings),
    });
    const numbers = node("p", { textContent: words.say("card-numbers", { copies: taught?.copies ?? 0 }) });
    const made = node("div", { className: "card" }, sprites, node("p", {}, ...text), numbers, again);
    made.style.setProperty("--line", `var(${LINES[k]})`);
    return made;
  }

  function errors() {
    const { levels } = data;
    const all = state.kept.flatMap(({ taught }) => (taught ? [...taught.known, ...(taught.unseen ?? [])] : []));
    if (!all.length) return;
    const log = (/** @type {number} */ x) => Math.log10(Math.max(x, 1e-5));
    const low = Math.floor(Math.min(...all.map(log)));
    const high = Math.ceil(Math.max(...all.map(log)));
    const axes = plot($(".levels"), {
      x: [levels[0], levels[levels.length - 1]],
      y: [low, high],
      xTicks: levels.map((level) => [level, String(level).replace("-", "−")]),
      yTicks: Array.from({ length: high - low + 1 }, (_, k) => [low + k, `${+(10 ** (low + k)).toPrecision(1)}`]),
      wide: 3.4,
    });
    for (const [k, { taught }] of state.kept.entries()) {
      const points = (/** @type {number[]} */ row) =>
        row.map((value, i) => /** @type {[number, number]} */ ([levels[i], log(value)]));
      if (taught) axes.line(points(taught.known), LINES[k]);
      if (taught?.unseen) axes.line(points(taught.unseen), LINES[k], { dash: [6, 4] });
    }
    const last = state.kept.at(-1)?.taught?.known ?? [];
    const text = levels.map((level, i) => `${level}: ${last[i].toPrecision(2)}`).join(", ");
    $(".levels").ariaLabel = words.say("levels", { text });
  }

  store.listen((changed) => {
    if (!changed.has("kept")) return;
    $('[data-station="compare"] .nothing-yet').hidden = true;
    $(".by-level").hidden = false;
    $(".kept").replaceChildren(...state.kept.map(card));
    errors();
  });
  whenRestyled($(".by-level"), errors);

  // What was recorded stands before what has been trained here.
  for (const button of $('[data-station="compare"]').querySelectorAll("[data-recorded]"))
    button.addEventListener("click", async () => {
      try {
        const recorded = await recordedTrainings(button.dataset.recorded);
        const own = state.kept.filter((training) => !training.recorded);
        update({ kept: [...recorded, ...own.slice(-(KEPT - recorded.length))] });
        tell($(".compare-status"), "");
        for (const found of $('[data-station="compare"]').querySelectorAll(".found"))
          found.hidden = found.dataset.found !== button.dataset.recorded;
      } catch (error) {
        tell($(".compare-status"), words.say("failed", { why: error instanceof Error ? error.message : "" }));
      }
    });
}
