// @ts-check
// A person's own pictures, to learn from: those of a file that they have chosen on this visit, else those that they have
// painted.
import { bytes, VALUES } from "../../assets/pixels.js";
import { ownSprites } from "../../assets/shelf.js";

/** files.py. @typedef {{ rgb: string, count: number, notes: string }} File */

/** @type {File | null} */
let chosen = null;

/** @param {File | null} file null for those that have been painted */
export const choose = (file) => {
  chosen = file;
};

/** Whether they are those of a file. */
export const fromFile = () => chosen !== null;

/** @param {number} most @returns {Uint8Array} RGB bytes, one picture after the other */
export function ownPictures(most) {
  if (chosen) return bytes(chosen.rgb);
  return Uint8Array.from(
    ownSprites()
      .slice(-most)
      .flatMap((rgb) => [...rgb]),
  );
}

/** How many. @param {number} most */
export const ownCount = (most) => ownPictures(most).length / VALUES;
