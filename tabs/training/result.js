// @ts-check
// What a network has learned: its sprites, each over the one of its data that is nearest, and the network to take away.
import { node, tell } from "../../assets/dom.js";
import { bytes, drawBytes } from "../../assets/pixels.js";
import { save } from "../../assets/takeaways.js";
import { program } from "./program.js";

/** @typedef {import("./lesson.js").Lesson} Lesson */
/** @typedef {import("./lesson.js").Taught} Taught */

const COPY = 4; // of 255: core.metrics.NEARLY_IDENTICAL
const BLIND = 0.15; // mean squared error of x0 at log-SNR 2: twice that of a network that has learned a little
const FEW = 100; // pictures to learn from
const BLUR = 75; // of 255: what is farther from all data than this is nothing that one would recognise

/** @param {Lesson} lesson */
export function result({ $, data, store, words }) {
  /** @param {Taught} taught */
  function draw({ samples, nearest, distance, copies, known }) {
    const [drawn, near] = [bytes(samples), bytes(nearest)];
    $(".pairs").replaceChildren(
      ...distance.map((away, k) => {
        const [above, below] = [0, 1].map(() => node("canvas", { width: 16, height: 16 }));
        drawBytes(above, drawn, k);
        drawBytes(below, near, k);
        const off = away.toFixed(away < 10 ? 1 : 0);
        above.setAttribute("role", "img");
        above.ariaLabel = words.say("drawn-seen", { off });
        below.ariaHidden = "true";
        const text = node("span", { className: away < COPY ? "copy" : "", textContent: words.say("off", { off }) });
        return node("figure", {}, above, below, text);
      }),
    );
    const all = distance.length;
    // It draws nothing that one would recognise, or sees little where little noise is left, or was meant to go wrong.
    const blurred = [...distance].sort((a, b) => a - b)[all >> 1] > BLUR || known[data.levels.indexOf(2)] > BLIND;
    const poor = blurred || ["range", "shown"].includes(store.state.current?.settings.mistake ?? "");
    const few = (store.state.current?.pictures ?? 0) < FEW; // it can only be on the way to knowing them by heart
    const byHeart = copies > 0.9 * all;
    const kind = {
      "by-heart": byHeart,
      new: copies === 0 && !few,
      few: !byHeart && few,
      between: !byHeart && !few && copies > 0,
    };
    tell($(".verdict"), words.say(poor ? "verdict-poor" : "verdict", { copies, all, ...kind }));
  }

  store.listen((changed) => {
    const taught = store.state.current?.taught;
    $(".learned").classList.toggle("stale", !taught);
    if (!changed.has("current") || !taught) return;
    $(".result .nothing-yet").hidden = true;
    $(".learned").hidden = false;
    tell($(".file-status"), "");
    tell($(".program"), program(store.state.current?.settings ?? data.usual, data.usual, data.own));
    draw(taught);
  });
  $(".keep-file").addEventListener("click", () => {
    const { current } = store.state;
    if (!current?.taught) return;
    const file = bytes(current.taught.file);
    save(`network-${current.settings.source}.safetensors`, file, "application/octet-stream");
    tell($(".file-status"), words.say("saved", { size: Math.round(file.length / 1000).toLocaleString("en") }));
  });
}
