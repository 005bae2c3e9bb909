// @ts-check
// Who draws in full quality: the page, where it has the network and can read what is asked for, or else the server.
import * as engine from "../../assets/engine.js";
import { bytes } from "../../assets/pixels.js";
import { readDrawing } from "./here.js";

/** What has been drawn: sprites as RGB bytes; run: the first sprite's, nfe: its network evaluations.
 * @typedef {{ rgb: Uint8Array, run: any, nfe: number, spread?: number[], theta?: number, here: boolean,
 *   seconds: number }} Drawn */
/** Is told each sprite of the page's own. @typedef {(sprite: { i: number, rgb: Uint8Array }) => void} Tell */

const LINE = "mixing";

/** @param {import("./state.js").Data} data @param {(request: object) => Promise<any>} ask the server */
export function maker(data, ask) {
  let here = false;

  /** @param {object} request @param {Tell} tell */
  async function inThePage(request, tell) {
    const read = engine.here() && readDrawing(data, request);
    if (!read) return undefined;
    const { runs, ...figures } = read;
    here = true;
    try {
      const made = await engine.run("sprites", { runs }, { line: LINE, tell });
      return made && { ...made, ...figures, nfe: made.run.nfe };
    } catch {
      return undefined;
    } finally {
      here = false;
    }
  }

  return {
    /** Resolves to null if it was stopped. @param {object} request @param {Tell} tell @returns {Promise<Drawn | null>} */
    async draw(request, tell) {
      const start = performance.now(),
        own = await inThePage(request, tell),
        reply = own === undefined ? await ask(request) : own,
        told = { here: own !== undefined, seconds: (performance.now() - start) / 1000 };
      return reply && { ...reply, ...told, rgb: reply.rgb ?? bytes(reply.sprites) };
    },

    /** What the page is drawing is not wanted any more; what the server draws comes all the same. */
    stop: () => void (here && engine.stop(LINE)),
  };
}
