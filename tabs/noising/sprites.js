// @ts-check
// The sprites of the gallery: the built-in ones, that of a link, and a person's own, which outlive the page in their
// browser: nobody else sees them.
import { pack, unpack } from "../../assets/editor.js";
import { bytes, VALUES } from "../../assets/pixels.js";
import { SHELF, shelf } from "../../assets/shelf.js";

/** @typedef {import("./state.js").Sprite} Sprite */
/** @typedef {import("../../assets/shelf.js").Shelf} Shelf */

export const MAX_KEPT = 32;

/** @param {Uint8Array} rgb @param {string} caption @param {Partial<Sprite>} more @returns {Sprite} */
export const newSprite = (rgb, caption, more = {}) => ({
  rgb,
  caption,
  name: null,
  told: null,
  own: true,
  undo: [],
  redo: [],
  ...more,
});

/** @param {{ sprites: string, names: [string, number][], captions: string[], classes: string[] }} data of lesson.py */
export function builtIn({ sprites, names, captions, classes }) {
  const all = bytes(sprites);
  return names.map((name, k) =>
    newSprite(all.slice(k * VALUES, (k + 1) * VALUES), captions[k], {
      name,
      told: classes.includes(name[0]) ? name[0] : null,
      own: false,
    }),
  );
}

/**
 * A person's own sprites in their browser. Those from another tab of it stay there, too.
 * @param {() => Shelf} storage may throw, where a browser allows none
 */
export function keeper(storage) {
  const there = () => {
    try {
      return shelf(storage());
    } catch {
      return [];
    }
  };
  /** @type {string[]} */
  let known = []; // pixels of those on the shelf that this page knows of

  return {
    /** The newest, as [pixels, class]. */
    load() {
      const kept = there().slice(-MAX_KEPT);
      known = kept.map(({ pixels }) => pixels);
      return kept.map(({ pixels, told }) => ({ rgb: /** @type {Uint8Array} */ (unpack(pixels)), told }));
    },
    /**
     * Put them on the shelf, if they are not. Returns "full" if older ones were dropped, "refused" if the browser keeps
     * nothing, else "kept".
     * @param {Sprite[]} sprites
     */
    save(sprites) {
      const own = sprites.filter((sprite) => sprite.own).map(({ rgb, told }) => ({ pixels: pack(rgb), told }));
      const pixels = own.map((entry) => entry.pixels);
      if (pixels.join() === known.join()) return "kept";
      const mine = new Set([...known, ...pixels]);
      const all = [...there().filter((entry) => !mine.has(entry.pixels)), ...own];
      try {
        storage().setItem(SHELF, JSON.stringify(all.slice(-MAX_KEPT)));
      } catch {
        return "refused";
      }
      known = pixels;
      return all.length > MAX_KEPT ? "full" : "kept";
    },
  };
}
