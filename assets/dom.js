// @ts-check
// Elements, and what of the browser's settings a drawing follows: less motion, larger type, a theme that switches.

/**
 * An element: node("button", { className: "play", onclick }, "text", otherNode). Text is never parsed as HTML.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} properties
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function node(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/**
 * Say it there, unless it stands there already: a screen reader would read it again. @param {Element} element
 * @param {string} text
 */
export function tell(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Of text, in px: larger where a browser is set to large type.
export const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

/**
 * Call `callback` when the theme switches or the element changes size: drawings made of theme colours are stale then.
 * @param {Element} element
 * @param {() => void} callback
 */
export function whenRestyled(element, callback) {
  new ResizeObserver(callback).observe(element);
  new MutationObserver(callback).observe(document.body, { attributes: true, attributeFilter: ["class"] });
}
