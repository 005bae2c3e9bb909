// Pointing at a pixel of a sprite, by mouse, finger or keys.
// Point at a pixel of a 16x16 canvas by mouse, a tap or, when it has the focus, arrow keys; Escape lets go. A finger that
// moves scrolls the page: it chooses nothing.
// report({ x, y }) or report(null). current(): the pixel from which the arrow keys go on, or null.
export function point(canvas, report, current) {
  const under = (event) => {
    const box = canvas.getBoundingClientRect(),
      clamp = (v) => Math.max(0, Math.min(15, Math.floor(v * 16)));
    return { x: clamp((event.clientX - box.left) / box.width), y: clamp((event.clientY - box.top) / box.height) };
  };
  canvas.tabIndex = 0;
  canvas.dataset.keys = "arrows";
  canvas.addEventListener("pointermove", (event) => event.pointerType !== "touch" && report(under(event)));
  canvas.addEventListener("click", (event) => report(under(event)));
  canvas.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && report(null));
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Escape") report(null);
    if (!step) return;
    event.preventDefault();
    const at = current();
    report(at ? { x: (at.x + step[0] + 16) % 16, y: (at.y + step[1] + 16) % 16 } : { x: 8, y: 8 });
  });
}
