// Shared by the lessons: a transport bar, pointing at a pixel, the queue in words, downloads, the permanent link. Uses window.pixels.
window.controls = (() => {
  const P = window.pixels;

  // An element: node("button", { className: "play", onclick }, "text", otherNode). Text is never parsed as HTML.
  function node(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  const BACK = "◀\uFE0E", FORWARD = "▶\uFE0E"; // as text: some systems would draw pictures
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // A row of buttons and a slider that walk through positions 0 ... last; show(i) draws one. Put it into `box`.
  // Keys, where `root` has the focus but no control of its own uses them: space plays, arrows step, Home and End jump.
  // main: the first two also where nothing has the focus, or the lesson as a whole, while the bar is at most half a screen away.
  function transport(box, { root, show, label = "step", ms = 90, main = false, describe = (i, last) => `${i} of ${last}` }) {
    const button = (name, text, hint, onclick) =>
      node("button", { type: "button", className: name, textContent: text, ariaLabel: hint, disabled: true, onclick });
    const play = button("play", "play", "play", () => (timer === null ? start() : stop()));
    const speed = node("select", { className: "speed", disabled: true, onchange: () => timer !== null && (stop(), start()) },
      ...[0.25, 0.5, 1, 2, 4].map((x) => new Option(`${x}×`, x, x === 1, x === 1)));
    const loop = node("input", { type: "checkbox", className: "loop", disabled: true });
    const slider = node("input", { type: "range", className: "index", min: 0, max: 1, step: 1, value: 0, ariaLabel: label, disabled: true });
    const where = node("output", { className: "where", textContent: "nothing yet" });
    const buttons = node("div", { className: "transport", role: "group", ariaLabel: "Playback" },
      button("first", `|${BACK}`, "to the start", () => go(0)), button("back", BACK, "one step back", () => go(+slider.value - 1)), play,
      button("forward", FORWARD, "one step forward", () => go(+slider.value + 1)),
      button("final", `${FORWARD}|`, "to the end", () => go(Infinity)),
      node("label", {}, "speed ", speed), node("label", {}, loop, " loop"));
    box.replaceChildren(buttons, node("label", { className: "slider" }, node("span", { textContent: label }), slider, where),
      ...(main ? [node("p", { className: "keys", textContent: "Space plays, ← and → step." })] : []));
    let last = -1, timer = null;

    function draw() {
      where.textContent = describe(+slider.value, last);
      slider.setAttribute("aria-valuetext", where.textContent);
      show(+slider.value);
    }

    function load(n, at = 0) {
      stop();
      last = n;
      for (const control of box.querySelectorAll(":disabled")) control.disabled = false;
      slider.max = n;
      slider.value = Math.max(0, Math.min(n, at));
      draw();
    }

    function playing(yes) {
      play.classList.toggle("playing", yes);
      play.textContent = play.ariaLabel = yes ? "pause" : "play";
    }

    function start() {
      if (last < 0) return;
      if (+slider.value >= last) { slider.value = 0; draw(); }
      playing(true);
      let from = performance.now(), first = +slider.value;
      const each = Math.max(ms * Math.min(1, 50 / last), 8) / +speed.value;
      const tick = (now) => {
        const resting = +slider.value === last && now < from, i = resting ? last : Math.min(last, first + Math.floor(Math.max(0, now - from) / each));
        if (i !== +slider.value) { slider.value = i; draw(); }
        if (i === last && !resting) { from = now + 900; first = 0; } // in a loop: rest on the last picture, then again
        if (i < last || loop.checked) timer = requestAnimationFrame(tick); else stop();
      };
      timer = requestAnimationFrame(tick);
    }

    function stop() {
      cancelAnimationFrame(timer);
      timer = null;
      playing(false);
    }

    function go(i) {
      if (last < 0) return;
      stop();
      slider.value = Math.max(0, Math.min(last, i));
      draw();
    }

    slider.addEventListener("input", () => { stop(); draw(); });
    const near = ({ top, bottom }) => box.offsetParent && top < 1.5 * innerHeight && bottom > -0.5 * innerHeight;
    document.addEventListener("keydown", (event) => {
      const inside = root.contains(event.target);
      if (!inside && !(main && event.target.contains(root) && near(box.getBoundingClientRect()))) return;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.matches("button, input:not(.index), select, textarea, summary, a, [data-keys]") && !(event.key !== " " && event.target.matches("button"))) return;
      if (event.target === slider && event.key !== " ") return; // the slider moves itself
      const moves = { " ": () => (timer === null ? start() : stop()), ArrowLeft: () => go(+slider.value - 1),
        ArrowRight: () => go(+slider.value + 1), Home: () => go(0), End: () => go(Infinity) };
      if (moves[event.key] && (inside || !/Home|End/.test(event.key))) { moves[event.key](); event.preventDefault(); }
    });
    return { load, go, start, stop, autoplay: () => (calm() ? go(Infinity) : start()), get index() { return +slider.value; }, get last() { return last; } };
  }

  // Point at a pixel of a 16x16 canvas by mouse, a tap or, when it has the focus, arrow keys; Escape lets go. A finger that
  // moves scrolls the page: it chooses nothing.
  // report({ x, y }) or report(null). current(): the pixel from which the arrow keys go on, or null.
  function point(canvas, report, current) {
    const under = (event) => {
      const box = canvas.getBoundingClientRect(), clamp = (v) => Math.max(0, Math.min(15, Math.floor(v * 16)));
      return { x: clamp((event.clientX - box.left) / box.width), y: clamp((event.clientY - box.top) / box.height) };
    };
    canvas.tabIndex = 0;
    canvas.dataset.keys = "arrows";
    canvas.addEventListener("pointermove", (event) => event.pointerType !== "touch" && report(under(event)));
    canvas.addEventListener("click", (event) => report(under(event)));
    canvas.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && report(null));
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (event.key === "Escape") report(null);
      if (!step) return;
      event.preventDefault();
      const at = current();
      report(at ? { x: (at.x + step[0] + 16) % 16, y: (at.y + step[1] + 16) % 16 } : { x: 8, y: 8 });
    });
  }

  // A plot on a canvas that is as sharp as the screen, in the page's colours. x and y: [low, high]; ticks: [[value, text]].
  // wide: of the texts beside y, in rem.
  function plot(canvas, { x, y, xTicks = [], yTicks = [], wide = 1.75 }) {
    const { context: c, width, height, rem } = P.sharp(canvas), left = wide * rem + 6, right = width - 10, floor = height - rem - 6, top = 10;
    const at = (v, [low, high], from, to) => from + ((v - low) / (high - low)) * (to - from);
    const X = (v) => at(v, x, left, right), Y = (v) => at(v, y, floor, top), colour = (name) => name.startsWith("--") ? P.colour(canvas, name) : name;
    c.font = `${0.75 * rem}px system-ui, sans-serif`;
    c.strokeStyle = colour("--border-color-primary");
    c.fillStyle = colour("--body-text-color");
    c.lineWidth = 1;
    for (const [v, text] of yTicks) {
      c.beginPath(); c.moveTo(left, Y(v)); c.lineTo(right, Y(v)); c.stroke();
      c.textAlign = "right"; c.fillText(text, left - 6, Y(v) + 0.25 * rem);
    }
    xTicks.forEach(([v, text], i) => {
      c.textAlign = i === 0 ? "left" : i === xTicks.length - 1 ? "right" : "center";
      c.fillText(text, X(v), height - 6);
    });
    return {
      c, rem, X, Y, top, floor, left, right,
      line(points, name, { width: w = 2, dash = [] } = {}) { // points: [[x, y], ...]
        c.strokeStyle = colour(name); c.lineWidth = w; c.setLineDash(dash); c.beginPath();
        points.forEach(([a, b], i) => (i ? c.lineTo(X(a), Y(b)) : c.moveTo(X(a), Y(b))));
        c.stroke(); c.setLineDash([]);
      },
      dot(a, b, name, r = 6) { c.fillStyle = colour(name); c.beginPath(); c.arc(X(a), Y(b), r, 0, 2 * Math.PI); c.fill(); },
    };
  }

  // A question whose answers are buttons: what is said to each is its data-reply, what is said to all stands in .why.
  function quiz(box) {
    const answers = [...box.querySelectorAll("[data-reply]")];
    for (const answer of answers) answer.addEventListener("click", () => {
      for (const each of answers) each.setAttribute("aria-pressed", each === answer);
      box.querySelector(".reply").textContent = answer.dataset.reply;
      for (const why of box.querySelectorAll(".why")) why.hidden = false;
    });
  }

  // ---- while a run waits, or is drawn -----------------------------------------------------------------------------
  // Gradio's "queue: 2/3 | 1.0/4.0s" and "processing | 0.8/2.6s", in words.
  function queueWords(text) {
    const [, place, all] = /queue: (\d+)\/(\d*)/.exec(text) ?? [], [, spent, whole] = /([\d.]+)(?:\/([\d.]+))?s\s*$/.exec(text) ?? [];
    if (!spent) return "";
    const time = `${spent} s${+whole > +spent ? ` of about ${whole} s` : ""}`;
    return place ? `Waiting, number ${place} of ${all} in line: ${time}` : `Drawing: ${time}`;
  }

  function queueLine(element) {
    const block = element.closest(".block"), words = block.querySelector(".words");
    new MutationObserver(() => {
      const text = queueWords(block.querySelector(".progress-text")?.textContent ?? "");
      if (words.textContent !== text) words.textContent = text;
    }).observe(block, { subtree: true, childList: true, characterData: true });
  }

  // ---- what a person takes away -----------------------------------------------------------------------------------
  const base64 = (array) => btoa(Array.from(array, (b) => String.fromCharCode(b)).join(""));

  function save(name, content, type) { // content: a Blob, bytes or text
    const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    node("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  // Frames of sprites (RGB bytes, 768 each) -> PNG. A frame is `perFrame` sprites, `columns` of them in a row; `across`
  // frames stand in a row. Every pixel becomes a square of `scale`.
  function png(rgb, { perFrame, columns, across = 1, scale = 1 }) {
    const rows = Math.ceil(perFrame / columns), count = rgb.length / P.VALUES, frames = count / perFrame;
    const small = node("canvas", { width: 16 * columns * across, height: 16 * rows * Math.ceil(frames / across) });
    for (let i = 0; i < count; i++) {
      const f = Math.floor(i / perFrame), k = i % perFrame;
      const x = (f % across) * columns + (k % columns), y = Math.floor(f / across) * rows + Math.floor(k / columns);
      P.drawBytes(small, rgb, i, 16 * x, 16 * y);
    }
    const large = node("canvas", { width: small.width * scale, height: small.height * scale }), c = large.getContext("2d");
    c.imageSmoothingEnabled = false;
    c.drawImage(small, 0, 0, large.width, large.height);
    return new Promise((done) => large.toBlob(done, "image/png"));
  }

  // Buttons to take things away. `get()` returns what is on show: { name, rgb (sprites), columns (of them in a row), frames
  // (RGB bytes of all frames), perFrame (sprites a frame), ms (a frame), across (frames in a row of the sheet), code
  // (Python) }. By default all is nearly square. What is missing gets no button. server.gif: tabs/page.py.
  function takeaways(box, server, get, { frames = true, code = true } = {}) {
    const status = node("span", { className: "status", role: "status" });
    const button = (text, action, always = false) => node("button", { type: "button", className: "fresh", textContent: text, onclick: async () => {
      const shown = get();
      if (!shown && !always) { status.textContent = "There is nothing to save yet."; return; }
      status.textContent = "";
      try { status.textContent = (await action(shown)) ?? ""; }
      catch { status.textContent = "That did not work: the server or the browser refused. Nothing is lost; try again."; }
    } });
    const picture = ({ rgb, columns }, scale) => {
      const perFrame = rgb.length / P.VALUES;
      return png(rgb, { perFrame, columns: columns ?? Math.ceil(Math.sqrt(perFrame)), scale });
    };
    const frame = ({ perFrame = 1, columns = 1 }) => ({ perFrame, columns: Math.min(columns, perFrame) });
    const sheet = (s) => {
      if (!s.frames) return picture(s, 1);
      const { perFrame, columns } = frame(s), sprites = s.frames.length / P.VALUES;
      return png(s.frames, { perFrame, columns, across: s.across ?? Math.ceil(Math.sqrt(sprites) / columns) });
    };
    const gif = async (s) => {
      const { perFrame, columns } = frame(s);
      return P.bytes(await server.gif({ frames: base64(s.frames), count: perFrame, columns, ms: s.ms ?? 60 }));
    };
    const listing = node("pre", { className: "code", hidden: true, tabIndex: 0 });
    listing.dataset.keys = "text";
    box.classList.add("takeaways");
    box.replaceChildren(
      button("Copy link", async () => { // there is always something to link to
        write();
        try { await navigator.clipboard.writeText(location.href); return "The link is on the clipboard."; }
        catch { return `Copy the address: ${location.href}`; }
      }, true),
      button("PNG", async (s) => save(`${s.name}.png`, await picture(s, 16))),
      button("Sprite sheet", async (s) => save(`${s.name}-sheet.png`, await sheet(s))),
      ...(frames ? [button("GIF", async (s) => save(`${s.name}.gif`, await gif(s), "image/gif"))] : []),
      ...(code ? [button("Python", async (s) => {
        listing.hidden = !listing.hidden && listing.textContent === s.code;
        listing.textContent = s.code;
        if (listing.hidden) return "";
        try { await navigator.clipboard.writeText(s.code); return "The same as a program; it is on the clipboard."; }
        catch { return "The same as a program:"; }
      }), button("Python file", (s) => save(`${s.name}.py`, s.code, "text/x-python"))] : []),
      status, listing);
  }

  // ---- the permanent link -----------------------------------------------------------------------------------------
  // The address names the tab on show and all its settings: ?tab=noising&t=120&... A change of tab is a step of the
  // browser's history, a change of a setting is not. Settings of a tab are what Gradio's own controls are set to, which
  // tabs/page.py tells (opened, choose), and those of its component: its script hands over, once, a function that
  // returns them (link), and calls what that returns whenever one of them has changed.
  const PAUSE = 400; // ms between two changes of the address: browsers allow about a hundred in half a minute
  const asked = Object.fromEntries(new URLSearchParams(location.search)), chosen = new Map(), owned = new Map();
  let ready = false, moving = null, later = null, written = -Infinity;

  const tabButton = (tab) => document.querySelector(`[role=tab][data-tab-id="${CSS.escape(tab)}"]`);
  const onShow = () => document.querySelector("[role=tab][data-tab-id][aria-selected=true]")?.dataset.tabId;
  const linked = (tab) => ((asked.tab ?? "").trim().toLowerCase() === tab ? asked : {}); // what the link says of a tab

  function write() {
    clearTimeout(later);
    later = null;
    const tab = onShow();
    if (!ready || !tab || moving) return; // until then the address is what it was opened with, or gone back to
    const controls = chosen.get(tab) ?? {}, own = owned.get(tab);
    const values = own ? { ...controls, ...own(controls) } : { ...linked(tab), ...controls }; // of a script that is yet to run: as linked
    const before = new URLSearchParams(location.search), query = new URLSearchParams({ tab });
    for (const [name, value] of Object.entries(values)) if (name !== "tab" && (value ?? "") !== "") query.set(name, value);
    for (const [name, value] of before) if (name === "view" || name.startsWith("__")) query.set(name, value); // Gradio's own
    const next = written > -Infinity && before.get("tab") !== tab ? "pushState" : "replaceState";
    written = performance.now();
    if (`?${query}` !== location.search) history[next](history.state, "", `?${query}`);
  }

  function changed() {
    if (performance.now() - written > PAUSE) write(); else later ??= setTimeout(write, PAUSE);
  }

  function link(tab, values) {
    owned.set(tab, values);
    changed();
    return changed;
  }

  function choose(tab, names, values) { // what Gradio's own controls are set to, by their names in a link
    chosen.set(tab, Object.fromEntries(names.map((name, i) => [name, values[i]])));
    changed();
  }

  // The link has been read. note: what of it could not be used, if anything; controls: their names by tab.
  function opened(note, controls, values) {
    if (note) tell(note);
    for (const [tab, names] of Object.entries(controls)) choose(tab, names, values.splice(0, names.length));
    ready = true;
    const turned = () => { if (moving === null || moving === onShow()) { moving = null; write(); } };
    new MutationObserver(turned).observe(document.querySelector("[role=tablist]"), { subtree: true, attributeFilter: ["aria-selected"] });
    if (asked.tab) write(); else turnTo(location.hash.slice(1).toLowerCase());
  }

  function turnTo(tab) {
    if (tab === onShow() || !tabButton(tab)) return write();
    moving = tab;
    tabButton(tab).click();
  }

  // Back, or forward, to a tab: it has the settings that it was left with.
  window.addEventListener("popstate", () => turnTo(new URLSearchParams(location.search).get("tab") ?? ""));

  // Say what of a link cannot be used. refused: {what: what it must be}. (tabs/page.py says it of Gradio's controls.)
  function refuse(refused) {
    const parts = Object.entries(refused).map(([what, allowed]) => `${what} must be ${allowed}`);
    if (parts.length) tell(`Not all of this link can be used: ${parts.join("; ")}. All else is set as it says.`);
  }

  function tell(text) { // on top of the page, until somebody has read it
    const note = document.querySelector(".note-on-top") ?? node("div", { className: "note-on-top", role: "alert" },
      node("button", { type: "button", className: "fresh", textContent: "OK", onclick: () => note.remove() }));
    note.lastChild.before(node("p", { textContent: text }));
    document.body.append(note); // Gradio runs this script when there is a body
  }

  // ---- when the server goes away ----------------------------------------------------------------------------------
  // If the server dies while it draws, Gradio takes no more orders and reloads the page as soon as a server answers. (No
  // other script reloads it.) The settings are in the address; where the browser tells who reloads, so does a note.
  const LOST = "server-lost";
  window.navigation?.addEventListener("navigate", (event) => {
    if (event.navigationType === "reload" && !event.userInitiated) try { sessionStorage.setItem(LOST, "yes"); } catch { /* then without the note */ }
  });
  try {
    if (sessionStorage.getItem(LOST))
      tell("The server went away while it worked for you, so the page was loaded again. Your settings are as they were; start again what it was drawing.");
    sessionStorage.removeItem(LOST);
  } catch { /* no storage */ }

  return { node, calm, transport, point, plot, quiz, base64, save, png, takeaways, link, linked, choose, opened, refuse, queueWords, queueLine };
})();
