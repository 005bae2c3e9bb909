// @ts-check
// The state of a lesson, in one place. update() is the only way to change it; whoever listens is told which parts have
// changed, after all of them have.

/**
 * @template {object} State
 * @typedef {object} Store
 * @property {Readonly<State>} state
 * @property {(changes: Partial<State>) => void} update
 * @property {(tell: (changed: Set<keyof State>) => void) => void} listen who listens first is told first
 */

/** @template {object} State @param {State} initial @returns {Store<State>} */
export function createStore(initial) {
  const state = { ...initial };
  /** @type {((changed: Set<keyof State>) => void)[]} */
  const listeners = [];
  return {
    state,
    update(changes) {
      const parts = /** @type {(keyof State)[]} */ (Object.keys(changes));
      const changed = new Set(parts.filter((part) => !Object.is(state[part], changes[part])));
      if (!changed.size) return;
      Object.assign(state, changes);
      for (const tell of listeners) tell(changed);
    },
    listen: (tell) => void listeners.push(tell),
  };
}
