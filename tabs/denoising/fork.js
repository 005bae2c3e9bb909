// @ts-check
// The form with which a run is forked: what its fields hold, and what a press of its buttons would do.
import { node } from "../../assets/dom.js";
import { forked, now, offer } from "./branches.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./branches.js").Branch} Branch */
/** @typedef {import("./trajectory.js").Change} Change */
/** @typedef {import("./trajectory.js").Fork} Fork */

const MIX = "a mix";

/** @param {Lesson} lesson @param {{ askFork: (forks: Fork[]) => void, pause: () => void }} actions
 * @returns {import("./lesson.js").View} */
export function forkForm({ $, state, data, known, say, tell }, { askFork, pause }) {
  const field = (/** @type {string} */ name) => $(`.f-${name}`);
  const weightBoxes = () => /** @type {HTMLInputElement[]} */ ([...$(".mix").querySelectorAll("input")]);
  /** @type {Branch | null} */
  let other = null; // what the second button forks
  /** @type {Branch | null} */
  let filledFrom = null;

  /** @param {HTMLSelectElement} select @param {string[][]} titles [value, title] */
  const offerChoices = (select, titles) => select.append(...titles.map(([value, title]) => new Option(title, value)));
  offerChoices(field("class"), [
    ...[...data.classes, data.no_class, MIX].map((name) => [name, name]),
    [data.mine, say("mine", { name: data.mine })],
  ]);
  for (const [name, records] of /** @type {const} */ ([
    ["sampler", data.samplers],
    ["network", data.networks],
  ]))
    offerChoices(
      field(name),
      Object.entries(records).map(([value, { title }]) => [value, title]),
    );
  $(".f-network-label").hidden = Object.keys(data.networks).length < 2;
  $(".mix").append(
    ...data.classes.map((name) =>
      node("label", {}, `${name} `, node("input", { type: "number", min: -2, max: 2, step: 0.1, value: 0 })),
    ),
  );

  /** Show the fields that the chosen sampler and network have. */
  function fit() {
    const chosen = { network: field("network").value, sampler: field("sampler").value };
    if (known.student(chosen)) chosen.sampler = field("sampler").value = "ddim"; // it knows no other
    field("sampler").disabled = known.student(chosen);
    $(".mix").hidden = field("class").value !== MIX;
    $(".f-eta-label").hidden = !known.has(chosen, "eta");
    $(".f-noise-label").hidden = !known.has(chosen, "noise_scale");
  }

  /** A class that is not this one: food and spells look least like the others, but somebody's own checkpoint may have
   * neither. @param {string} single */
  function another(single) {
    const all = [...data.classes, data.no_class];
    return ["food", "spell", ...all].find((name) => name !== single && all.includes(name));
  }

  /** The fields as a branch has them; for a new run another class, so that a fork at once shows something.
   * @param {Branch} run @param {boolean} fresh */
  function prefill(run, fresh) {
    const own = now(run),
      names = Object.keys(own.weights).filter((name) => own.weights[name]);
    const alone = names.length === 1 && own.weights[names[0]] === 1;
    const single = names.length === 0 ? data.no_class : alone ? names[0] : MIX;
    field("class").value = fresh ? another(single) : single;
    weightBoxes().forEach((input, i) => {
      input.value = `${own.weights[data.classes[i]] ?? 0}`;
    });
    field("sampler").value = own.sampler;
    field("network").value = own.network;
    field("guidance").value = own.guidance_scale;
    field("seed").value = own.seed;
    field("eta").value = own.eta;
    field("noise").value = own.noise_scale;
    fit();
  }

  const emptyBox = () =>
    /** @type {HTMLInputElement[]} */ ([...$(".fork").querySelectorAll("input")]).find(
      (box) => box.value === "" && box.offsetParent,
    );

  function weights() {
    const choice = field("class").value;
    if (choice === data.no_class) return {};
    if (choice !== MIX) return { [choice]: 1 };
    return Object.fromEntries(
      weightBoxes()
        .map((input, i) => /** @type {[string, number]} */ ([data.classes[i], +input.value]))
        .filter(([, w]) => w),
    );
  }

  /** What the fields ask for, or null while a box is empty. @returns {Change | null} */
  function wishes() {
    if (emptyBox()) return null;
    const own = {
      weights: weights(),
      network: field("network").value,
      sampler: field("sampler").value,
      guidance_scale: +field("guidance").value,
      seed: +field("seed").value,
      eta: +field("eta").value,
      noise_scale: +field("noise").value,
    };
    return known.student(own) ? { ...own, eta: 0 } : own;
  }

  /** Say what the buttons would do, as the fields are. */
  function offerFork() {
    const { run, step: at } = state;
    if (!run) return;
    const found = offer(wishes(), run, at, known),
      { done, nothing } = found;
    other = found.other;
    $(".go-fork").disabled = done || nothing;
    $(".go-other").hidden = !other;
    tell(".go-fork", done ? "Continue" : say("continue", { at, t: run.t[at] }));
    if (other) {
      const values = { from: other.forks.at(-1)?.at, weights: known.weightsText(now(other).weights), at };
      tell(".go-other", say(other.forks.length ? "fork-branch" : "fork-run", values));
    }
    const reason = say(found.onlySeed ? "same-seed" : "same");
    tell(".fork-why", done ? say("at-end") : nothing ? `${reason}${other ? say("or-fork-other") : "."}` : "");
  }

  /** @param {Branch | null} branch */
  function forkFrom(branch) {
    if (!branch) return;
    const own = wishes(),
      label = emptyBox()?.parentElement?.textContent ?? "";
    if (!own) return tell(".fork-status", say("empty", { field: label.trim() }));
    const forks = forked(branch, state.step, own);
    if (forks.length > data.max_forks) return tell(".fork-status", say("too-many-forks", { most: data.max_forks }));
    pause();
    askFork(forks);
  }

  for (const name of ["class", "sampler", "network"]) field(name).addEventListener("change", fit);
  for (const event of ["input", "change"]) $(".fork").addEventListener(event, offerFork);
  $(".go-fork").addEventListener("click", () => forkFrom(state.run));
  $(".go-other").addEventListener("click", () => forkFrom(other));

  return {
    needs: ["run", "step"],
    draw() {
      if (state.run && state.run !== filledFrom) prefill(state.run, state.fresh);
      filledFrom = state.run;
      offerFork();
    },
  };
}
