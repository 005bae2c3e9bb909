// @ts-check
// What a script says to people stands in its lesson.html, not in code: in <template class="words">, one element a text,
// by its data-say. {name} in a text is filled in; a part with data-if="name" is left out unless that value holds.

/** @typedef {Record<string, string | number | boolean | null | undefined>} Values */

/** @typedef {ReturnType<typeof words>} Words */

/** A text with its {names} filled in; an Error if one has no value. @param {string} text @param {Values} values */
export const filled = (text, values) =>
  text.replace(/\{(\w+)\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`there is no value for {${name}} in "${text}"`);
    return String(values[name]);
  });

/**
 * The words of a lesson. Values become text, never HTML.
 * @param {Element} lesson
 */
export function words(lesson) {
  /** @type {Map<string, Element>} */
  const texts = new Map();
  for (const template of lesson.querySelectorAll("template.words"))
    for (const text of /** @type {HTMLTemplateElement} */ (template).content.querySelectorAll("[data-say]"))
      texts.set(text.getAttribute("data-say") ?? "", text);

  /** @param {string} name */
  function find(name) {
    const text = texts.get(name);
    if (!text) throw new Error(`lesson.html has no words called ${name}`);
    return text;
  }

  /** A text's parts that have {names} to fill in. @param {Node} text */
  function unfilled(text) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    /** @type {{ part: Text, text: string }[]} */
    const parts = [];
    while (walker.nextNode()) {
      const part = /** @type {Text} */ (walker.currentNode);
      if (part.data.includes("{")) parts.push({ part, text: part.data });
    }
    return parts;
  }

  /** A text without the parts that do not hold. @param {string} name @param {Values} values */
  function chosen(name, values) {
    const made = document.importNode(find(name), true);
    for (const part of made.querySelectorAll("[data-if]"))
      if (!values[part.getAttribute("data-if") ?? ""]) part.remove();
    return made;
  }

  /** @param {string} name @param {Values} values */
  function copy(name, values) {
    const made = chosen(name, values);
    for (const { part, text } of unfilled(made)) part.data = filled(text, values);
    return made;
  }

  /** @param {string} name @param {Values} values */
  function say(name, values = {}) {
    const text = find(name);
    const whole = text.firstElementChild ? copy(name, values).textContent : filled(text.textContent ?? "", values);
    return (whole ?? "").trim();
  }

  return {
    /** As plain text. @param {string} name @param {Values} [values] */
    say,
    /**
     * Put it into an element, and have it filled in as often as its values change: at every move of a slider, say.
     * @param {Element} element @param {string} name @param {Values} [values] by which its parts are chosen
     */
    live(element, name, values = {}) {
      element.replaceChildren(...chosen(name, values).childNodes);
      const parts = unfilled(element);
      return (/** @type {Values} */ values) => {
        for (const { part, text } of parts) part.data = filled(text, values);
      };
    },
    /** With its equations, as nodes. @param {string} name @param {Values} [values] */
    nodes: (name, values = {}) => [...copy(name, values).childNodes],
  };
}
