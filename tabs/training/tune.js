// @ts-check
// The shipped network learns a class more, while one looks on at the new class and at the old ones.
import { node, tell } from "../../assets/dom.js";
import { base64, bytes, drawBytes, VALUES } from "../../assets/pixels.js";
import { save } from "../../assets/takeaways.js";
import { ownPictures } from "./own.js";

/** core/train/tune.py's TuneConfig.
 * @typedef {{ own: boolean, learns: string, replay: boolean, seconds: number, seed: number }} Tuning */
/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {{ fresh: string, old: string, step: number, seconds: number }} Look */

const LEFT = "left"; // the line
const FRESH = 8;
const OLD = 10;

/** @param {Lesson} lesson
 * @param {{ ask: (data: object, each: (answer: any) => void) => Promise<any>, halt: () => void,
 *   fetch: (data: object) => Promise<{ file: string } | null> }} server */
export function tuning({ $, element, data, store, words }, { ask, halt, fetch }) {
  /** What Stop does: to leave the line, or have the training end. @type {() => void} */
  let stop = () => {};
  const status = (/** @type {string} */ text) => tell($(".u-status"), text);
  const shelf = (/** @type {string} */ place, /** @type {number} */ count) => {
    const canvases = Array.from({ length: count }, () => node("canvas", { width: 16, height: 16 }));
    $(place).replaceChildren(...canvases);
    return canvases;
  };
  const [pictures, fresh, old] = [shelf(".u-pictures", FRESH), shelf(".u-fresh", FRESH), shelf(".u-old", OLD)];

  /** @param {HTMLCanvasElement[]} canvases @param {ArrayLike<number>} rgb */
  function fill(canvases, rgb) {
    for (const [k, canvas] of canvases.entries())
      if (rgb.length >= (k + 1) * VALUES) drawBytes(canvas, rgb, k);
      else canvas.width = 16; // nothing
  }
  const own = () => ($(".u-own").value === "yes" ? ownPictures(data.most.own) : new Uint8Array());
  const examples = () => fill(pictures, $(".u-own").value === "yes" ? own() : bytes(data.foreign));

  /** @param {Look} look */
  function show(look) {
    fill(fresh, bytes(look.fresh));
    fill(old, bytes(look.old));
    for (const place of ["fresh", "old"]) $(`.u-${place}`).ariaLabel = words.say(`${place}-seen`, { steps: look.step });
  }

  async function teach() {
    /** @type {Tuning} */
    const settings = {
      .../** @type {Tuning} */ (data.tuning),
      own: $(".u-own").value === "yes",
      learns: $(".u-learns").value,
      replay: $(".u-replay").value === "yes",
      seconds: Number($(".u-seconds").value),
    };
    const mine = own();
    if (settings.own && !mine.length) return status(words.say("no-own"));
    $(".u-go").disabled = true;
    $(".u-halt").disabled = false;
    tell($(".u-verdict"), "");
    status(words.say("waiting"));
    delete element.dataset.tuned;
    let begun = false;
    const gone = new Promise((leave) => {
      stop = () => {
        halt();
        if (!begun) leave(LEFT);
      };
    });
    try {
      let steps = 0;
      const answer = ask({ settings, pixels: base64(mine) }, (look) => {
        if (look.step === undefined) return;
        begun = true;
        steps = look.step;
        show(look);
        const left = Math.max(0, settings.seconds - look.seconds).toFixed(0);
        status(words.say("tuning", { step: look.step, left }));
      });
      const tuned = await Promise.race([answer, gone]);
      if (tuned === LEFT) status(words.say("left"));
      if (!tuned || tuned === LEFT) return;
      status(words.say("tuned", { steps }));
      tell($(".u-verdict"), words.say("tuned-verdict", tuned));
      tell($(".u-keep"), words.say("keep-tuned", { size: (tuned.bytes / 1e6).toFixed(1) }));
      tell($(".u-file-status"), "");
      store.update({ served: "tuned" });
      element.dataset.tuned = String(steps); // for whoever waits for it
    } catch (error) {
      status(words.say("failed", { why: error instanceof Error ? error.message : "" }));
    } finally {
      $(".u-go").disabled = false;
      $(".u-halt").disabled = true;
    }
  }

  /** The file is large: it comes when somebody wants it. */
  async function keep() {
    $(".u-keep").disabled = true;
    tell($(".u-file-status"), words.say("fetching"));
    try {
      const found = await fetch({});
      if (!found) return;
      const file = bytes(found.file);
      save("network-tuned.safetensors", file, "application/octet-stream");
      tell($(".u-file-status"), words.say("saved", { size: Math.round(file.length / 1000).toLocaleString("en") }));
    } catch (error) {
      tell($(".u-file-status"), words.say("failed", { why: error instanceof Error ? error.message : "" }));
    } finally {
      $(".u-keep").disabled = false;
    }
  }

  $(".u-keep").addEventListener("click", keep);
  $(".u-own").addEventListener("change", examples);
  $(".u-halt").addEventListener("click", () => stop());
  $(".u-form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    teach();
  });
  examples();
  return examples; // when there are others
}
