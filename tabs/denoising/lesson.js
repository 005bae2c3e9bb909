// @ts-check
// Scrub or play a finished run, look into it, fork it. All that changes is in `state`; the views that need what has
// changed are drawn again. What needs the network (a run, a fork) is made in the page or by the server; that is also asked
// for sheets and for the nearest training sprites. props.value: a branch, from lesson.py.
import { asker } from "../../assets/ask.js";
import { doing, onlyFor } from "../../assets/doing.js";
import { tell as tellThere } from "../../assets/dom.js";
import { choice } from "../../assets/engine.js";
import { link, linked, refuse } from "../../assets/link.js";
import { pinned } from "../../assets/pinned.js";
import { quiz } from "../../assets/quiz.js";
import { createStore } from "../../assets/store.js";
import { takeaways } from "../../assets/takeaways.js";
import { transport } from "../../assets/transport.js";
import { words } from "../../assets/words.js";
import { acts } from "./act.js";
import { grown } from "./branches.js";
import { knowledge } from "./configs.js";
import { forkForm } from "./fork.js";
import { guidanceApart } from "./guidance.js";
import { maker } from "./maker.js";
import { novelty } from "./novelty.js";
import { pixelPath } from "./pixel.js";
import { player } from "./player.js";
import { fewSamplers } from "./samplers.js";
import { noiseSheets } from "./sheets.js";
import { slowMotion } from "./slow.js";
import { strengths } from "./strength.js";
import { strips } from "./strips.js";
import { finishedRGB } from "./trajectory.js";

/** @typedef {import("./branches.js").Branch} Branch */
/** @typedef {import("./trajectory.js").Fork} Fork */
/** @typedef {import("../../assets/point.js").Place} Place */
/**
 * run: the branch on show; step: the position on show, 0 ... run.n; pixel: the one that was pointed at; fresh: the run
 * has just been made, not forked or turned to; opening: what the link asks for is not all there yet.
 * @typedef {{ branches: Branch[], run: Branch | null, step: number, pixel: Place | null, fresh: boolean,
 *   opening: boolean }} State
 */
/** A part of the lesson, drawn when something that it needs has changed.
 * @typedef {{ needs: (keyof State)[], draw: () => void }} View */
/** What the views share. @typedef {ReturnType<typeof shared>} Lesson */
/** See assets/lessons.js. @typedef {{ element: HTMLElement, data: import("./configs.js").Data, props: any, server: any,
 *   trigger: (event: string, data: object) => void, watch: (prop: string, changed: () => void) => void }} Parts */

const PATIENCE = 600_000; // ms: others may be in line, and the page says how many

/** @param {Parts} parts */
function shared({ element, data }) {
  /** @type {State} */
  const initial = { branches: [], run: null, step: 0, pixel: null, fresh: false, opening: true };
  const { state, update, listen } = createStore(initial);
  /** @type {View[]} */
  const views = [];
  /** @param {string} selector @returns {any} */
  const $ = (selector) => element.querySelector(selector);
  const { say, nodes } = words(element);

  listen((changed) => {
    for (const { needs, draw } of views) if (needs.some((part) => changed.has(part))) draw();
  });

  /** @param {string} selector @param {string} text */
  const tell = (selector, text) => tellThere($(selector), text);

  /** Show what comes of a request; if nothing does, say why, and keep what is here. Resolves to whether it worked.
   * @template T @param {string} selector @param {Promise<T | null>} request @param {(answer: T) => void} show */
  async function attempt(selector, request, show) {
    try {
      const answer = await request;
      if (answer) show(answer);
      return true;
    } catch (error) {
      tell(selector, say("failed", { why: /** @type {Error} */ (error).message }));
      return false;
    }
  }

  return {
    $,
    data,
    state,
    views,
    update,
    say,
    nodes,
    tell,
    attempt,
    known: knowledge(data),
    /** Of the run that all branches began with. */
    settings: () =>
      /** @type {import("./trajectory.js").Config} */ (
        Object.fromEntries(data.fields.map((name) => [name, state.branches[0].config[name]]))
      ),
  };
}

