// @ts-check
// What a training is set to, in a permanent link: written from the settings, and read, with what of a link cannot be used.
import { among, decimal, reader, whole } from "../../assets/settings.js";

/** core/train/live.py's LiveConfig. @typedef {{ source: string, count: number, prediction_type: string, seconds: number,
 *   learning_rate: number, batch_size: number, ema_decay: number, mistake: string, seed: number }} Settings */
/** @typedef {{ sources: string[], examples: Record<string, string>, own: string, all: string, usual: Settings, levels: number[],
 *   most: { count: number, seconds: number, batch_size: number, own: number, learned: number },
 *   run: import("./run.js").Run | null, foreign: string, tuning: import("./tune.js").Tuning | null }} Data of lesson.py */

export const TYPES = ["x0", "eps", "v"];
export const MISTAKES = ["none", "range", "blind", "shown"];
export const MAX_SEED = 2 ** 31 - 100;
export const MAX_NOISE = 9999; // the seed of the kept run's pictures

/** Nothing is no number. @param {(text: string) => number | undefined} parse @returns {typeof parse} */
const positive = (parse) => (text) => parse(text) || undefined;

/**
 * What a link, or a task's button, asks for, and the names of what is not allowed.
 * @param {Record<string, string>} link
 * @param {Data} data
 */
export function read(link, { sources, most }) {
  /** @type {Partial<Settings>} */
  const settings = {};
  const { refused, take } = reader(link);
  /** @template {keyof Settings} Name @param {Name} name @param {(text: string) => Settings[Name] | undefined} parse */
  const setting = (name, parse) =>
    take(name, parse, (value) => {
      settings[name] = value;
    });
  setting("source", among(sources));
  setting("count", positive(whole(most.count)));
  setting("prediction_type", among(TYPES));
  setting("seconds", positive(whole(most.seconds)));
  setting("learning_rate", decimal(0.0001, 1, 5));
  setting("batch_size", positive(whole(most.batch_size)));
  setting("ema_decay", decimal(0, 0.9999, 4));
  setting("mistake", among(MISTAKES));
  setting("seed", whole(MAX_SEED));
  return { settings, refused };
}

/**
 * What a link asks for of the kept run, and the names of what is not allowed.
 * @param {Record<string, string>} link @param {import("./run.js").Run} run
 */
export function readRun(link, { epochs, steps, classes }) {
  /** @type {import("./run.js").Linked} */
  const settings = {};
  const { refused, take } = reader(link);
  take("epoch", among(epochs.map(String)), (text) => {
    settings.network = epochs.indexOf(Number(text));
  });
  take("moment", whole(steps), (value) => {
    settings.moment = value;
  });
  take("told", among(classes), (value) => {
    settings.told = value;
  });
  take("noise", whole(MAX_NOISE), (value) => {
    settings.noise = value;
  });
  take("network", among(["averaged", "raw"]), (value) => {
    settings.averaged = value === "averaged";
  });
  take("measure", among(["eps", "x0"]), (value) => {
    settings.measure = value;
  });
  return { settings, refused };
}

/** The same for a link. @param {import("./run.js").State} state @param {import("./run.js").Run} run */
export const writtenRun = ({ network, moment, told, noise, averaged, measure }, { epochs }) => ({
  epoch: epochs[network],
  moment,
  told,
  noise,
  network: averaged ? "averaged" : "raw",
  measure,
});

/** For a link: what is not as usual, and the source. @param {Settings} settings @param {Settings} usual */
export const written = (settings, usual) =>
  Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => name === "source" || value !== usual[/** @type {keyof Settings} */ (name)],
    ),
  );
