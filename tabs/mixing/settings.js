// @ts-check
// The settings of the lesson in a permanent link: written from the state, and read, with what of a link cannot be used.
import { readWeights, weightsText } from "../../assets/link.js";
import { among, decimal, reader, whole } from "../../assets/settings.js";
import { WAYS } from "./state.js";
import { HIGH, LOW, named, rowOf } from "./weights.js";

/** @typedef {import("./state.js").Settings} Settings */
/** @typedef {{ classes: string[], max: { guidance: number, seed: number } }} Choices */

/** For a link. @param {Readonly<Settings>} settings @param {string[]} classes */
export function written({ weights, strength, guidance_scale, seed, mixing, keep, a, b, seed_b }, classes) {
  const text = (/** @type {number[]} */ row) => weightsText(named(row, classes));
  return {
    weights: text(weights),
    strength: strength === 1 ? null : strength,
    guidance_scale,
    seed,
    mixing,
    keep,
    a: text(a),
    b: text(b),
    seed_b,
  };
}

/**
 * What a link asks for, and the names of those of its settings that are not allowed.
 * @param {Record<string, string>} link
 * @param {Choices} choices
 */
export function read(link, { classes, max }) {
  /** @type {Partial<Settings>} */
  const settings = {};
  const { refused, take } = reader(link);
  const weight = decimal(LOW, HIGH, 2);
  /** @param {string} text */
  function row(text) {
    const weights = readWeights(text, classes, (part) => weight(part) !== undefined);
    return weights && rowOf(weights, classes);
  }
  /**
   * @template {keyof Settings} Name
   * @param {Name} name
   * @param {(text: string) => Settings[Name] | undefined} parse
   */
  const setting = (name, parse) =>
    take(name, parse, (value) => {
      settings[name] = value;
    });

  setting("weights", row);
  setting("a", row);
  setting("b", row);
  setting("seed", whole(max.seed));
  setting("seed_b", whole(max.seed));
  setting("strength", decimal(0, HIGH, 2));
  setting("guidance_scale", decimal(0, max.guidance, 1));
  setting("mixing", among(WAYS));
  take("keep", among(["true", "false"]), (text) => {
    settings.keep = text === "true";
  });
  return { settings, refused };
}
