// @ts-check
// The controls that set one part of the state, and show it: schedules, the class told, fresh noise.
import { titled } from "./axes.js";
import { rivalOf } from "./settings.js";

/** @typedef {import("./state.js").Lesson} Lesson */
/** @typedef {import("./state.js").State} State */

/** @param {Lesson} lesson @param {string[]} classes @param {() => void} renew what "New noise" does */
export function controls({ $, store, views }, classes, renew) {
  const { state, update } = store;

  /** @param {"schedule" | "rival" | "told" | "channel"} part */
  function shows(part) {
    views.add({
      parts: [part],
      draw() {
        $(`.${part}`).value = state[part];
      },
    });
  }

  /**
   * @param {"schedule" | "rival" | "told"} part
   * @param {[string, string][]} options title and value
   * @param {(value: string) => Partial<State>} changes
   */
  function select(part, options, changes) {
    const box = $(`.${part}`);
    box.replaceChildren(...options.map(([title, value]) => new Option(title, value)));
    box.addEventListener("change", () => update(changes(box.value)));
    shows(part);
  }

  /** @type {[string, string][]} */
  const schedules = Object.keys(store.schedules).map((name) => [titled(name), name]);
  select("schedule", schedules, (schedule) => ({
    schedule,
    rival: state.rival === schedule ? rivalOf(schedule) : state.rival,
  }));
  select("rival", schedules, (rival) => ({ rival }));
  select(
    "told",
    classes.map((name) => [name, name]),
    (told) => ({ told }),
  );
  shows("channel"); // walks.js sets it

  $(".new-noise").addEventListener("click", renew);
  $(".boil").addEventListener("change", () => {
    const fresh = $(".boil").checked;
    update({ fresh, ...(fresh ? {} : { eps: state.seeded }) }); // back to noise that has a seed
  });
  views.add({
    parts: ["fresh"],
    draw() {
      $(".boil").checked = state.fresh;
    },
  });
}
