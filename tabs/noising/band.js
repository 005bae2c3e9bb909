// @ts-check
// The band under the slider: a button for each stage of noise, as wide as the stage is long.
import { node, rem } from "../../assets/dom.js";
import { rove } from "../../assets/keys.js";
import { stageOf } from "./process.js";

/** @typedef {import("./state.js").Lesson} Lesson */

const THUMB = 16; // px of the slider's
const NONE = 2.4; // rem for the word "none"

/** @param {Lesson} lesson @param {import("./stage.js").Stage[]} stages @param {(t: number) => void} go */
export function band({ $, element, store, views }, stages, go) {
  const { T } = store;
  const current = () => {
    const now = stageOf(stages, store.weights()).name;
    for (const button of element.querySelectorAll(".stages button"))
      button.setAttribute("aria-current", String(button instanceof HTMLElement && button.dataset.stage === now));
  };

  function layOut() {
    const slider = $(".t"),
      left = slider.offsetLeft - $(".stages").offsetLeft + THUMB / 2,
      width = slider.offsetWidth - THUMB;
    const names = Array.from({ length: T + 1 }, (_, t) => stageOf(stages, store.weights(t)).name);
    const buttons = stages.flatMap(({ name, title }, k) => {
      const first = names.indexOf(name),
        last = names.lastIndexOf(name);
      if (first < 0) return [];
      const button = node("button", {
        type: "button",
        textContent: name,
        title: `${title}: t = ${first}${last > first ? ` to ${last}` : ""}`,
        onclick: () => go(Math.round((first + last) / 2)),
      });
      button.ariaLabel = button.title;
      button.dataset.stage = name;
      // The line is as long as its part of the track, whose ends lie half a thumb beyond the thumb's own way.
      const from = k ? left + (width * (first - 0.5)) / T + 1 : left - THUMB / 2,
        to = last === T ? left + width + THUMB / 2 : left + (width * (last + 0.5)) / T;
      // "none" is only t = 0: its word stands before the track.
      const start = k ? from : Math.max(0, from - NONE * rem());
      button.style.left = `${start}px`;
      button.style.width = `${Math.max(0, to - start - 1)}px`;
      button.style.setProperty("--line", `${to - from - 1}px`);
      button.style.setProperty("--share", `${(100 * k) / 3}%`);
      return [button];
    });
    $(".stages").replaceChildren(...buttons);
    current();
  }

  views.add({ parts: ["schedule"], draw: layOut });
  let shown = "";
  views.add({
    parts: ["t", "schedule"],
    draw() {
      const now = stageOf(stages, store.weights()).name;
      if (now !== shown) current();
      shown = now;
    },
  });
  rove($(".stages"));
}
