// @ts-check
// What is to be known of a config: which settings its sampler has, what draws, whether fresh noise is added, and how
// its weights are put into words. Follows from the samplers and networks of the lesson's data. Needs no page.

/** @typedef {import("./trajectory.js").Change} Change */
/** @typedef {{ title: string, settings: string[], noisy: string, y: string, sentence: string,
 *   still: string, first: boolean }} Sampler */
/** @typedef {{ title: string, teacher: string | null, sentence: string }} Network */
/** The lesson's data, from lesson.py.
 * @typedef {{ fields: (keyof import("./trajectory.js").Config)[], classes: string[], no_class: string, mine: string,
 *   samplers: Record<string, Sampler>, networks: Record<string, Network>, max_forks: number }} Data */
/** @typedef {{ network: string, sampler: string }} Drawer */

/** @param {Data} data */
export function knowledge({ samplers, networks, no_class }) {
  /** Whether a distilled network draws. @param {{ network: string }} config */
  const student = ({ network }) => Boolean(networks[network]?.teacher);
  /** Whether a setting does anything there. @param {Drawer} config @param {string} setting */
  const has = (config, setting) => !student(config) && Boolean(samplers[config.sampler]?.settings.includes(setting));
  return {
    student,
    has,
    /** @param {Drawer} config */
    titled: (config) => (student(config) ? networks[config.network].title : samplers[config.sampler].title),
    /** Whether only a part of the fresh noise is added. @param {Change} config */
    scaled: (config) => has(config, "noise_scale") && config.noise_scale < 1,
    /** Whether a run with these settings draws fresh noise. @param {Change} config */
    drawsNoise(config) {
      const { noisy, settings } = samplers[config.sampler];
      const set = /** @type {Record<string, any>} */ (config);
      return noisy === "always" || (noisy === "as set" && settings.some((name) => has(config, name) && set[name] > 0));
    },
    /** What to say of a step that adds no noise. @param {Drawer} config */
    still: (config) => networks[config.network].sentence || samplers[config.sampler].still,
    /** @param {Record<string, number>} weights */
    weightsText: (weights) =>
      Object.entries(weights)
        .filter(([, w]) => w)
        .map(([name, w]) => (w === 1 ? name : `${w} ${name}`))
        .join(" + ") || no_class,
    /** The class that Gradio's control was set to. @param {Record<string, number>} weights */
    className: (weights) => Object.keys(weights)[0] ?? no_class,
  };
}
/** @typedef {ReturnType<typeof knowledge>} Knowledge */
