// Elements, and what of the browser's settings a drawing has to follow: less motion, larger type, a theme that switches.
// An element: node("button", { className: "play", onclick }, "text", otherNode). Text is never parsed as HTML.
export function node(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize); // px; larger where a browser is set to large type

// Call `callback` when the theme switches or the element changes size: drawings made of theme colours are stale then.
export function whenRestyled(element, callback) {
  new ResizeObserver(callback).observe(element);
  new MutationObserver(callback).observe(document.body, { attributes: true, attributeFilter: ["class"] });
}
