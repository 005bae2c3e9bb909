// @ts-check
// The settings of the lesson in a permanent link: written from the state, and read, with what of a link cannot be used.
import { pack, unpack } from "../../assets/editor.js";
import { among, reader, whole } from "../../assets/settings.js";

/** @typedef {import("./state.js").State} State */
/** Of the state.
 * @typedef {Partial<Pick<State, "schedule" | "rival" | "t" | "fresh" | "pixel" | "channel" | "told">>} Parts */
/** sprite: a name; rgb: its pixels instead.
 * @typedef {Parts & { sprite?: string, rgb?: Uint8Array, seed?: number }} Settings */
/** @typedef {{ T: number, schedules: string[], sprites: string[], classes: string[] }} Choices */

export const MAX_SEED = 2 ** 31 - 1;

/** The schedule that another is compared with, unless somebody wants it otherwise. @param {string} schedule */
export const rivalOf = (schedule) => (schedule === "linear" ? "cosine" : "linear");

/** @param {Pick<State, "sprite">["sprite"]} sprite */
export const nameOf = (sprite) => sprite.name?.join("-");

/** For a link. @param {Readonly<State>} state */
export function written({ sprite, t, schedule, rival, seed, told, fresh, pixel, channel }) {
  return {
    ...(sprite.name ? { sprite: nameOf(sprite) } : { pixels: pack(sprite.rgb) }),
    t,
    schedule,
    rival,
    seed,
    weights: told,
    ...(fresh ? { fresh: 1 } : {}),
    pixel: `${pixel.x}.${pixel.y}.${channel}`,
  };
}

/**
 * What a link asks for, and the names of those of its settings that are not allowed.
 * @param {Record<string, string>} link
 * @param {Choices} choices
 */
export function read(link, { T, schedules, sprites, classes }) {
  /** @type {Settings} */
  const settings = {};
  const { refused, take } = reader(link);
  /** @param {"schedule" | "rival" | "t" | "sprite" | "seed" | "told"} part */
  const to = (part) => (/** @type {string | number} */ value) => Object.assign(settings, { [part]: value });

  take("schedule", among(schedules), to("schedule"));
  take("rival", among(schedules), to("rival"));
  take("sprite", among(sprites), to("sprite"));
  take(
    "pixels",
    (text) => unpack(text) ?? undefined,
    (rgb) => {
      settings.rgb = rgb;
    },
  );
  take("t", whole(T), to("t"));
  take("fresh", among(["1"]), () => {
    settings.fresh = true;
  });
  take(
    "pixel",
    (text) => /^(\d|1[0-5])\.(\d|1[0-5])\.([0-2])$/.exec(text) ?? undefined,
    ([, x, y, channel]) => Object.assign(settings, { pixel: { x: +x, y: +y }, channel: +channel }),
  );
  if (classes.length) take("weights", among(classes), to("told"));
  take("seed", whole(MAX_SEED), to("seed"));
  return { settings, refused };
}
