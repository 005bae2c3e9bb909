// @ts-check
// Views follow from the state: each names the parts that it shows, and is drawn when one of them has changed. What is
// out of sight is not drawn. What takes long (late), and what pictures show in words, waits until the hand rests:
// nobody can listen faster, and each text costs a layout.

/**
 * @template Part
 * @typedef {(changed: Set<Part>) => void} Draw is told what has changed since: nothing, if only size or colours have
 */
/**
 * @template Part
 * @typedef {{ parts: Part[], draw: Draw<Part>, box?: Element, late?: boolean }} View box: where it stands; drawn
 * while that is seen
 */
/** @template {object} State @typedef {ReturnType<typeof createViews<State>>} Views */

/** @template {object} State @param {Pick<import("./store.js").Store<State>, "listen">} store */
export function createViews(store) {
  /** @typedef {keyof State} Part */
  /** @typedef {View<Part> & { seen: boolean, missed: Set<Part> }} Known */
  /** @type {Known[]} */
  const known = [];
  /** @type {Map<Element, string>} */
  const labels = new Map();

  /** @param {Known} view */
  function show(view) {
    const changed = new Set(view.missed);
    view.missed.clear();
    view.draw(changed);
  }

  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries)
      for (const view of known.filter(({ box }) => box === target)) {
        view.seen = isIntersecting;
        if (isIntersecting) show(view);
      }
    describe();
  });

  function describe() {
    for (const [canvas, text] of labels) canvas.setAttribute("aria-label", text);
    labels.clear();
  }

  store.listen((changed) => {
    for (const view of known) {
      for (const part of view.parts) if (changed.has(part)) view.missed.add(part);
      if (view.seen && !view.late && view.missed.size) show(view);
    }
  });

  return {
    /** @param {View<Part>} view */
    add(view) {
      const added = { ...view, seen: !view.box, missed: new Set(view.parts) };
      known.push(added);
      if (view.box) sight.observe(view.box);
      else show(added);
    },
    /** What waits for the hand to rest. */
    flush() {
      for (const view of known) if (view.seen && view.late && view.missed.size) show(view);
      describe();
    },
    /** All that is in sight, in the size and the colours that it has now. */
    redraw() {
      for (const view of known) if (view.seen) show(view);
    },
    /** What a canvas shows, in words. @param {Element} canvas @param {string} text */
    label: (canvas, text) => void labels.set(canvas, text),
  };
}
