// @ts-check
// A lesson is fetched when its tab is first opened: its text, and for its component html, style, initial data and
// module. All of them are this project's own files, and what comes from outside is only ever in the data, which no HTML
// is made of.

/** Of a Gradio component.
 * @typedef {{ element: HTMLElement, props?: any, server?: any, trigger?: any, watch?: any }} Parts */
/** @typedef {{ html: string, css: string, data: any, module: { default: (parts: any) => void } }} Lesson */

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
/** @type {Map<string, Promise<string>>} */
const texts = new Map();

/** What the map holds, made if it does not; what fails is forgotten, so that it can be tried again.
 * @template T @param {Map<string, Promise<T>>} map @param {string} name @param {() => Promise<T>} make
 * @returns {Promise<T>} */
function once(map, name, make) {
  let found = map.get(name);
  if (!found) {
    found = make();
    map.set(name, found);
    found.catch(() => map.delete(name));
  }
  return found;
}

/**
 * @param {string} name
 * @param {number} again how often it has been tried before: some browsers keep a failure by its address
 */
const lesson = (name, again) =>
  once(lessons, name, async () => {
    const file = `tabs/${name}/lesson`;
    const address = window.page.address(`${file}.js`) + (again ? `?again=${again}` : "");
    const [html, css, data, module] = await Promise.all([
      text(`${file}.html`),
      text(`${file}.css`),
      fetched(`${file}.json`).then((response) => response.json()),
      import(address).catch(() => {
        throw new Missing(address);
      }),
    ]);
    return { html, css, data, module };
  });

/** @param {string} name */
const words = (name) => once(texts, name, () => text(`tabs/${name}/text.html`));

/** Begin to fetch a lesson that will be wanted; if that fails, it is tried again when it is opened.
 * @param {string} name */
export function preload(name) {
  const known = [...document.querySelectorAll("meta[name=lesson]")].map((meta) => meta.getAttribute("content") ?? "");
  const first = known.includes(name) ? name : known[0];
  for (const started of [words(first), lesson(first, 0)]) started.catch(() => {});
}

/** Fill the component of a lesson, or the place of its text (which watches nothing). Resolves to whether all came.
 * @param {string} name @param {Parts} parts @param {number} again */
export async function open(name, parts, again) {
  const { element } = parts;
  try {
    if (!parts.watch) {
      element.innerHTML = await words(name);
      return true;
    }
    await lesson(name, again);
  } catch (error) {
    if (error instanceof Missing) return false;
    throw error;
  }
  const { html, css, data, module } = await lesson(name, again);
  const style = document.createElement("style");
  style.textContent = `#${name} { ${css} }`; // its own rules reach nothing else
  document.head.append(style);
  element.innerHTML = html;
  module.default({ ...parts, data });
  return true;
}
