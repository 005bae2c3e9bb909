// @ts-check
// A network opened from its file: what it is, and what it draws.
import { node, tell } from "../../assets/dom.js";
import { bytes, drawBytes } from "../../assets/pixels.js";

/** read_network() of opened.py.
 * @typedef {{ classes: string[], data: string, images: number, predicts: string, samples: string }} Opened */

/** @param {import("./lesson.js").Lesson} lesson @returns {(found: Opened) => void} */
export function opened({ $, words }) {
  const canvases = Array.from({ length: 32 }, () => node("canvas", { width: 16, height: 16 }));
  $(".opened-pictures").replaceChildren(...canvases);
  $(".open-place").append(document.getElementById("training-file") ?? "");

  return ({ classes, data, images, predicts, samples }) => {
    $(".opened").hidden = false;
    const of = { classes: classes.join(", "), data, images: images.toLocaleString("en"), [predicts]: true };
    tell($(".opened-what"), words.say("opened", of));
    $(".opened-pictures").ariaLabel = words.say("opened-seen");
    const rgb = bytes(samples);
    for (const [k, canvas] of canvases.entries()) drawBytes(canvas, rgb, k);
  };
}
