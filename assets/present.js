// @ts-check
// For a class: one station at a time, in large type, and keys, those of a presenter's remote, too, for the next one.
// ?present=1 opens it, and so it has a step of the browser's history. Fetched when it is wanted: page.js.
import { visit } from "./doing.js";
import { keep, onShow, openTab } from "./link.js";

/** @param {string} selector @returns {HTMLElement[]} */
const all = (selector) => [...document.querySelectorAll(selector)].filter((each) => each instanceof HTMLElement);

/** Of the lesson on show, and which of them is. */
function stations() {
  const list = all(`#${CSS.escape(onShow() ?? "")} .station`);
  return { list, now: list.findIndex((station) => station.classList.contains("now")) };
}

/** The lesson that is so many after the one on show. @param {number} step */
const lesson = (step) => {
  const tabs = all("[role=tab][data-tab-id]");
  return tabs[tabs.findIndex((tab) => tab.dataset.tabId === onShow()) + step]?.dataset.tabId;
};

/** Whether the address asks for it. */
const linked = () => new URLSearchParams(location.search).get("present") === "1";

function build() {
  /** @type {HTMLTemplateElement | null} */
  const template = document.querySelector("template.presenter"); // of first.html
  const bar = /** @type {HTMLElement} */ (template?.content.firstElementChild?.cloneNode(true));
  /** @param {string} selector @returns {any} */
  const $ = (selector) => bar.querySelector(selector);

  function tell() {
    const { list, now } = stations();
    $(".where").textContent = now < 0 ? "" : `${now + 1} / ${list.length}`;
    $(".title").textContent = list[now]?.querySelector("h2")?.textContent ?? "";
    // On a phone not all tabs have room in their row, and it scrolls.
    const [tab] = all("[role=tab][aria-selected=true]");
    const row = tab?.parentElement;
    if (row) row.scrollLeft += tab.getBoundingClientRect().left - row.getBoundingClientRect().left - 24;
  }

  /** To the next station, or the one before; from the last on to the next lesson. @param {1 | -1} step */
  function move(step) {
    const { list, now } = stations();
    const next = list[now + step];
    if (next) visit(next);
    else {
      const name = lesson(step);
      if (name) openTab(name);
    }
    scrollTo({ top: 0, behavior: "instant" });
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.key === "Escape") close();
    else if (event.key === "PageDown") move(1);
    else if (event.key === "PageUp") move(-1);
    else return;
    event.preventDefault();
  }

  // Which station is on show, and which lesson, is in the page: assets/stations.js and Gradio's tabs.
  const watch = new MutationObserver(tell);
  $(".next").addEventListener("click", () => move(1));
  $(".previous").addEventListener("click", () => move(-1));
  $(".leave").addEventListener("click", close);

  function open() {
    if (bar.isConnected) return;
    if (!linked()) {
      history.pushState({ presenting: true }, "", location.href); // Back leaves it
      keep("present", "1");
    }
    document.documentElement.classList.add("presenting");
    document.body.append(bar);
    document.addEventListener("keydown", key);
    watch.observe(document.body, {
      subtree: true,
      attributeFilter: ["data-at", "aria-selected"],
    });
    tell();
  }

  /** By hand: as if it had not been. */
  function close() {
    hide();
    if (history.state?.presenting) history.back();
    else keep("present", null);
  }

  function hide() {
    document.documentElement.classList.remove("presenting");
    bar.remove();
    document.removeEventListener("keydown", key);
    watch.disconnect();
  }
  addEventListener("popstate", () => linked() || hide());
  return { open };
}

/** @type {ReturnType<typeof build> | undefined} */
let built;

export function open() {
  built ??= build();
  built.open();
}
