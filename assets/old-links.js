// @ts-check
// Links of earlier versions of the page still work: here their names and values become those of today. The text of this
// module runs in the page's head (tabs/shell.py), before Gradio, or any other script, reads the address.

/**
 * The query of an address in today's names.
 * @param {string} search such as "?tab=denoising&class=food&steps=20"
 * @param {string[]} classes those of the network, in its order
 * @returns {string} the same text, if there is nothing old in it
 */
export function renewed(search, classes) {
  const query = new URLSearchParams(search);
  const tab = (query.get("tab") ?? "").trim().toLowerCase();
  let changed = false;

  /** @param {string} old @param {string} name @param {(value: string) => string} [value] */
  function rename(old, name, value = (text) => text) {
    const text = query.get(old);
    if (text === null) return;
    query.delete(old);
    if (!query.has(name)) query.set(name, value(text));
    changed = true;
  }

  /** The distilled network was once called a sampler. @param {string} sampler @param {string} network */
  function distilled(sampler, network) {
    if (query.get(sampler) !== "distilled") return;
    query.set(sampler, "ddim");
    query.set(network, "distilled");
    changed = true;
  }

  /** Weights were once a number for each class, in order. @param {string} name */
  function byName(name) {
    const text = query.get(name) ?? "";
    const row = text.split(",");
    if (row.length !== classes.length || !row.every((part) => /^-?\d+(\.\d+)?$/.test(part))) return;
    const parts = row.map((part, i) => [classes[i], +part]).filter(([, weight]) => weight);
    query.set(name, parts.map((part) => part.join("=")).join(",") || "no class");
    changed = true;
  }

  /** A fork once did not say which network continues. @param {string} text */
  function withNetworks(text) {
    try {
      const forks = JSON.parse(text);
      if (!Array.isArray(forks) || forks.every((fork) => fork.network)) return text;
      return JSON.stringify(
        forks.map(({ at, weights, sampler, ...more }) => ({
          at,
          weights,
          network: sampler === "distilled" ? "distilled" : "sprites",
          sampler: sampler === "distilled" ? "ddim" : sampler,
          ...more,
        })),
      );
    } catch {
      return text; // the lesson says that it cannot be read
    }
  }

  if (tab === "noising") rename("told", "weights");
  if (tab === "denoising") {
    rename("class", "weights");
    rename("steps", "num_inference_steps");
    rename("guidance", "guidance_scale");
    rename("noise", "noise_scale");
    distilled("sampler", "network");
    const forks = query.get("forks");
    if (forks !== null && withNetworks(forks) !== forks) {
      query.set("forks", withNetworks(forks));
      changed = true;
    }
  }
  if (tab === "race") {
    rename("class", "weights");
    for (const lane of [1, 2, 3, 4]) {
      rename(`lane${lane}`, `sampler${lane}`);
      rename(`steps${lane}`, `num_inference_steps${lane}`);
      distilled(`sampler${lane}`, `network${lane}`);
    }
  }
  if (tab === "mixing") {
    rename("guidance", "guidance_scale");
    rename("way", "mixing");
    for (const name of ["weights", "a", "b"]) byName(name);
    rename("open", "at", (parts) => parts.split(",")[0]); // drawers became stations
  }
  return changed ? `?${query}` : search;
}
