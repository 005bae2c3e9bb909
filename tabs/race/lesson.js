// @ts-check
// Draws the lanes of lesson.py as they arrive, one box a lane, updated in place; then replays them side by side.
import { link } from "../../assets/link.js";
import { number, shown } from "../../assets/numbers.js";
import { bytes, bytesOf, drawBytes } from "../../assets/pixels.js";
import { quiz } from "../../assets/quiz.js";
import { takeaways } from "../../assets/takeaways.js";

/**
 * @param {{ element: any, data: any, props: any, server: any, trigger: (event: string, data: object) => void,
 *   watch: (prop: string, changed: () => void) => void }} parts of the component, see assets/lessons.js
 */
export default function mount({ element, props, server, watch }) {
  /** @param {string} selector @returns {any} */
  const $ = (selector) => element.querySelector(selector);
  const play = $(".play"),
    position = $(".position"),
    clock = $(".clock");
  const EQUAL_NOISE = 6; // seconds from t = T to 0, when lanes are shown at equal noise
  const FRAMES = 40,
    SPRITES = 4096,
    MIN_MS = 20,
    MAX_MS = 1000; // of a GIF, and of each of its frames
  $(".speed").append(...[0.1, 0.25, 0.5, 1, 2, 4].map((x) => new Option(`${x}×`, `${x}`, x === 1, x === 1)));
  let boxes = [],
    /** @type {any} */
    last = null,
    stopped = false,
    /** @type {number | null} */
    timer = null;

  function build(lanes) {
    $(".lanes").replaceChildren();
    boxes = lanes.map((lane) => {
      const box = document.createElement("section");
      box.className = "lane";
      box.innerHTML = `<h3></h3><progress max="1" value="0"></progress>
        <dl><dt>seconds</dt><dd class="seconds"></dd><dt>evaluations</dt><dd class="nfe"></dd><dt>ms each</dt><dd class="each"></dd><dt>from the ODE</dt><dd class="distance"></dd></dl>
        <div class="sprites" role="img"></div><p class="note"></p>`;
      for (let i = 0; i < lane.config.count; i++) {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 16;
        box.querySelector(".sprites")?.append(canvas);
      }
      $(".lanes").append(box);
      return box;
    });
  }

  // A lane at some moment: steps done, evaluations and seconds until then; its distance comes after the race; its sprites are those of rgb from `offset` on.
  function draw(i, { done, nfe, seconds, distance, rgb, offset = 0 }) {
    const lane = last[i],
      box = boxes[i],
      put = (where, text) => (box.querySelector(where).textContent = text);
    const bar = box.querySelector("progress"),
      steps = `${done} of ${lane.config.num_inference_steps} steps`;
    bar.value = done / lane.config.num_inference_steps;
    bar.setAttribute("aria-label", `${lane.name}: ${steps}`);
    put(".seconds", number(seconds));
    put(".nfe", nfe);
    put(".each", nfe ? ((1000 * shown(seconds)) / nfe).toFixed(1) : "–");
    put(".distance", distance?.toFixed(1) ?? (distance === null && props.value.finished && !stopped ? "…" : "–"));
    box
      .querySelector(".sprites")
      .setAttribute("aria-label", `${lane.config.count} sprites drawn by ${lane.name} after ${steps}`);
    box.querySelectorAll("canvas").forEach((canvas, k) => {
      if (rgb) drawBytes(canvas, rgb, offset + k, props.value.shape);
      else canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    });
  }

  function show() {
    if (!props.value?.lanes) return;
    const lanes = props.value.lanes,
      over = props.value.finished && last?.[0].frames; // only the distances are still to come
    last = lanes;
    if (!over) pause();
    $(".idle").hidden = true;
    if (
      lanes.length !== boxes.length ||
      lanes.some((lane, i) => boxes[i].querySelectorAll("canvas").length !== lane.config.count)
    )
      build(lanes);
    lanes.forEach((lane, i) => {
      boxes[i].querySelector("h3").textContent =
        `${lane.name}, ${lane.config.num_inference_steps} ${lane.config.num_inference_steps === 1 ? "step" : "steps"}`;
      draw(i, { ...lane, rgb: lane.sprites && bytes(lane.sprites) });
      boxes[i].querySelector(".note").textContent = lane.note ?? "";
      if (lane.frames) lane.frames.rgb = bytes(lane.frames.sprites);
    });
    if (lanes.every((lane) => lane.done === 0)) stopped = false;
    $(".replay").hidden = !props.value.finished;
    $(".plots").hidden = lanes.some((lane) => lane.distance === null); // they are drawn when the event is over
    if (over && !stopped) replay();
    else if (props.value.finished) {
      position.value = 1000;
      label();
    }
    $(".verdict").textContent = stopped && !props.value.finished ? "Stopped." : verdict(lanes);
    const { race } = props.value;
    if (race) painted(() => server.drawn(race).catch(() => {})); // the next lane waits for it, but not for ever
  }

  function painted(then) {
    // when what has just been drawn is on the screen; at once if there is nobody to see it
    if (document.hidden) then();
    else requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(then)));
  }

  function verdict(lanes) {
    if (lanes.some((lane) => lane.done < lane.config.num_inference_steps)) return "";
    const order = [...lanes].sort((a, b) => a.seconds - b.seconds),
      fast = order[0],
      slow = order[order.length - 1];
    const ratio = shown(slow.seconds) / shown(fast.seconds);
    const cost = (lane) =>
      `${lane.name} took ${number(lane.seconds)} s for ${lane.nfe} network evaluation${lane.nfe > 1 ? "s" : ""}`;
    const first = cost(fast);
    return `${first[0].toUpperCase()}${first.slice(1)}, ${cost(slow)}: ${ratio < 1.05 ? "about the same time" : `${ratio.toFixed(1)} times as long`}.`;
  }

  // Replay: one clock for all lanes, in seconds, as long as the race took, or in timesteps. A lane shows the last state it
  // had reached.
  const lastStep = () => last[0].config.num_train_timesteps;
  const longest = () => Math.max(...last.map((lane) => lane.seconds));
  const share = () => +position.value / 1000;

  function label() {
    const text =
      clock.value === "t" ? `t = ${Math.round(lastStep() * (1 - share()))}` : `${(longest() * share()).toFixed(2)} s`;
    $(".where").textContent = text;
    position.setAttribute("aria-valuetext", text);
  }

  function reached({ frames: { seconds, t } }, share) {
    // the number of a lane's last frame at that share of the replay
    const passed = (k) =>
      clock.value === "t" ? t[k] >= lastStep() * (1 - share) - 0.5 : seconds[k] <= longest() * share + 1e-9;
    let k = 0;
    while (k + 1 < t.length && passed(k + 1)) k++;
    return k;
  }

  function replay() {
    label();
    last.forEach((lane, i) => {
      const k = reached(lane, share()),
        { done, nfe, seconds, rgb } = lane.frames,
        final = k === seconds.length - 1;
      draw(i, {
        done: done[k],
        nfe: nfe[k],
        seconds: seconds[k],
        distance: final ? lane.distance : undefined,
        rgb,
        offset: k * lane.config.count,
      });
    });
  }

  // What is saved: the sprites, a row a lane; as an animation, the replay as it is set, in its own time.
  const duration = () => (clock.value === "t" ? EQUAL_NOISE : longest()) / +$(".speed").value; // seconds

  takeaways($(".take"), server, () => {
    if (!props.value?.finished) return null;
    const { shape } = props.value,
      bytesEach = bytesOf(shape),
      count = last[0].config.count,
      all = count * last.length,
      frames = Math.min(FRAMES, Math.floor(SPRITES / all));
    const film = new Uint8Array(frames * all * bytesEach);
    for (let f = 0; f < frames; f++)
      last.forEach((lane, i) => {
        const first = reached(lane, f / (frames - 1)) * count * bytesEach;
        film.set(lane.frames.rgb.subarray(first, first + count * bytesEach), (f * all + i * count) * bytesEach);
      });
    const ms = Math.round(Math.max(MIN_MS, Math.min(MAX_MS, (1000 * duration()) / (frames - 1))));
    return {
      name: "race",
      shape,
      rgb: film.slice(-all * bytesEach),
      columns: count,
      frames: film,
      perFrame: all,
      ms,
      code: props.value.python,
    };
  });

  quiz($(".quiz"));

  function playing(yes) {
    play.classList.toggle("playing", yes);
    play.textContent = yes ? "pause" : "replay";
  }

  function start() {
    if (share() >= 1) position.value = 0;
    playing(true);
    const from = performance.now(),
      first = +position.value;
    const tick = (now) => {
      position.value = Math.min(1000, first + Math.max(0, now - from) / duration());
      replay();
      if (share() < 1) timer = requestAnimationFrame(tick);
      else pause();
    };
    timer = requestAnimationFrame(tick);
  }

  function pause() {
    if (timer !== null) cancelAnimationFrame(timer);
    timer = null;
    playing(false);
  }

  play.addEventListener("click", () => (timer === null ? start() : pause()));
  $(".speed").addEventListener("change", () => {
    if (timer !== null) {
      pause();
      start();
    }
  });
  position.addEventListener("input", () => {
    pause();
    replay();
  });
  clock.addEventListener("change", () => replay());
  window.addEventListener("race-stopped", () => {
    if (!last || last.every((lane) => lane.distance !== null)) return;
    stopped = true;
    if (props.value.finished) return replay(); // all but the distances is there
    $(".verdict").textContent = "Stopped.";
  });
  link("race", () => ({})); // all its settings are Gradio's controls
  watch("value", show);
}
