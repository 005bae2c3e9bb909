// @ts-check
// Who runs a race: the page, where it has the networks and can read what is asked for, or else the server.
import { cutOff, OFFLINE } from "../../assets/ask.js";
import * as engine from "../../assets/engine.js";
import { asked, begun, compared, finished, further, readRace } from "./here.js";

/** @typedef {import("./here.js").Settings} Settings */
/** @typedef {import("./race.js").Race} Race */

const LINE = "race";

/**
 * @param {Pick<import("./lesson.js").Parts, "data" | "server" | "trigger">} parts
 * @param {(race: Race) => void} show
 * @param {(why: string) => void} refuse
 * @param {() => Promise<void>} painted resolves when what has been shown is on the screen
 */
export function maker({ data, server, trigger }, show, refuse, painted) {
  let served = true; // whether the newest race is the server's
  let newest = 0; // its number
  /** @type {Settings} */
  let settings;

  /** Its program. */
  const program = () => server.race_program(settings);

  /** Race in the page; resolves to whether it did. @param {number} number */
  async function here(number) {
    const networks = [...new Set(settings.lanes.map(([, network]) => /** @type {string} */ (network)))],
      offered = networks.map((network) => engine.here(network)).every(Boolean) && engine.about(),
      configs = offered && readRace(offered, settings, data);
    if (!offered || !configs) return false;
    let race = begun(configs, data, offered.networks[configs[0].network].shape);
    /** @param {Race} next */
    async function goTo(next) {
      if (number !== newest) return;
      race = next;
      show(race);
      await painted(); // or its drawing would be timed as well
    }
    trigger("begun", {});
    goTo(race);
    /** @param {any} told */
    const tell = (told) => goTo(told.ended ? finished(race, told, data) : further(race, told));
    try {
      const distances = await engine.run("race", { configs, defaults: offered.defaults }, { line: LINE, tell });
      if (distances) goTo(compared(race, distances));
    } catch {
      return number !== newest;
    }
    if (number === newest) trigger("over", {});
    if (!race.finished || !navigator.onLine) return true;
    // The server writes the program, and adds the race to the plots, if it can be reached.
    const python = await program().catch(() => null);
    if (typeof python !== "string" || number !== newest) return true;
    goTo({ ...race, python });
    trigger("measured", { ...settings, measured: race.lanes.map(({ nfe, seconds }) => [nfe, seconds]) });
    return true;
  }

  return {
    /** Race with what the controls are set to. @param {any[]} values */
    async start(values) {
      const number = ++newest;
      engine.stop(LINE);
      served = false;
      settings = asked(values, data.fields);
      if (await here(number)) return;
      if (cutOff()) {
        refuse(OFFLINE);
        return trigger("over", {});
      }
      served = true;
      trigger("run", {});
    },

    stop: () => engine.stop(LINE),

    /** Whether what the server sends is the newest race. */
    served: () => served,

    program,
  };
}
