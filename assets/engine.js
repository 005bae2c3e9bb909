// @ts-check
// Who makes a run. A lesson asks for a trajectory and need not know where the network works: today on the server.

/** @typedef {{ weights: string | Record<string, number>, network: string, sampler: string, num_inference_steps: number,
 *   guidance_scale: number, seed: number, eta: number, noise_scale: number, schedule: string }} Config */

/**
 * An engine whose runs the server makes.
 * @param {(request: object) => Promise<any>} ask see ask.js
 */
export function serverEngine(ask) {
  return {
    /**
     * The trajectory of a run (tabs/denoising/lesson.py), or null if a newer one was asked for meanwhile.
     * @param {Config} config
     * @param {object[]} forks where it was left, and how it went on
     * @returns {Promise<any>}
     */
    run: (config, forks = []) => ask({ settings: config, forks }),
  };
}
