// @ts-check
// The tree of a run and its forks: which branch left which, what it changed, what another would change. Needs no page.

/** @typedef {import("./trajectory.js").Change} Change */
/** @typedef {import("./trajectory.js").Fork} Fork */
/** @typedef {import("./trajectory.js").Trajectory} Trajectory */
/** @typedef {import("./configs.js").Knowledge} Knowledge */
/** @typedef {Trajectory & { before: Branch | null }} Branch before: the branch that it left */
/** @typedef {{ config: Change, forks: Fork[] }} Settings of a branch, where it began and at its forks */

/** The settings with which a branch ends. @param {Settings} branch @returns {Change} */
export const now = (branch) => branch.forks.at(-1) ?? branch.config;

/**
 * The branches when a run has arrived: a new run begins a new tree, a fork joins it. At most `most` of them are kept
 * beside the first. Null for a fork of another run than the first.
 * @param {Branch[]} branches
 * @param {Trajectory} arrived
 * @param {number} most
 * @returns {Branch[] | null}
 */
export function grown(branches, arrived, most) {
  if (arrived.forks.length === 0 || branches.length === 0) return [{ ...arrived, before: null }];
  if (JSON.stringify(arrived.config) !== JSON.stringify(branches[0].config)) return null;
  const kept = JSON.stringify(arrived.forks.slice(0, -1));
  const before = branches.find((branch) => JSON.stringify(branch.forks) === kept) ?? branches[0];
  const all = [...branches, { ...arrived, before }];
  const dropped = all[1] === before ? 2 : 1;
  return all.length > most + 1 ? all.filter((_, b) => b !== dropped) : all;
}

/** What a branch changed against the settings that it left, as short words.
 * @param {Branch} branch @param {Knowledge} known @returns {string[]} */
export function changes(branch, { weightsText, titled, has }) {
  const own = now(branch),
    old = now({ ...branch, forks: branch.forks.slice(0, -1) });
  return [
    weightsText(own.weights) !== weightsText(old.weights) && weightsText(own.weights),
    titled(own) !== titled(old) && titled(own),
    own.guidance_scale !== old.guidance_scale && `guidance ${own.guidance_scale}`,
    own.seed !== old.seed && `seed ${own.seed}`,
    has(own, "eta") && own.eta !== old.eta && `η ${own.eta}`,
    has(own, "noise_scale") && own.noise_scale !== old.noise_scale && `λ ${own.noise_scale}`,
  ].filter((part) => part !== false);
}

/** A branch in few words. @param {Branch} branch @param {Knowledge} known */
export function summary(branch, known) {
  if (branch.before) return changes(branch, known).join(", ") || "nothing changed";
  if (branch.forks.length) return "several forks";
  return `${known.className(branch.config.weights)}, ${known.titled(branch.config)}, seed ${branch.config.seed}`;
}

/** Where a branch left, in few words. @param {Settings} branch */
export const origin = ({ forks }) => (forks.length ? `from step ${forks.at(-1)?.at}` : "the run");

/** Which of these settings are others than those of a branch after its step `at`, as far as that matters there.
 * @param {Change} own @param {Settings} branch @param {number} at @param {Knowledge} known */
export function differences(own, branch, at, { weightsText, has, drawsNoise }) {
  const old = now({ ...branch, forks: branch.forks.filter((fork) => fork.at <= at) });
  const guidedAtAll = Object.values(own.weights).some(Boolean);
  return [
    weightsText(own.weights) !== weightsText(old.weights) && "weights",
    own.network !== old.network && "network",
    own.sampler !== old.sampler && "sampler",
    guidedAtAll && own.guidance_scale !== old.guidance_scale && "guidance_scale",
    has(own, "eta") && own.eta !== old.eta && "eta",
    has(own, "noise_scale") && own.noise_scale !== old.noise_scale && "noise_scale",
    (at === 0 || drawsNoise(own)) && own.seed !== old.seed && "seed",
  ].filter((name) => name !== false);
}

/**
 * What forking a branch at step `at` with these settings would do. Where it would change nothing, perhaps it would in a
 * branch that this one left: that is `other`. onlySeed: all that is another is a seed that nothing draws with.
 * @param {Change | null} own null while a field is empty
 * @param {Branch} run
 * @param {number} at
 * @param {Knowledge} known
 */
export function offer(own, run, at, known) {
  const done = at === run.n,
    nothing = !done && own !== null && differences(own, run, at, known).length === 0;
  let other = nothing ? run.before : null;
  while (other && !(at < other.n && differences(/** @type {Change} */ (own), other, at, known).length))
    other = other.before;
  return { done, nothing, other, onlySeed: nothing && !known.drawsNoise(own) && own.seed !== now(run).seed };
}

/** The forks of a branch that is continued from step `at` with these settings.
 * @param {Settings} branch @param {number} at @param {Change} own @returns {Fork[]} */
export const forked = ({ forks }, at, own) => [...forks.filter((fork) => fork.at < at), { at, ...own }];
