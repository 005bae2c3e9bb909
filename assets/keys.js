// @ts-check
// What Gradio's parts lack for keyboards, thumbs and screen readers; and, for lessons, groups that are one stop of Tab.

/** What an event is about, if that is an element of the page. @param {Event} event @returns {Element} */
function targetOf({ target }) {
  return target instanceof Element ? target : document.documentElement;
}

/**
 * The buttons of a box are one stop of Tab: the one that is chosen, or that had the focus last. Arrows, Home and End
 * reach the others. In a column only ↑ and ↓ do: ← and → are left to the lesson, which steps by them.
 * @param {HTMLElement} box
 */
export function rove(box) {
  const buttons = () => [...box.querySelectorAll("button")];
  const settle = () => {
    const all = buttons(),
      stop =
        all.find((button) => button === document.activeElement) ??
        all.find((button) => button.matches("[aria-pressed=true], [aria-current=true]")) ??
        all[0];
    for (const button of all) button.tabIndex = button === stop ? 0 : -1;
  };
  new MutationObserver(settle).observe(box, {
    childList: true,
    subtree: true,
    attributeFilter: ["aria-pressed", "aria-current"],
  });
  box.addEventListener("focusin", settle);
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const all = buttons(),
      i = all.indexOf(/** @type {HTMLButtonElement} */ (targetOf(event).closest("button"))),
      row = all.filter((b) => b.offsetTop === all[0].offsetTop).length;
    const across = all.some((b) => b.offsetLeft !== all[0].offsetLeft);
    /** @type {Record<string, number>} */
    const steps = { ArrowUp: -row, ArrowDown: row, Home: -i, End: all.length - 1 - i };
    if (across) Object.assign(steps, { ArrowLeft: -1, ArrowRight: 1 });
    const step = steps[event.key];
    if (i < 0 || step === undefined) return;
    event.preventDefault();
    all[i + step]?.focus();
  });
  settle();
}

// For the whole page, once.
export function start() {
  // The row of tabs, likewise; there an arrow opens the next one at once.
  document.addEventListener("keydown", (event) => {
    /** @type {HTMLElement | null} */
    const tab = targetOf(event).closest("[role=tab]");
    if (!tab || event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {HTMLElement[]} */
    const all = [...(tab.parentElement?.querySelectorAll("[role=tab]") ?? [])].filter(
      (each) => each instanceof HTMLElement,
    );
    const i = all.indexOf(tab);
    /** @type {Record<string, HTMLElement | undefined>} */
    const goals = { ArrowLeft: all.at(i - 1), ArrowRight: all[(i + 1) % all.length], Home: all[0], End: all.at(-1) };
    const next = goals[event.key];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.click();
  });

  // Radio buttons of one group need one name, or each is a group of its own: a stop of Tab, and deaf to arrows.
  function group() {
    for (const tab of document.querySelectorAll("[role=tab]"))
      tab.setAttribute("tabindex", tab.ariaSelected === "true" ? "0" : "-1");
    for (const box of document.querySelectorAll("fieldset:has([type=radio])")) {
      /** @type {NodeListOf<HTMLInputElement>} */
      const radios = box.querySelectorAll("[type=radio]");
      for (const radio of radios) radio.name = radios[0].name;
    }
  }
  document.addEventListener("focusin", group);

  // A dropdown hears a key only after the focus has left, and opens again: it need not hear of those for others.
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Tab" || targetOf(event).matches("[type=radio]")) group(); // a choice gives some a new name
      if (["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key) && targetOf(event).matches("[role=combobox]"))
        event.stopPropagation();
    },
    true,
  );

  // A thumb that scrolls the page may begin on a slider. What that has set is taken back.
  /** @type {{ slider: HTMLInputElement, value: string } | null} */
  let touched = null; // value: before the touch
  document.addEventListener(
    "pointerdown",
    ({ pointerType, target }) => {
      touched =
        pointerType === "touch" && target instanceof HTMLInputElement && target.type === "range"
          ? { slider: target, value: target.value }
          : null;
    },
    true,
  );
  document.addEventListener(
    "pointercancel",
    () => {
      if (!touched || touched.slider.value === touched.value) return;
      touched.slider.value = touched.value;
      touched.slider.dispatchEvent(new Event("input", { bubbles: true }));
    },
    true,
  );

  document.addEventListener(
    "click",
    (event) => {
      if (targetOf(event).matches(".skip")) {
        event.preventDefault();
        /** @type {HTMLElement[]} */
        const lessons = [...document.querySelectorAll(".hands-on")].filter((box) => box instanceof HTMLElement);
        const lesson = lessons.find((box) => box.offsetParent);
        if (!lesson) return; // the page is still being loaded
        lesson.tabIndex = -1;
        lesson.focus();
      }
      if (targetOf(event).closest(".show-api")) {
        // Gradio's panel opens on the language in the address, or else on MCP
        const address = new URL(location.href);
        address.searchParams.set("lang", "python");
        history.replaceState(history.state, "", address);
      }
    },
    true,
  );

  // Who chooses another file has read why the last one was refused: Gradio would leave that beside what has worked.
  document.addEventListener("change", (event) => {
    if (!targetOf(event).matches("[type=file]")) return;
    for (const close of document.querySelectorAll(".toast-close.error"))
      if (close instanceof HTMLElement) close.click();
  });

  // An icon in the footer that says what the word beside it says.
  new MutationObserver((_, observer) => {
    const icons = document.querySelectorAll("footer button img");
    for (const icon of icons) icon.setAttribute("alt", "");
    if (icons.length) observer.disconnect();
  }).observe(document.documentElement, { childList: true, subtree: true });
}
