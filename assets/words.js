// @ts-check
// The words of a lesson stand in its lesson.html, not in its scripts: <template data-words="refused">The server refused
// seed {seed}.</template>. What replaces {seed} is text: nothing of it becomes HTML.

/** @typedef {Record<string, string | number>} Values */
/** @typedef {ReturnType<typeof words>} Words */

/** Text in which every {name} is replaced by the value of that name. @param {string} text @param {Values} values */
export function insert(text, values) {
  return text.replace(/\{([\w-]+)\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`there is no value for {${name}} in "${text}"`);
    return `${values[name]}`;
  });
}

/** The templates of a lesson, by their data-words. @param {HTMLElement} element of the lesson */
export function words(element) {
  /** @type {Map<string, HTMLTemplateElement>} */
  const templates = new Map();
  for (const template of element.querySelectorAll("template"))
    if (template.dataset.words) templates.set(template.dataset.words, template);

  /** What a template holds, with its values. @param {string} name @param {Values} values */
  function filled(name, values = {}) {
    const template = templates.get(name);
    if (!template) throw new Error(`there is no <template data-words="${name}">`);
    const copy = document.importNode(template.content, true);
    const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) texts.currentNode.textContent = insert(texts.currentNode.textContent ?? "", values);
    return copy;
  }

  /** The same as text, where no element can stand. @param {string} name @param {Values} values */
  const say = (name, values = {}) => (filled(name, values).textContent ?? "").trim();

  return { filled, say };
}
