// @ts-check
// A training under way: what the network draws, how far it is, and its loss.
import { node, tell, whenRestyled } from "../../assets/dom.js";
import { number } from "../../assets/numbers.js";
import { base64, bytes, drawBytes, VALUES } from "../../assets/pixels.js";
import { plot } from "../../assets/plot.js";
import { ownPictures } from "./own.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./lesson.js").Glimpse} Glimpse */
/** @typedef {import("./lesson.js").Training} Training */
/** @typedef {import("./settings.js").Settings} Settings */

const SHOWN = 16;
const MARKS = 6; // of a scale, at most
const LEFT = "left"; // the line
const KEPT = 8; // trainings to be compared

/** @param {Lesson} lesson
 * @param {{ ask: (data: object, each: (answer: any) => void) => Promise<any>, halt: () => void }} server
 * @returns {(settings?: Settings) => Promise<void>} trains so, or as it is set */
export function teaching({ $, element, data, store, words }, { ask, halt }) {
  const { update } = store;
  const status = (/** @type {string} */ text, waiting = false) => {
    tell($(".train-status"), text);
    $(".train-status").classList.toggle("waiting", waiting); // the line may say more
    if (waiting) $(".form").classList.remove("left");
  };
  const canvases = Array.from({ length: SHOWN }, () => node("canvas", { width: 16, height: 16 }));
  $(".board").replaceChildren(...canvases);
  /** What Stop does: to leave the line, or have the training end. @type {() => void} */
  let stop = () => {};
  $(".halt").addEventListener("click", () => stop());

  /** The server keeps no network that was not told t: where it is loaded, it would be told. @param {Settings} settings */
  function served({ mistake }) {
    const before = store.state.served;
    return mistake === "blind" ? (before === "taught" ? null : before) : "taught";
  }

  async function train(settings = store.state.settings) {
    if (store.state.running) return status(words.say("busy"));
    store.update({ settings });
    const own = settings.source === data.own ? ownPictures(data.most.own) : new Uint8Array();
    if (settings.source === data.own && !own.length) return status(words.say("no-own"));
    /** @type {Training} */
    let current = { settings, pictures: own.length / VALUES || settings.count, glimpses: [], taught: null };
    let stopped = false;
    const gone = new Promise((leave) => {
      stop = () => {
        stopped = true;
        halt();
        if (!current.glimpses.length) leave(LEFT);
      };
    });
    update({ running: true });
    status(words.say("waiting"), true);
    try {
      const answer = ask({ settings, pixels: base64(own) }, ({ request, more, ...glimpse }) => {
        if (stopped && !current.glimpses.length) return; // it began as one left
        if (!current.glimpses.length) status(words.say("training"));
        current = { ...current, glimpses: [...current.glimpses, glimpse] };
        update({ current });
      });
      const taught = await Promise.race([answer, gone]);
      if (taught === LEFT) {
        status(words.say("left"));
        $(".form").classList.add("left"); // Gradio's line does not know
      }
      if (!taught || taught === LEFT) return;
      current = { ...current, taught };
      const last = current.glimpses[current.glimpses.length - 1];
      const done = { steps: last.step, images: last.images.toLocaleString("en"), seconds: last.seconds.toFixed(1) };
      status(words.say(stopped ? "stopped" : "over", done));
      update({ current, kept: [...store.state.kept.slice(-(KEPT - 1)), current], served: served(settings) });
    } catch (error) {
      status(words.say("failed", { why: error instanceof Error ? error.message : "" }));
    } finally {
      update({ running: false });
    }
  }

  /** @param {ArrayLike<number>} rgb @param {string} caption @param {string} label */
  function fill(rgb, caption, label = caption) {
    for (const [k, canvas] of canvases.entries())
      if (rgb.length >= (k + 1) * VALUES) drawBytes(canvas, rgb, k);
      else canvas.width = 16; // nothing
    tell($(".drawn figcaption"), caption);
    $(".board").ariaLabel = label;
  }

  let shown = "";
  /** What it will learn from: until it has begun. */
  function examples() {
    const { source, count } = store.state.settings;
    const own = source === data.own;
    const rgb = own ? ownPictures(data.most.own) : bytes(data.examples[source]).subarray(0, count * VALUES);
    const now = own ? base64(rgb) : `${source} ${count}`;
    if (now === shown) return; // what was learned from them stays
    shown = now;
    const all = own ? rgb.length / VALUES : count;
    fill(rgb, words.say(all > SHOWN ? "from" : "from-all", { all: all.toLocaleString("en") }));
    for (const gauge of [".g-left", ".g-step", ".g-rate", ".g-epochs"]) tell($(gauge), "–");
    status("");
    losses([]);
  }

  function board() {
    const glimpse = store.state.current?.glimpses.at(-1);
    if (!glimpse) return;
    fill(bytes(glimpse.samples), words.say("now"), words.say("board", { steps: glimpse.step }));
    element.dataset.step = String(glimpse.step);
  }

  function gauges() {
    const { current, running } = store.state;
    const glimpse = current?.glimpses.at(-1);
    if (!current || !glimpse) return;
    const left = running ? Math.max(0, current.settings.seconds - glimpse.seconds) : 0;
    tell($(".g-left"), left.toFixed(1));
    tell($(".g-step"), glimpse.step.toLocaleString("en"));
    tell(
      $(".g-rate"),
      glimpse.step ? Math.round(glimpse.images / Math.max(0.001, glimpse.seconds)).toLocaleString("en") : "–",
    );
    const epochs = glimpse.images / current.pictures;
    tell($(".g-epochs"), epochs < 100 ? number(epochs) : Math.round(epochs).toLocaleString("en"));
  }

  function losses(glimpses = store.state.current?.glimpses ?? []) {
    const points = glimpses.flatMap(({ step, loss }) =>
      loss && step > 1 ? [/** @type {[number, number]} */ ([Math.log10(step), Math.log10(loss)])] : [],
    );
    const last = Math.max(2, ...points.map(([x]) => x));
    const low = Math.floor(2 * Math.min(-1, ...points.map(([, y]) => y))) / 2;
    const high = Math.max(0, ...points.map(([, y]) => Math.ceil(y)));
    const tens = (/** @type {number} */ from, /** @type {number} */ to) => {
      const all = Array.from({ length: Math.floor(to) - Math.ceil(from) + 1 }, (_, k) => Math.ceil(from) + k);
      return all.filter((k) => k % Math.ceil(all.length / MARKS) === 0);
    };
    const power = (/** @type {number} */ k) =>
      Math.abs(k) < 4
        ? (10 ** k).toLocaleString("en", { maximumFractionDigits: 3 })
        : number(10 ** k).replace("1.0 × ", "");
    const axes = plot($(".losses"), {
      x: [0, last],
      y: [low, high],
      xTicks: tens(0, last).map((k) => [k, power(k)]),
      yTicks: tens(low, high).map((k) => [k, power(k)]),
      wide: 2.4,
    });
    axes.line(points, "--mixture");
    if (!points.length) return;
    axes.dot(...points[points.length - 1], "--mixture", 4);
    const [first, end] = [points[0], points[points.length - 1]].map(([, y]) => number(10 ** y));
    $(".losses").ariaLabel = words.say("losses", {
      first,
      last: end,
      steps: store.state.current?.glimpses.at(-1)?.step ?? 0,
    });
  }

  store.listen((changed) => {
    if (changed.has("current")) {
      board();
      losses();
    }
    if (changed.has("current") || changed.has("running")) gauges();
    if (changed.has("settings") && !store.state.running) examples();
  });
  examples();
  whenRestyled($(".losses"), () => losses());
  return train;
}
