// @ts-check
// The loss of the kept run beside what its networks draw: over the epochs, and at the epoch on show by noise level.
import { node, tell, whenRestyled } from "../../assets/dom.js";
import { number } from "../../assets/numbers.js";
import { bytes, drawBytes, SPRITE } from "../../assets/pixels.js";
import { plot } from "../../assets/plot.js";

/** @typedef {import("./run.js").Kept} Kept */
/** @typedef {import("./run.js").Figures} Figures */
/** @typedef {[number, number]} Pair */

const TICKS = 4;
const NEAR = 24; // px of a press from a point of the plot

/** The error of x0 at each noise level as that of eps: times the signal-to-noise ratio.
 * @param {number[]} error @param {number[]} logSnr */
export const asNoise = (error, logSnr) => error.map((value, i) => value * Math.exp(logSnr[i]));

/** Round values from 0 to what is at least `most`. @param {number} most */
export function scale(most) {
  const unit = 10 ** Math.floor(Math.log10(most));
  const step = [0.1, 0.2, 0.25, 0.5, 1].map((share) => share * unit).find((each) => each * TICKS >= most) ?? unit * 2.5;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, k) => +(k * step).toPrecision(3));
}

/** @param {Kept} kept @param {import("./run.js").Ask} ask */
export function levelCurves({ $, run, store, views, words }, ask) {
  const { state, update } = store;
  const station = $('[data-station="levels"]');
  const first = run.epochs.findIndex((epoch) => epoch > 0);
  const last = run.epochs.length - 1;
  const figures = () => (state.averaged ? run.averaged : run.raw);
  const canvases = run.classes.flatMap(() =>
    Array.from({ length: run.each }, () => node("canvas", { width: 16, height: 16 })),
  );
  $(".l-sprites").replaceChildren(...canvases);
  tell($(".l-which"), words.say("sheet-which", { classes: run.classes.join(", ") }));

  /** @param {Figures} of */
  const curve = ({ error }) => (state.measure === "eps" ? asNoise(error, run.log_snr) : error);
  const ticks = (/** @type {number[]} */ values) =>
    values.map((value) => /** @type {[number, string]} */ ([value, String(value)]));

  /** @type {((event: MouseEvent) => void) | null} */
  let pressed = null;
  function losses() {
    const all = figures().map(({ loss }) => loss[state.measure]);
    const marks = scale(all[first]);
    const axes = plot($(".l-losses"), {
      x: [0, run.epochs[last]],
      y: [0, marks[marks.length - 1]],
      xTicks: [...new Set([0, 8, 16, 24, run.epochs[last]])]
        .filter((epoch) => epoch <= run.epochs[last])
        .map((epoch) => [epoch, String(epoch)]),
      yTicks: ticks(marks),
      wide: 2.6,
    });
    const points = run.epochs.map((epoch, k) => /** @type {Pair} */ ([epoch, all[k]])).slice(first);
    axes.line(points, "--mixture");
    for (const [epoch, loss] of points) axes.dot(epoch, loss, "--mixture", 3.5);
    if (state.network >= first) axes.dot(run.epochs[state.network], all[state.network], "--ink", 6);
    $(".l-losses").ariaLabel = words.say("losses-seen", { first: number(all[first]), last: number(all[last]) });
    pressed = ({ offsetX, offsetY }) => {
      const away = points.map(([epoch, loss]) => Math.hypot(axes.X(epoch) - offsetX, axes.Y(loss) - offsetY));
      const nearest = away.indexOf(Math.min(...away));
      if (away[nearest] < NEAR) update({ network: first + nearest });
    };
  }

  function levels() {
    const rows = figures().map(curve);
    const marks = scale(Math.max(...rows.slice(first).flat()));
    const axes = plot($(".l-levels"), {
      x: [run.log_snr[0], run.log_snr[run.log_snr.length - 1]],
      y: [0, marks[marks.length - 1]],
      xTicks: run.log_snr.filter((level) => level % 4 === 0).map((level) => [level, String(level).replace("-", "−")]),
      yTicks: ticks(marks),
      wide: 2.6,
    });
    const points = (/** @type {number[]} */ row) =>
      row.map((value, i) => /** @type {Pair} */ ([run.log_snr[i], value]));
    axes.line(points(rows[first]), "--quiet", { dash: [6, 4], width: 1.5 });
    axes.line(points(rows[last]), "--quiet", { width: 1.5 });
    if (state.network >= first)
      axes.line(points(rows[state.network]), state.measure === "eps" ? "--noise" : "--signal", { width: 3 });
    const row = rows[state.network];
    const text = run.log_snr.map((level, i) => `${level}: ${row[i].toPrecision(2)}`).join(", ");
    $(".l-levels").ariaLabel = words.say("levels", { text });
  }

  function readings() {
    const { loss, right, error } = figures()[state.network];
    const decisive = run.log_snr.indexOf(-2);
    tell($(".l-loss"), number(loss[state.measure]));
    const untrained = state.network < first;
    tell($(".l-untrained"), untrained ? words.say("untrained", { loss: number(loss[state.measure]) }) : "");
    tell($(".l-right"), `${(100 * right).toFixed(0)} %`);
    tell($(".l-decisive"), number(error[decisive]));
    tell($(".l-light"), number(asNoise(error, run.log_snr)[run.log_snr.indexOf(6)]));
  }

  let asked = "";
  async function sheet() {
    const { network, averaged } = state;
    const now = `${network} ${averaged}`;
    if (asked === now) return;
    asked = now;
    station.classList.add("stale");
    try {
      const answer = await ask({ epoch: run.epochs[network], averaged });
      if (!answer) return; // asked again meanwhile
      update({ samples: bytes(answer.samples) });
      tell($(".l-status"), "");
      station.classList.remove("stale");
      station.dataset.sheet = String(run.epochs[network]); // for whoever waits for it
    } catch (error) {
      asked = "";
      tell($(".l-status"), words.say("failed", { why: error instanceof Error ? error.message : "" }));
    }
  }

  function draw() {
    $(".l-measure").value = state.measure;
    losses();
    levels();
    readings();
  }
  views.add({ parts: ["network", "averaged", "measure"], box: station, draw });
  views.add({ parts: ["network", "averaged"], box: station, draw: sheet });
  views.add({
    parts: ["samples"],
    draw() {
      const { samples } = state;
      if (samples) for (const [k, canvas] of canvases.entries()) drawBytes(canvas, samples, k, SPRITE);
      $(".l-sprites").ariaLabel = words.say("sheet-seen", { epochs: run.epochs[state.network] });
    },
  });
  $(".l-measure").addEventListener("change", () => update({ measure: $(".l-measure").value }));
  $(".l-losses").addEventListener("click", (/** @type {MouseEvent} */ event) => pressed?.(event));
  whenRestyled(station, () => station.offsetParent && draw());
}
