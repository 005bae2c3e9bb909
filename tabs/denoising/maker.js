// @ts-check
// Who makes a run: the page, where it has the networks and can read what is asked for, or else the server.
import { cutOff, OFFLINE, Refusal } from "../../assets/ask.js";
import * as engine from "../../assets/engine.js";
import { valuesOf } from "../../assets/pixels.js";
import { tooLarge } from "../../assets/reading.js";
import { readRun, toldForks } from "./here.js";
import { completed, decoded } from "./trajectory.js";

/** @typedef {import("./trajectory.js").Fork} Fork */
/** @typedef {import("./trajectory.js").Trajectory} Trajectory */
/** @typedef {Record<string, any>} Settings of a run, by the names of FIELDS in lesson.py */

/**
 * @param {Pick<import("./lesson.js").Lesson, "$" | "data" | "known" | "say">} lesson
 * @param {(request: object) => Promise<any>} askFork asks the server for a run with forks
 * @param {() => void} askRun asks it for one, with what the controls are set to
 */
export function maker({ $, data, known, say }, askFork, askRun) {
  const students = Object.keys(data.networks).filter((network) => known.student({ network }));
  let served = true; // whether the newest run is the server's

  /** In the page; null if a newer run was asked for meanwhile, "server" where it is that one's.
   * @param {Settings} settings @param {Fork[]} forks @returns {Promise<Trajectory | null | "server">} */
  async function here(settings, forks) {
    const networks = new Set([settings, ...forks].map(({ network }) => network)),
      offered = [...networks].map((network) => engine.here(network)).every(Boolean) && engine.about(),
      read = offered && readRun(offered, settings, forks, { noClass: data.no_class, students });
    if (!read) return "server";
    const box = $(".making"),
      start = performance.now();
    try {
      const tell = (/** @type {number} */ count) => {
        const of = read.config.num_inference_steps;
        box.hidden = performance.now() - start < 300;
        box.querySelector("progress").value = count / of;
        box.querySelector("span").textContent = say("making", { count, of });
      };
      const made = await engine.run("follow", read, { line: "denoising", tell });
      if (!made) return null;
      if (made.refused || tooLarge(made.x_t.subarray(-valuesOf(made.shape)))) return "server";
      const what = known.weightsText(made.configs[made.configs.length - 1].weights),
        told = { what, config: read.config, forks: toldForks(read.forks), warning: null, python: null, here: true };
      return completed({ ...made, ...told });
    } catch {
      return "server";
    } finally {
      box.hidden = true;
    }
  }

  return {
    /** A run; null if a newer one was asked for meanwhile, or if the server has been asked. Rejects with a Refusal.
     * @param {Settings} settings */
    async generate(settings) {
      served = false;
      const made = await here(settings, []);
      if (made !== "server") return made;
      if (cutOff()) throw new Refusal(OFFLINE, false);
      served = true;
      askRun();
      return null;
    },

    /** A run with forks; null if another was asked for meanwhile. @param {Settings} settings @param {Fork[]} forks */
    async fork(settings, forks) {
      const made = await here(settings, forks);
      if (made !== "server") return made;
      const payload = await askFork({ settings, forks });
      return payload && decoded(payload);
    },

    /** What the server has sent for askRun, unless the page has been asked since.
     * @param {import("./trajectory.js").Payload | null} payload */
    served: (payload) => (payload?.t && served ? decoded(payload) : null),
  };
}
