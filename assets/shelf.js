// @ts-check
// A person's own sprites, which outlive the page in their browser: nobody else sees them. The lesson on noising, where
// they are painted, puts them on the shelf; other lessons take them from there.
import { unpack } from "./editor.js";

/** @typedef {{ pixels: string, told: string | null }} Kept a sprite on the shelf, its pixels as text */
/** @typedef {Pick<Storage, "getItem" | "setItem">} Shelf */

export const SHELF = "own-sprites";

/** @param {Pick<Storage, "getItem">} storage @returns {Kept[]} what is on the shelf; what is not ours is passed over */
export function shelf(storage) {
  try {
    const found = JSON.parse(storage.getItem(SHELF) ?? "[]");
    return Array.isArray(found) ? found.filter((entry) => unpack(String(entry?.pixels))) : [];
  } catch {
    return []; // no storage, or not JSON
  }
}

/** RGB bytes of those in this browser. @returns {Uint8Array[]} */
export function ownSprites() {
  try {
    return shelf(localStorage).map(({ pixels }) => /** @type {Uint8Array} */ (unpack(pixels)));
  } catch {
    return []; // a browser that allows no storage
  }
}
