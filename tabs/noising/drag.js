// @ts-check
// The picture itself is the slider, too: a drag across it leads through all timesteps. Up and down, a finger scrolls the page.
const STILL = 4; // px within which it was a tap

/**
 * @param {HTMLElement} picture
 * @param {{ T: number, at: () => number, go: (t: number) => void }} time
 */
export function dragTime(picture, { T, at, go }) {
  /** @type {{ x: number, t: number, moving: boolean } | null} */
  let held = null;
  picture.style.touchAction = "pan-y";
  picture.addEventListener("pointerdown", (event) => {
    if (event.button === 0) held = { x: event.clientX, t: at(), moving: false };
  });
  picture.addEventListener("pointermove", (event) => {
    if (!held) return;
    const way = event.clientX - held.x;
    if (!held.moving) {
      if (Math.abs(way) <= STILL) return;
      held.moving = true;
      picture.setPointerCapture(event.pointerId);
    }
    go(Math.round(Math.max(0, Math.min(T, held.t + (T * way) / picture.offsetWidth))));
  });
  for (const end of ["pointerup", "pointercancel"]) picture.addEventListener(end, () => (held = null));
}
