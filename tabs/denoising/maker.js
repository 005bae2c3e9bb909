// @ts-check
// Who makes a run: the page, where it has the networks and can read what is asked for, or else the server.
import * as engine from "../../assets/engine.js";
import { valuesOf } from "../../assets/pixels.js";
import { tooLarge } from "../../assets/reading.js";
import { readRun, toldForks } from "./here.js";
import { completed, decoded } from "./trajectory.js";

/** @typedef {import("./trajectory.js").Fork} Fork */
/** @typedef {import("./trajectory.js").Trajectory} Trajectory */
/** @typedef {Record<string, any>} Settings of a run, by the names of FIELDS in lesson.py */

/**
 * @param {Pick<import("./lesson.js").Lesson, "$" | "data" | "known">} lesson
 * @param {(request: object) => Promise<any>} askFork asks the server for a run with forks
 * @param {() => void} askRun asks it for one, with what the controls are set to
 */
export function maker({ $, data, known }, askFork, askRun) {
  const students = Object.keys(data.networks).filter((network) => known.student({ network }));
  let served = true; // whether the newest run is the server's

  /** In the page; null if a newer run was asked for meanwhile, "server" where it is that one's.
   * @param {Settings} settings @param {Fork[]} forks @returns {Promise<Trajectory | null | "server">} */
  async function here(settings, forks) {
    const networks = new Set([settings, ...forks].map(({ network }) => network)),
      offered = [...networks].map((network) => engine.here(network)).every(Boolean) && engine.about(),
      read = offered && readRun(offered, settings, forks, { noClass: data.no_class, students });
    if (!read) return "server";
    const progress = $(".making"),
      start = performance.now();
    try {
      const tell = (/** @type {number} */ count) => {
        progress.hidden = performance.now() - start < 300;
        progress.value = count / read.config.num_inference_steps;
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
      progress.hidden = true;
    }
  }

  return {
    /** A run; null if a newer one was asked for meanwhile, or if the server has been asked. @param {Settings} settings */
    async generate(settings) {
      served = false;
      const made = await here(settings, []);
      if (made !== "server") return made;
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
