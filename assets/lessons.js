// @ts-check
// A lesson is fetched when its tab is first opened: its text, html, style, initial data and module. All of them are
// this project's own files, and what comes from outside is only ever in the data, which no HTML is made of.
import { node } from "./dom.js";
import { stations } from "./stations.js";

/** Of a Gradio component.
 * @typedef {{ element: HTMLElement, props?: any, server?: any, trigger?: any, watch?: any }} Parts */
/** @typedef {{ html: string, css: string, words: string, data: any,
 *   module: { default: (parts: any) => void } }} Lesson */

class Missing extends Error {}

/** @param {string} path */
async function fetched(path) {
  const response = await fetch(window.page.address(path)).catch(() => null);
  if (!response?.ok) throw new Missing(path);
  return response;
}

/** @param {string} path @returns {Promise<string>} */
const text = async (path) => (await fetched(path)).text();

/** @type {Map<string, Promise<Lesson>>} */
const lessons = new Map();

/**
 * @param {string} name
 * @param {number} again how often it has been tried before: some browsers keep a failure by its address
 * @returns {Promise<Lesson>}
 */
async function fetchLesson(name, again) {
  const file = `tabs/${name}/lesson`;
  const address = window.page.address(`${file}.js`) + (again ? `?again=${again}` : "");
  const [html, css, words, data, module] = await Promise.all([
    text(`${file}.html`),
    text(`${file}.css`),
    text(`tabs/${name}/text.html`),
    fetched(`${file}.json`).then((response) => response.json()),
    import(address).catch(() => {
      throw new Missing(address);
    }),
  ]);
  return { html, css, words, data, module };
}

/** What has been fetched, or is; what failed is forgotten, so that it can be tried again.
 * @param {string} name @param {number} again */
function lesson(name, again) {
  let found = lessons.get(name);
  if (!found) {
    found = fetchLesson(name, again);
    lessons.set(name, found);
    found.catch(() => lessons.delete(name));
  }
  return found;
}

const known = () =>
  [...document.querySelectorAll("meta[name=lesson]")].map((meta) => meta.getAttribute("content") ?? "");

/** Begin to fetch lessons that will be wanted; what fails is tried again when it is opened.
 * @param {string} [name] of one, or else of the first; without it, all */
export function preload(name) {
  const all = known();
  const wanted = name === undefined ? all : [all.includes(name) ? name : all[0]];
  for (const each of wanted) lesson(each, 0).catch(() => {});
}

/** Fill the component of a lesson. Resolves to whether all of it came.
 * @param {string} name @param {Parts} parts @param {number} again */
export async function open(name, parts, again) {
  const { element } = parts;
  try {
    await lesson(name, again);
  } catch (error) {
    if (error instanceof Missing) return false;
    throw error;
  }
  const { html, css, words, data, module } = await lesson(name, again);
  const style = document.createElement("style");
  style.textContent = `#${name} { ${css} }`; // its own rules reach nothing else
  document.head.append(style);
  element.innerHTML = html;
  if (!element.querySelector(".lesson")) element.prepend(node("div", { className: "lesson" }));
  /** @type {Element} */ (element.querySelector(".lesson")).innerHTML = words;
  // Gradio's own controls of the lesson, which the first station has room for.
  const controls = document.getElementById(`${name}-controls`);
  if (controls) element.querySelector(".controls-place")?.append(controls);
  module.default({ ...parts, data });
  stations(name, element);
  element.dispatchEvent(new Event("lesson-opened", { bubbles: true }));
  return true;
}
