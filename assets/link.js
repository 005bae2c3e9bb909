// @ts-check
// The permanent link. The address names the tab on show and all its settings: ?tab=noising&t=120&... A change of tab is
// a step of the browser's history, a change of a setting is not. Settings of a tab are what Gradio's own controls are
// set to, which tabs/page.py tells (opened, choose), and those of its component: its script hands over, once, a
// function that returns them (link), and calls what that returns whenever one of them has changed. Class weights are
// written as hero=1,food=0.6. (Links of earlier versions: old-links.js.)
import { node } from "./dom.js";

const PAUSE = 400; // ms between two changes of the address: browsers allow about a hundred in half a minute
/** What of an address belongs to no lesson: Gradio's, and that of guide and presentation. */
const KEPT = ["view", "lang", "guide", "present"];
/** @typedef {Record<string, any>} Values of settings by their names in a link */
/** @type {Record<string, string>} */
const asked = Object.fromEntries(new URLSearchParams(globalThis.location?.search));
/** @type {Map<string, Values>} */
const chosen = new Map();
/** @type {Map<string, (controls: Values) => Values>} */
const owned = new Map();
let ready = false;
let written = -Infinity;
/** @type {string | null} */
let moving = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let later;

/** @param {string} tab @returns {HTMLElement | null} */
const tabButton = (tab) => document.querySelector(`[role=tab][data-tab-id="${CSS.escape(tab)}"]`);
/** The lesson on show. */
export const onShow = () =>
  document.querySelector("[role=tab][data-tab-id][aria-selected=true]")?.getAttribute("data-tab-id") ?? undefined;
/** Open a lesson. @param {string} tab */
export const openTab = (tab) => void (tab === onShow() || tabButton(tab)?.click());

/** What the link says of a tab. @param {string} tab @returns {Record<string, string>} */
export const linked = (tab) => ((asked.tab ?? "").trim().toLowerCase() === tab ? asked : {});

/** The query for a tab with these settings; what belongs to no lesson is kept from the query before.
 * @param {string} tab @param {Values} values */
export function encoded(tab, values, before = "") {
  const query = new URLSearchParams({ tab });
  for (const [name, value] of Object.entries(values))
    if (name !== "tab" && (value ?? "") !== "") query.set(name, value);
  for (const [name, value] of new URLSearchParams(before))
    if (KEPT.includes(name) || name.startsWith("__")) query.set(name, value);
  return `?${query}`;
}

const NO_CLASS = "no class";

/** {hero: 1, food: 0.6} -> "hero=1,food=0.6" @param {Record<string, number>} weights */
export function weightsText(weights) {
  return (
    Object.entries(weights)
      .filter(([, weight]) => weight)
      .map(([name, weight]) => `${name}=${weight}`)
      .join(",") || NO_CLASS
  );
}

/**
 * "hero,food=0.6" -> {hero: 1, food: 0.6}; undefined if a class is unknown or named twice, or a weight is not allowed.
 * @param {string} text
 * @param {string[]} classes
 * @param {(weight: string) => boolean} allowed
 */
export function readWeights(text, classes, allowed) {
  if (text === NO_CLASS) return {};
  /** @type {Record<string, number>} */
  const weights = {};
  for (const part of text.split(",")) {
    const cut = classes.includes(part) ? part.length : part.lastIndexOf("=");
    const name = part.slice(0, cut),
      weight = part.slice(cut + 1) || "1";
    if (!classes.includes(name) || name in weights || !allowed(weight)) return undefined;
    weights[name] = +weight;
  }
  return weights;
}

/** Bring the address up to date. */
export function write() {
  clearTimeout(later);
  later = undefined;
  const tab = onShow();
  if (!ready || !tab || moving) return; // until then the address is what it was opened with, or gone back to
  const controls = chosen.get(tab) ?? {},
    own = owned.get(tab);
  // Of a script that is yet to run: as linked.
  const values = own ? { ...controls, ...own(controls) } : { ...linked(tab), ...controls };
  // The station on show.
  const at = document.getElementById(tab)?.querySelector("[data-at]")?.getAttribute("data-at");
  const next =
    written > -Infinity && new URLSearchParams(location.search).get("tab") !== tab ? "pushState" : "replaceState";
  const address = encoded(tab, at ? { ...values, at } : values, location.search);
  written = performance.now();
  // What an entry of the history keeps is of that one alone: present.js.
  if (address !== location.search) history[next](next === "pushState" ? null : history.state, "", address);
}