/** @param {Parts} parts */
export default function mount(parts) {
  const { element, data, props, server, trigger, watch } = parts;
  const lesson = shared(parts);
  const { $, state, update, known, say, tell, attempt } = lesson;
  const asked = linked("denoising");
  const linkedForks = readForks(asked.forks);
  const [forking, measuring, strengthening, comparing] = ["fork", "measure", "strengthen", "compare"].map((event) =>
    asker("denoising", event, trigger, PATIENCE),
  );
  const runs = maker(lesson, forking.ask, () => trigger("run", {}));

  /** The forks of a link; Python checks what they say. @param {string | undefined} text @returns {Fork[]} */
  function readForks(text) {
    try {
      const forks = JSON.parse(text ?? "[]");
      if (Array.isArray(forks) && forks.length <= data.max_forks) return forks;
    } catch {
      /* no JSON */
    }
    refuse({ "the forks": say("linked-forks", { most: data.max_forks }) });
    return [];
  }

  /** A run or a fork has arrived. @param {import("./trajectory.js").Trajectory} arrived */
  function arrive(arrived) {
    const branches = grown(state.branches, arrived, data.max_forks);
    if (!branches) return tell(".fork-status", say("late-fork"));
    const fresh = branches.length === 1,
      run = branches[branches.length - 1],
      opening = state.opening && !(fresh && state.branches.length > 0); // a new run: what the link asked for is over
    tell(".fork-status", "");
    if (opening && run.forks.length < linkedForks.length) {
      update({ branches, run, step: 0, fresh });
      askFork(linkedForks.slice(0, run.forks.length + 1));
      return;
    }
    const wanted = opening ? asked.step : undefined,
      step = wanted !== undefined && /^\d{1,3}$/.test(wanted) && +wanted <= run.n ? +wanted : null;
    if (wanted !== undefined && step === null) refuse({ "the step": say("linked-step", { last: run.n }) });
    update({ branches, run, step: step ?? (fresh ? 0 : (run.forks.at(-1)?.at ?? 0)), fresh, opening: false });
    if (step === null) bar.autoplay();
  }

  /** @param {Fork[]} forks */
  async function askFork(forks) {
    tell(".fork-status", say("forking"));
    await new Promise((done) => setTimeout(done)); // not while the answer to a fork before it is still being delivered
    if ((await attempt(".fork-status", runs.fork(lesson.settings(), forks), arrive)) || !state.opening) return;
    tell(".fork-status", say("no-linked-fork"));
    update({ opening: false });
  }

  const bar = transport($(".bar"), {
    root: element,
    show: (step) => update({ step }),
    label: "step",
    main: true,
    describe: (i, last) => (i === last ? "done, t = 0" : `${i} of ${last}, t = ${state.run?.t[i]}`),
  });

  // Of the link: the step on show and the forks, as long as Gradio's controls are set to the run that they belong to.
  const linkChanged = link("denoising", (controls) => {
    const { run, step, opening } = state;
    if (opening) return { step: asked.step, forks: asked.forks };
    if (!run) return {};
    // Settings of another sampler than the chosen one.
    const idle = ["eta", "noise_scale"].filter((name) => !known.has(/** @type {any} */ (controls), name));
    const made = /** @type {Record<string, any>} */ ({ ...run.config, weights: known.className(run.config.weights) });
    if (!Object.entries(controls).every(([name, value]) => idle.includes(name) || made[name] === value)) return {};
    return { step, forks: run.forks.length ? JSON.stringify(run.forks) : null };
  });

  /** Put a branch on show, at that step. @param {Branch} run @param {number} step */
  function turnTo(run, step) {
    bar.stop();
    update({ run, step, fresh: false });
  }

  /** @type {Branch | null} */
  let loaded = null;
  /** @type {View} */
  const barView = {
    needs: ["run", "step"],
    draw() {
      if (state.run && state.run !== loaded) bar.load(state.run.n, state.step);
      else if (bar.index !== state.step) bar.go(state.step);
      loaded = state.run;
    },
  };
  lesson.views.push(
    barView,
    player(lesson),
    slowMotion(lesson, { go: bar.go, pause: bar.stop }),
    { needs: ["run", "step"], draw: pinned($(".tiles"), [$(".x_t"), $(".x0")], $(".index"), bar.go) },
    strips(lesson, { turnTo }),
    pixelPath(lesson),
    forkForm(lesson, { askFork, pause: bar.stop }),
    guidanceApart(lesson, { go: bar.go }),
    strengths(lesson, strengthening.ask),
    noiseSheets(lesson, measuring.ask),
    novelty(lesson, comparing.ask),
    { needs: ["run", "step", "opening"], draw: linkChanged },
  );

  fewSamplers(lesson);
  const act = acts(lesson, { go: bar.go, trigger });
  const begun = doing(element, act, "denoising");
  for (const question of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll(".predict"))) {
    quiz(question, act);
  }
  onlyFor(element, data.classes);

  takeaways($(".take"), server, () => {
    const { run } = state;
    if (!run) return null;
    const name = `diffusion-${known.className(run.config.weights).replace(" ", "-")}-${run.config.seed}`;
    const { rgb: frames, shape } = run;
    const code = run.python ?? (() => server.program({ settings: lesson.settings(), forks: run.forks }));
    return { name, rgb: finishedRGB(run), frames, ms: run.n > 100 ? 30 : 60, code, shape };
  });

  // Generate, with what its controls are set to (lesson.py).
  addEventListener("denoising-run", (event) => {
    const { detail } = /** @type {CustomEvent<any[]>} */ (event);
    tell(".run-status", "");
    attempt(".run-status", runs.generate(Object.fromEntries(data.fields.map((name, i) => [name, detail[i]]))), arrive);
  });
  watch("value", () => {
    const made = props.value?.request ? void forking.answer(props.value) : runs.served(props.value);
    if (made) arrive(made);
  });
  watch("sheets", () => measuring.answer(props.sheets));
  watch("strengths", () => strengthening.answer(props.strengths));
  watch("novelty", () => comparing.answer(props.novelty));
  choice($(".engine"));
  if (!begun) trigger("ready", {}); // the tab has just been opened: ask for a first run with the settings as they stand
}
