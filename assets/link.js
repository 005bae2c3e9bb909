// The permanent link. The address names the tab on show and all its settings: ?tab=noising&t=120&... A change of tab is a
// step of the browser's history, a change of a setting is not. Settings of a tab are what Gradio's own controls are set to,
// which tabs/page.py tells (opened, choose), and those of its component: its script hands over, once, a function that
// returns them (link), and calls what that returns whenever one of them has changed. Class weights are written as
// hero=1,food=0.6. (Links of earlier versions: old-links.js.)
import { node } from "./dom.js";

const PAUSE = 400; // ms between two changes of the address: browsers allow about a hundred in half a minute
const asked = Object.fromEntries(new URLSearchParams(globalThis.location?.search)),
  chosen = new Map(),
  owned = new Map();
let ready = false,
  moving = null,
  later = null,
  written = -Infinity;

const tabButton = (tab) => document.querySelector(`[role=tab][data-tab-id="${CSS.escape(tab)}"]`);
const onShow = () => document.querySelector("[role=tab][data-tab-id][aria-selected=true]")?.dataset.tabId;
export const linked = (tab) => ((asked.tab ?? "").trim().toLowerCase() === tab ? asked : {}); // what the link says of a tab

// The query for a tab with these settings; what belongs to Gradio is kept from the query before.
export function encoded(tab, values, before = "") {
  const query = new URLSearchParams({ tab });
  for (const [name, value] of Object.entries(values))
    if (name !== "tab" && (value ?? "") !== "") query.set(name, value);
  for (const [name, value] of new URLSearchParams(before))
    if (name === "view" || name.startsWith("__")) query.set(name, value);
  return `?${query}`;
}

const NO_CLASS = "no class";

// {hero: 1, food: 0.6} -> "hero=1,food=0.6"
export function weightsText(weights) {
  return (
    Object.entries(weights)
      .filter(([, weight]) => weight)
      .map(([name, weight]) => `${name}=${weight}`)
      .join(",") || NO_CLASS
  );
}

// "hero,food=0.6" -> {hero: 1, food: 0.6}; undefined if a class is unknown or named twice, or a weight is not allowed.
export function readWeights(text, classes, allowed) {
  if (text === NO_CLASS) return {};
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

export function write() {
  clearTimeout(later);
  later = null;
  const tab = onShow();
  if (!ready || !tab || moving) return; // until then the address is what it was opened with, or gone back to
  const controls = chosen.get(tab) ?? {},
    own = owned.get(tab);
  const values = own ? { ...controls, ...own(controls) } : { ...linked(tab), ...controls }; // of a script that is yet to run: as linked
  const next =
    written > -Infinity && new URLSearchParams(location.search).get("tab") !== tab ? "pushState" : "replaceState";
  const address = encoded(tab, values, location.search);
  written = performance.now();
  if (address !== location.search) history[next](history.state, "", address);
}

function changed() {
  if (performance.now() - written > PAUSE) write();
  else later ??= setTimeout(write, PAUSE);
}

export function link(tab, values) {
  owned.set(tab, values);
  changed();
  return changed;
}

export function choose(tab, names, values) {
  // what Gradio's own controls are set to, by their names in a link
  chosen.set(tab, Object.fromEntries(names.map((name, i) => [name, values[i]])));
  changed();
}

// The link has been read. note: what of it could not be used, if anything; controls: their names by tab.
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
  new MutationObserver(turned).observe(document.querySelector("[role=tablist]"), {
    subtree: true,
    attributeFilter: ["aria-selected"],
  });
  if (asked.tab) write();
  else turnTo(location.hash.slice(1).toLowerCase());
}

function turnTo(tab) {
  if (tab === onShow() || !tabButton(tab)) return write();
  moving = tab;
  tabButton(tab).click();
}

// Say what of a link cannot be used. refused: {what: what it must be}. (tabs/page.py says it of Gradio's controls.)
export function refuse(refused) {
  const parts = Object.entries(refused).map(([what, allowed]) => `${what} must be ${allowed}`);
  if (parts.length) tell(`Not all of this link can be used: ${parts.join("; ")}. All else is set as it says.`);
}

function tell(text) {
  // on top of the page, until somebody has read it
  const note =
    document.querySelector(".note-on-top") ??
    node(
      "div",
      { className: "note-on-top", role: "alert" },
      node("button", { type: "button", className: "fresh", textContent: "OK", onclick: () => note.remove() }),
    );
  note.lastChild.before(node("p", { textContent: text }));
  document.body.append(note); // Gradio runs this script when there is a body
}

// ---- from the start -----------------------------------------------------------------------------------------------
// If the server dies while it draws, Gradio takes no more orders and reloads the page as soon as a server answers. (No
// other script reloads it.) The settings are in the address; where the browser tells who reloads, so does a note.
const LOST = "server-lost";

export function start() {
  // Back, or forward, to a tab: it has the settings that it was left with.
  window.addEventListener("popstate", () => turnTo(new URLSearchParams(location.search).get("tab") ?? ""));
  window.navigation?.addEventListener("navigate", (event) => {
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
        "The server went away while it worked for you, so the page was loaded again. Your settings are as they were; start again what it was drawing.",
      );
    sessionStorage.removeItem(LOST);
  } catch {
    /* no storage */
  }
}