/** Have the address say that, too, or no longer. @param {string} name of KEPT @param {string | null} value */
export function keep(name, value) {
  const query = new URLSearchParams(location.search);
  if (value === null) query.delete(name);
  else query.set(name, value);
  history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
}

function changed() {
  if (performance.now() - written > PAUSE) write();
  else later ??= setTimeout(write, PAUSE);
}

/** @param {string} tab @param {(controls: Values) => Values} values */
export function link(tab, values) {
  owned.set(tab, values);
  changed();
  return changed;
}

/** What Gradio's own controls are set to, by their names in a link.
 * @param {string} tab @param {string[]} names @param {any[]} values */
export function choose(tab, names, values) {
  chosen.set(tab, Object.fromEntries(names.map((name, i) => [name, values[i]])));
  changed();
}

/** The link has been read. note: what of it could not be used, if anything; controls: their names by tab.
 * @param {string} note @param {Record<string, string[]>} controls @param {any[]} values */
export function opened(note, controls, values) {
  if (note) tell(note);
  for (const [tab, names] of Object.entries(controls)) choose(tab, names, values.splice(0, names.length));
  ready = true;
  const turned = () => {
    if (moving === null || moving === onShow()) {
      moving = null;
      write();
    }
  };
  new MutationObserver(turned).observe(/** @type {Element} */ (document.querySelector("[role=tablist]")), {
    subtree: true,
    attributeFilter: ["aria-selected"],
  });
  if (asked.tab) write();
  else turnTo(location.hash.slice(1).toLowerCase());
}

/** @param {string} tab */
function turnTo(tab) {
  const button = tabButton(tab);
  if (tab === onShow() || !button) return write();
  moving = tab;
  button.click();
}

/** Say what of a link cannot be used. (tabs/page.py says it of Gradio's controls.)
 * @param {Record<string, string>} refused what it must be, of each */
export function refuse(refused) {
  const parts = Object.entries(refused).map(([what, allowed]) => `${what} must be ${allowed}`);
  if (parts.length) tell(`Not all of this link can be used: ${parts.join("; ")}. All else is set as it says.`);
}

/** On top of the page, until somebody has read it. @param {string} text */
function tell(text) {
  /** @type {HTMLElement} */
  const note =
    document.querySelector(".note-on-top") ??
    node(
      "div",
      { className: "note-on-top", role: "alert" },
      node("button", { type: "button", className: "fresh", textContent: "OK", onclick: () => note.remove() }),
    );
  note.lastElementChild?.before(node("p", { textContent: text }));
  document.body.append(note);
}

// ---- from the start -----------------------------------------------------------------------------------------------
// If the server dies while it draws, Gradio takes no more orders and reloads the page as soon as a server answers. (No
// other script reloads it.) The settings are in the address; where the browser tells who reloads, so does a note.
const LOST = "server-lost";

export function start() {
  // Back, or forward, to a tab: it has the settings that it was left with.
  window.addEventListener("popstate", () => turnTo(new URLSearchParams(location.search).get("tab") ?? ""));
  window.navigation?.addEventListener("navigate", (/** @type {any} */ event) => {
    if (event.navigationType === "reload" && !event.userInitiated)
      try {
        sessionStorage.setItem(LOST, "yes");
      } catch {
        /* then without the note */
      }
  });
  try {
    if (sessionStorage.getItem(LOST))
      tell(
        "The connection to the server was lost, so the page was loaded again. " +
          "Your settings are as they were; start again what it was drawing.",
      );
    sessionStorage.removeItem(LOST);
  } catch {
    /* no storage */
  }
}
