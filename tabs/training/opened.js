// @ts-check
// A network opened from its file: what it is, and what it draws.
import { node, tell } from "../../assets/dom.js";
import { bytes, drawBytes } from "../../assets/pixels.js";

const MINE = "mine"; // core.train.live.MINE

/** read_network() of opened.py.
 * @typedef {{ classes: string[], data: string, images: number, predicts: string, samples: string }} Opened */

/** @param {import("./lesson.js").Lesson} lesson @returns {(found: Opened) => void} */
export function opened({ $, data: { sources }, store, words }) {
  const canvases = Array.from({ length: 32 }, () => node("canvas", { width: 16, height: 16 }));
  $(".opened-pictures").replaceChildren(...canvases);
  $(".open-place").append(document.getElementById("training-file") ?? "");

  return ({ classes, data, images, predicts, samples }) => {
    $(".opened").hidden = false;
    store.update({ served: "opened" });
    const others = classes.length > 1 ? classes.filter((name) => name !== MINE && !sources.includes(name)) : [];
    const of = { classes: classes.join(", "), data, images: images.toLocaleString("en"), [predicts]: true };
    tell($(".opened-what"), words.say("opened", { ...of, others: others.join(", ") }));
    $(".opened-pictures").ariaLabel = words.say("opened-seen");
    const rgb = bytes(samples);
    for (const [k, canvas] of canvases.entries()) drawBytes(canvas, rgb, k);
  };
}
