// @ts-check
// x_t = sqrt(alpha_bar_t) x0 + sqrt(1 - alpha_bar_t) eps, drawn while t moves. data: gallery() in lesson.py.
// What is out of sight is not drawn. When the hand rests, the link is written and the network is asked about x_t.
import { asker } from "../../assets/ask.js";
import { node, rem, whenRestyled } from "../../assets/dom.js";
import { pack, pixelEditor, unpack } from "../../assets/editor.js";
import { rove } from "../../assets/keys.js";
import { link, linked, refuse } from "../../assets/link.js";
import { addition, fixed, number } from "../../assets/numbers.js";
import { AREA, base64, bytes, draw, drawBytes, float32, float64, fromBytes, VALUES } from "../../assets/pixels.js";
import { colour, plot } from "../../assets/plot.js";
import { point } from "../../assets/point.js";
import { quiz } from "../../assets/quiz.js";
import { takeaways } from "../../assets/takeaways.js";
import { transport } from "../../assets/transport.js";
import { density, histogram, mixture, moments, normals, shares, walk } from "./gauss.js";

/**
 * @param {{ element: any, data: any, props: any, server: any, trigger: (event: string, data: object) => void,
 *   watch: (prop: string, changed: () => void) => void }} parts of the component, see assets/lessons.js
 */
export default function mount({ element, data, props, server, trigger, watch }) {
  /** @param {string} selector @returns {any} */
  const $ = (selector) => element.querySelector(selector);
  const T = data.T,
    alphaBar = Object.fromEntries(Object.entries(data.alpha_bar).map(([name, text]) => [name, float64(text)]));
  const REST = 180; // ms without a change
  const LOW = -3.5,
    HIGH = 3.5,
    BAR = 0.125; // of the histograms
  const HOW_TO_READ = "Point at a pixel to read its three numbers.";
  const WALKS = 2000,
    CHANNELS = ["red", "green", "blue"];
  const state = {
    /** @type {any} */
    sprite: null,
    /** @type {any} */
    x0: null,
    eps: float32(data.eps),
    seeded: float32(data.eps),
    seed: 0,
    schedule: "cosine",
    rival: "linear",
    told: data.classes[0],
    boil: false,
    boiled: false,
    pixel: { x: 8, y: 8 },
    pointing: false,
    channel: 0,
    walks: 1,
  };
  const gallery = [],
    x_t = new Float32Array(VALUES),
    part = new Float32Array(VALUES);
  const boiling = normals(1); // noise that nobody needs again
  let t = Math.round(0.3 * T);
  let changes = 0;
  let made = 0;
  let kept = true;
  /** @type {ReturnType<typeof setTimeout> | null} */
  let resting = null;

  // The stages of the course's notes: noising.html. Where one ends is our choice, by the weights of noise and sprite in x_t.
  const weights = (t, schedule = state.schedule) => [
    Math.sqrt(alphaBar[schedule][t]),
    Math.sqrt(1 - alphaBar[schedule][t]),
  ];
  const STAGES = [...element.querySelectorAll(".stage-words")].map((box) => ({
    box,
    name: box.dataset.stage,
    title: box.querySelector("h3").textContent,
    until: +box.dataset.until,
  }));
  const root = (text) => `√<span class="radicand">${text}</span>`;
  const titled = (schedule) => schedule.replaceAll("_", " "); // as people read its name
  const about = (x) => (x < 100 ? `${+x.toPrecision(2)}` : number(+x.toPrecision(2)));
  /** @returns {any} */
  const stageOf = (t) => STAGES.find((stage) => weights(t)[1] / weights(t)[0] <= stage.until);

  function noisy(out, t, eps = state.eps, schedule = state.schedule) {
    const [signal, noise] = weights(t, schedule);
    for (let i = 0; i < VALUES; i++) out[i] = signal * state.x0[i] + noise * eps[i];
    return out;
  }

  // A frame of the film strip: one noise kept, or, with fresh noise in every frame, its own.
  const frameNoise = (t) => (state.boil ? Float32Array.from(state.eps, normals(1000 + t)) : state.eps);

  function toBytes(x, out = new Uint8ClampedArray(VALUES)) {
    // clamps and rounds
    for (let i = 0; i < AREA; i++) for (let c = 0; c < 3; c++) out[3 * i + c] = (x[c * AREA + i] + 1) * 127.5;
    return out;
  }

  // ---- the main picture ---------------------------------------------------------------------------------------------
  function show() {
    if (!state.x0) return;
    const [signal, noise] = weights(t),
      a = alphaBar[state.schedule][t];
    if (state.boil && state.boiled) state.eps = Float32Array.from(state.eps, boiling);
    noisy(x_t, t);
    draw($(".x_t"), x_t);
    for (let i = 0; i < VALUES; i++) part[i] = signal * state.x0[i];
    draw($(".x0"), part);
    for (let i = 0; i < VALUES; i++) part[i] = noise * state.eps[i];
    draw($(".eps"), part);
    $(".equation").innerHTML = // numbers only
      `<span><span class="mixture">x<sub>${t}</sub></span> = <span class="signal">${root(number(a))} · x<sub>0</sub></span> + ` +
      `<span class="noise">${root(number(1 - a))} · ε</span></span> ` +
      `<span>≈ <span class="signal">${number(signal)} · x<sub>0</sub></span> + <span class="noise">${number(noise)} · ε</span></span>`;
    readout();
    const stage = stageOf(t);
    if (stage.name !== shownStage) {
      shownStage = stage.name;
      for (const each of STAGES) each.box.hidden = each !== stage;
      for (const button of element.querySelectorAll(".stages button"))
        button.setAttribute("aria-current", button.dataset.stage === stage.name);
    }
    $(".stage-ratio").textContent =
      t === 0
        ? ""
        : `Here the noise weighs about ${about(noise / signal)} times as much as the sprite; ${stage.box.dataset.range}.`;
    $(".stage").classList.toggle("stale", stale());
    label(".x0", `${state.sprite.caption}, faded to ${signal.toFixed(2)} of its strength`);
    label(".eps", `Gaussian noise at ${noise.toFixed(2)} of its strength`);
    label(
      ".x_t",
      `${state.sprite.caption} with ${stage.title.toLowerCase()}, at timestep ${t} of ${T}. Point at a pixel, by arrow keys, too.`,
    );
    for (const section of sections) if (section.seen) section.draw();
  }
  let shownStage = "";

  // What a picture shows, in words. Written when the hand rests: nobody can listen faster, and each costs a layout.
  const labels = new Map();
  const label = (selector, text) => labels.set(selector, text);
  function describe() {
    for (const [selector, text] of labels) $(selector).setAttribute("aria-label", text);
    labels.clear();
  }

  // Something other than t has changed: what depends on the sprite, the noise or the schedule is drawn anew.
  function change() {
    changes++;
    show();
    rest();
  }

  function rest() {
    clearTimeout(resting ?? undefined);
    resting = setTimeout(settle, REST);
    settled();
  }

  // On the element for whoever waits for it: the hand has rested, and nothing but the network's answer is still to come.
  const settled = () => (element.dataset.settled = resting === null && fetching === 0);

  async function settle() {
    resting = null;
    if (!state.x0) return;
    if (state.boil && state.boiled) {
      state.boiled = false;
      await newNoise();
      return;
    } // what stays is noise with a seed
    remember();
    ask();
    for (const section of sections) if (section.seen) section.settled?.();
    describe();
    settled();
  }

  const bar = transport($(".time"), {
    root: $(".main"),
    label: "timestep t",
    ms: 24,
    main: true,
    show: (i) => {
      t = i;
      if (!state.x0) return;
      state.boiled = state.boil;
      show();
      rest();
    },
  });
  $(".index").classList.add("t");
  $(".time").append($(".time .slider"), $(".stages"), $(".time .transport"), $(".time .keys")); // the slider first, right under the pictures
  $(".time .transport").append($(".controls"));

  function stages() {
    // under the slider's track: as wide as the stage is long
    const slider = $(".t"),
      thumb = 16,
      left = slider.offsetLeft - $(".stages").offsetLeft + thumb / 2,
      width = slider.offsetWidth - thumb;
    const names = Array.from({ length: T + 1 }, (_, t) => stageOf(t).name),
      size = rem();
    $(".stages").replaceChildren(
      ...STAGES.flatMap(({ name, title }, k) => {
        const first = names.indexOf(name),
          last = names.lastIndexOf(name);
        if (first < 0) return [];
        const button = node("button", {
          type: "button",
          textContent: name,
          title: `${title}: t = ${first}${last > first ? ` to ${last}` : ""}`,
          onclick: () => bar.go(Math.round((first + last) / 2)),
        });
        button.ariaLabel = button.title;
        button.dataset.stage = name;
        button.style.setProperty("--share", `${(100 * k) / 3}%`);
        // The line is as long as its part of the track, whose ends lie half a thumb beyond the thumb's own way.
        const from = k ? left + (width * (first - 0.5)) / T + 1 : left - thumb / 2,
          to = last === T ? left + width + thumb / 2 : left + (width * (last + 0.5)) / T;
        const start = k ? from : Math.max(0, from - 2.4 * size); // "none" is only t = 0: its word stands before the track
        button.style.left = `${start}px`;
        button.style.width = `${Math.max(0, to - start - 1)}px`;
        button.style.setProperty("--line", `${to - from - 1}px`);
        button.setAttribute("aria-current", String(name === shownStage));
        return [button];
      }),
    );
  }

  // ---- sprites: the gallery, uploads, paint, the link -----------------------------------------------------------------
  // own: a person's, to be kept and painted on. The sprite of a link may be somebody else's: like the built-in ones it is
  // shown, and copied when it is painted on.
  function add(rgb, caption, { name = null, told = null, own = true } = {}) {
    const sprite = {
      rgb,
      caption,
      name,
      told,
      own,
      undo: [],
      redo: [],
      canvas: node("canvas", { width: 16, height: 16 }),
    };
    sprite.button = node(
      "button",
      { type: "button", title: caption, ariaLabel: caption, onclick: () => choose(sprite) },
      sprite.canvas,
    );
    drawBytes(sprite.canvas, rgb);
    $(".gallery").append(sprite.button);
    gallery.push(sprite);
    kept &&= !own;
    return sprite;
  }

  function choose(sprite) {
    state.sprite = sprite;
    state.x0 = fromBytes(sprite.rgb);
    if (sprite.told) $(".told").value = state.told = sprite.told;
    for (const other of gallery) other.button.setAttribute("aria-pressed", other === sprite);
    editor.load(sprite);
    change();
  }

  const paint = (rgb, told = null) => add(rgb, `your sprite ${++made}`, { told });

  // A person's own sprites outlive the page, in their browser: nobody else sees them.
  const SHELF = "own-sprites",
    MAX_KEPT = 32;
  let shelved = []; // those on the shelf that this page knows of; others are from another tab, and stay

  function shelf() {
    try {
      const found = JSON.parse(localStorage.getItem(SHELF) ?? "[]");
      return Array.isArray(found) ? found.filter((entry) => unpack(String(entry?.pixels))) : [];
    } catch {
      return [];
    } // no storage, or not ours
  }

  function keep() {
    if (kept) return;
    const own = gallery.filter((sprite) => sprite.own).map(({ rgb, told }) => ({ pixels: pack(rgb), told }));
    const known = new Set([...shelved, ...own.map((entry) => entry.pixels)]),
      all = [...shelf().filter((entry) => !known.has(entry.pixels)), ...own];
    if (all.length > MAX_KEPT)
      $(".status").textContent =
        `This browser keeps your newest ${MAX_KEPT} sprites; older ones are gone when the page is closed.`;
    try {
      localStorage.setItem(SHELF, JSON.stringify(all.slice(-MAX_KEPT)));
    } catch {
      $(".status").textContent = "This browser keeps nothing: your sprites are gone when the page is closed.";
      return;
    }
    shelved = own.map((entry) => entry.pixels);
    kept = true;
  }

  function unshelve() {
    for (const { pixels, told } of shelf().slice(-MAX_KEPT))
      paint(unpack(pixels), data.classes.includes(told) ? told : null);
    shelved = gallery.filter((sprite) => sprite.own).map((sprite) => pack(sprite.rgb));
    kept = true;
  }

  /** @param {any} sprite @param {any} next */
  function forget(sprite, next = null) {
    const place = gallery.indexOf(sprite);
    sprite.button.remove();
    gallery.splice(place, 1);
    kept = false;
    choose(next ?? gallery[Math.min(place, gallery.length - 1)]);
  }

  const editor = pixelEditor($(".editor"), {
    edit() {
      // what is not a person's own stays as it is: the first stroke makes a copy
      if (!state.sprite.own) choose(paint(state.sprite.rgb.slice(), state.told));
      return state.sprite;
    },
    changed(sprite) {
      kept = false;
      drawBytes(sprite.canvas, sprite.rgb);
      state.x0 = fromBytes(sprite.rgb);
      change();
    },
    blank() {
      choose(paint(new Uint8Array(VALUES).fill(255)));
    },
    forget,
  });

  function values() {
    // of the permanent link
    const { sprite, schedule, rival, told, boil, pixel, channel } = state;
    return {
      ...(sprite.name ? { sprite: sprite.name.join("-") } : { pixels: pack(sprite.rgb) }),
      t,
      schedule,
      rival,
      seed: wanted,
      weights: told,
      ...(boil ? { fresh: 1 } : {}),
      pixel: `${pixel.x}.${pixel.y}.${channel}`,
    };
  }

  const remember = () => {
    keep();
    linkChanged();
  };

  async function restore(asked) {
    const refused = {},
      schedules = Object.keys(alphaBar),
      words = (list) => `one of ${list.join(", ")}`;
    // If the link has that setting, what read() makes of it is handed on to set(), but undefined is refused.
    const take = (name, what, allowed, read, set) => {
      if (!(name in asked)) return;
      const value = read(asked[name]);
      if (value === undefined) refused[what] = allowed;
      else set(value);
    };
    const among = (list) => (text) => (list.includes(text) ? text : undefined);
    const whole = (low, high) => (text) =>
      /^\d{1,10}$/.test(text) && +text >= low && +text <= high ? +text : undefined;
    take("schedule", "the schedule", words(schedules), among(schedules), (v) => {
      state.schedule = v;
    });
    meetAnother();
    take("rival", "the schedule to compare with", words(schedules), among(schedules), (v) => {
      state.rival = v;
    });
    let sprite = gallery[0];
    take(
      "sprite",
      "the sprite",
      "one of the gallery's, such as hero-0",
      (text) => gallery.find((s) => s.name?.join("-") === text),
      (v) => {
        sprite = v;
      },
    );
    take(
      "pixels",
      "the picture",
      "one that this page has written down",
      (text) => unpack(text) ?? undefined,
      (rgb) => {
        const text = pack(rgb);
        sprite = gallery.find((s) => pack(s.rgb) === text) ?? add(rgb, "the sprite of the link", { own: false });
      },
    );
    take("t", "t", `a whole number from 0 to ${T}`, whole(0, T), (v) => {
      t = v;
    });
    take("fresh", "fresh noise in every frame", "1, or not there", among(["1"]), () => {
      state.boil = $(".boil").checked = true;
    });
    take(
      "pixel",
      "the pixel",
      "column.row.channel, from 0.0.0 to 15.15.2",
      (text) => /^(\d|1[0-5])\.(\d|1[0-5])\.([0-2])$/.exec(text) ?? undefined,
      ([, x, y, channel]) => {
        state.pixel = { x: +x, y: +y };
        state.channel = +channel;
      },
    );
    choose(sprite);
    if (looks)
      take("weights", "the class told", words(data.classes), among(data.classes), (v) => {
        state.told = v;
      });
    for (const name of ["schedule", "rival", "told", "channel"]) $(`.${name}`).value = state[name];
    bar.load(T, t);
    let seed = 0;
    take("seed", "the seed", `a whole number from 0 to ${2 ** 31 - 1}`, whole(0, 2 ** 31 - 1), (v) => {
      seed = v;
    });
    refuse(refused);
    if (seed !== state.seed) await newNoise(seed);
  }

  let wanted = 0,
    fetching = 0; // the seed asked for last; requests under way
  async function newNoise(seed = (wanted + 1) % 2 ** 31) {
    wanted = seed;
    fetching++;
    settled();
    try {
      const eps = float32(await server.noise(seed));
      if (seed !== wanted) return; // a newer request is on its way
      state.seed = seed;
      state.eps = state.seeded = eps;
    } catch {
      if (seed !== wanted) return;
      wanted = state.seed;
      state.eps = state.seeded;
      $(".status").textContent = `The server did not answer; this is the noise of seed ${state.seed}, as before.`;
    } finally {
      fetching--;
    }
    state.boiled = false;
    change();
  }

  // ---- what the network makes out -------------------------------------------------------------------------------------
  // One question is under way at a time; what has changed meanwhile is asked about when its answer is here.
  const looks = data.classes.length > 0; // else the network cannot look at sprites of this size
  const PATIENCE = 10_000; // ms
  const network = asker("noising", "ask", trigger, PATIENCE);
  let asking = false;
  /** @type {any} */
  let answered = null; // what the tiles show: { key, t, told, sprite, rgb }
  const key = () => [t, state.schedule, state.seed, state.told, changes].join();
  const stale = () => looks && t > 0 && answered?.key !== key();

  async function ask() {
    if (!looks) return;
    const about = { key: key(), t, told: state.told, sprite: state.sprite.rgb.slice() };
    if (t === 0) {
      // nothing is hidden: x_0 is the sprite
      answered = { ...about, rgb: new Uint8Array([...about.sprite, ...about.sprite]) };
      guesses();
    } else if (stale() && !asking) {
      asking = true;
      const { seed, schedule, told } = state;
      const guess = await network
        .ask({ pixels: base64(about.sprite), seed, t, schedule, weights: told })
        .catch(() => null);
      asking = false;
      if (!guess) return; // the next time that the hand rests it is asked again
      answered = { ...about, rgb: bytes(guess.x0) };
      guesses();
      if (resting === null) ask();
    }
  }

  watch("guess", () => network.answer(props.guess));

  function guesses() {
    const { t, told, rgb, sprite: x0 } = answered;
    for (const [k, name] of ["with-class", "without-class"].entries()) {
      const canvas = $(`.${name}`),
        off = Math.sqrt(x0.reduce((sum, v, i) => sum + (v - rgb[768 * k + i]) ** 2, 0) / 768);
      drawBytes(canvas, rgb, k);
      const what = k ? "class not told" : `told "${told}"`;
      canvas.setAttribute(
        "aria-label",
        t
          ? `The network's guess of the sprite from x at timestep ${t}, ${what}; its colours are off by ${off.toFixed(0)} of 255`
          : "The sprite itself",
      );
      const sub = (textContent) => node("sub", { textContent }),
        of = (...parts) => canvas.nextElementSibling.replaceChildren(...parts);
      // class names are a checkpoint's: never HTML
      if (t)
        of(node("b", {}, "x̂", sub(0)), " from x", sub(t), `, ${what}`, node("br"), `off by ${off.toFixed(0)} of 255`);
      else of(node("b", {}, "x", sub(0)), " itself", node("br"), "nothing to guess");
    }
    $(".stage").classList.toggle("stale", stale());
  }

  // ---- a pixel --------------------------------------------------------------------------------------------------------
  function readout() {
    const { x, y } = state.pixel,
      [signal, noise] = weights(t),
      box = $(".readout");
    if (state.pointing) {
      box.innerHTML =
        `pixel (${x + 1}, ${y + 1})` +
        CHANNELS.map((name, c) => {
          // numbers only
          const i = c * AREA + 16 * y + x,
            { terms, total } = addition([signal * state.x0[i], noise * state.eps[i]]);
          return (
            ` <span class="triple">${name} <span class="signal">${terms[0]}</span> <span class="noise">${terms[1]}</span> = ` +
            `<span class="mixture">${total}</span></span>`
          );
        }).join("");
    } else if (box.textContent !== HOW_TO_READ) box.textContent = HOW_TO_READ;
  }

  function pointAt(place) {
    state.pointing = place !== null;
    if (place) state.pixel = place;
    for (const frame of element.querySelectorAll(".frame")) {
      frame.classList.toggle("marked", state.pointing || frame.querySelector(".pointed") !== null);
      const mark = frame.querySelector(".mark");
      mark.style.left = `calc(3px + (100% - 6px) * ${state.pixel.x} / 16)`;
      mark.style.top = `calc(3px + (100% - 6px) * ${state.pixel.y} / 16)`;
    }
    readout();
    if (!place) return;
    for (const section of sections) if (section.seen && section.pixel) section.draw();
    rest();
  }

  // ---- sections: drawn while they are in sight ------------------------------------------------------------------------
  const sections = [];
  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const section = sections.find(({ box }) => box === target);
      section.seen = isIntersecting;
      if (isIntersecting && state.x0) {
        section.draw();
        section.settled?.();
        describe();
      }
    }
  });

  function section(selector, draw, options = {}) {
    const made = { box: $(selector), draw, seen: false, ...options };
    sections.push(made);
    sight.observe(made.box);
  }

  /** @type {[number, string][]} */
  const timeTicks = [
    [0, "t = 0"],
    [T / 2, `${T / 2}`],
    [T, `${T}`],
  ];
  const curve = (f) => {
    const points = [];
    for (let t = 0; t <= T; t += 5) points.push([t, f(t)]);
    return points;
  };

  function here(p, y) {
    // where you are: a vertical line and, on the curve, a point
    p.c.strokeStyle = colour(element, "--border-color-primary");
    p.c.lineWidth = 1;
    p.c.beginPath();
    p.c.moveTo(p.X(t), p.top);
    p.c.lineTo(p.X(t), p.floor);
    p.c.stroke();
    if (y !== null) p.dot(t, y, "--mixture");
  }

  section(".alpha", () => {
    const p = plot($(".alpha"), {
      x: [0, T],
      y: [0, 1],
      xTicks: timeTicks,
      yTicks: [
        [0, "0"],
        [0.5, "0.5"],
        [1, "1"],
      ],
    });
    const a = alphaBar[state.schedule],
      b = alphaBar[state.rival];
    p.line(
      curve((t) => b[t]),
      "--body-text-color",
      { width: 1.5, dash: [5, 5] },
    );
    p.line(
      curve((t) => a[t]),
      "--signal",
      { width: 2.5 },
    );
    here(p, a[t]);
    for (const name of ["schedule", "rival"])
      element.querySelector(`.curves .name-${name}`).textContent = titled(state[name]);
    label(
      ".alpha",
      `alpha-bar of the ${titled(state.schedule)} schedule falls from 1 at t = 0 to ${number(a[T])} at t = ${T}; here it is ${number(a[t])}`,
    );
  });

  section(".snr", () => {
    const low = -4,
      high = 4,
      log = (a) => Math.max(low, Math.min(high, Math.log10(a / (1 - a))));
    const p = plot($(".snr"), {
      x: [0, T],
      y: [low, high],
      xTicks: timeTicks,
      yTicks: [
        [-4, "10⁻⁴"],
        [-2, "0.01"],
        [0, "1"],
        [2, "100"],
        [4, "10⁴"],
      ],
      wide: 2.375,
    });
    const a = alphaBar[state.schedule],
      b = alphaBar[state.rival];
    p.line(
      curve((t) => log(b[t])),
      "--body-text-color",
      { width: 1.5, dash: [5, 5] },
    );
    p.line(
      curve((t) => log(a[t])),
      "--signal",
      { width: 2.5 },
    );
    here(p, log(a[t]));
    const ratio = number(a[t] / (1 - a[t]));
    p.c.fillStyle = colour(element, "--body-text-color");
    p.c.textAlign = "left"; // above and to the right of a falling curve there is room
    p.c.fillText(
      `SNR = ${ratio}`,
      Math.min(p.X(t) + 10, p.right - 6 * p.rem),
      Math.max(p.top + 0.75 * p.rem, p.Y(log(a[t])) - 10),
    );
    label(".snr", `Signal-to-noise ratio on a logarithmic scale; at t = ${t} it is ${ratio}`);
  });

  // Bars under an exact density, and N(0, 1) dashed.
  function bells(canvas, bars, exact, normal = true) {
    const high = Math.max(0.5, 1.1 * Math.max(...exact.map(([, d]) => d)));
    const p = plot(canvas, {
      x: [LOW, HIGH],
      y: [0, high],
      xTicks: [-3, -2, -1, 0, 1, 2, 3].map((v) => [v, `${v}`.replace("-", "−")]),
      yTicks: [
        [0, "0"],
        [high / 2, (high / 2).toPrecision(2)],
      ],
    });
    p.c.fillStyle = colour(element, "--mixture");
    p.c.globalAlpha = 0.28;
    bars.forEach((d, i) =>
      p.c.fillRect(
        p.X(LOW + i * BAR) + 0.5,
        p.Y(Math.min(d, high)),
        p.X(LOW + BAR) - p.X(LOW) - 1,
        p.floor - p.Y(Math.min(d, high)),
      ),
    );
    p.c.globalAlpha = 1;
    if (normal)
      p.line(
        exact.map(([v]) => [v, density(v, 0, 1)]),
        "--body-text-color",
        { width: 1.5, dash: [5, 5] },
      );
    p.line(exact, "--mixture", { width: 2.5 });
  }

  /** @type {[number, number][]} */
  let parts = []; // the values of x0 and how often each occurs
  let partsOf = -1;
  section(".values", () => {
    if (partsOf !== changes) {
      parts = shares(state.x0);
      partsOf = changes;
    }
    const [signal, noise] = weights(t);
    bells($(".values"), histogram(x_t, LOW, HIGH, BAR), mixture(parts, signal, noise, LOW, HIGH, BAR));
    const mean = x_t.reduce((sum, v) => sum + v, 0) / VALUES,
      std = Math.sqrt(x_t.reduce((sum, v) => sum + (v - mean) ** 2, 0) / VALUES);
    label(
      ".values",
      `Histogram of the 768 values of x at t = ${t}: mean ${mean.toFixed(2)}, standard deviation ${std.toFixed(2)}; the bell curve N(0, 1) has 0 and 1`,
    );
  });

  const scratch = new Float32Array(VALUES);
  section(".duo", () => {
    const ab = (name) => alphaBar[name][t],
      told = (name) => `<b>${titled(name)}</b>: ᾱ = ${number(ab(name))}, SNR ${number(ab(name) / (1 - ab(name)))}`;
    for (const [selector, name] of [
      [".same", state.schedule],
      [".other", state.rival],
    ]) {
      draw($(selector), noisy(scratch, t, state.eps, name));
      label(selector, `x at t = ${t} of the ${titled(name)} schedule, alpha-bar ${number(ab(name))}`);
      $(selector).nextElementSibling.innerHTML = told(name); // our own names
    }
    const other = alphaBar[state.rival],
      [own, rival] = [state.schedule, state.rival].map(titled),
      near = other.reduce(
        (best, a, i) => (Math.abs(a - ab(state.schedule)) < Math.abs(other[best] - ab(state.schedule)) ? i : best),
        0,
      );
    const short = ab(state.schedule) < other[T] - 1e-3;
    $(".match").textContent =
      own === rival
        ? `Both are ${own}: choose another to compare with.`
        : short
          ? `${rival} never gets as noisy as ${own} is at t = ${t}: at its end ᾱ is still ${number(other[T])}.`
          : `${own} at t = ${t} has the noise level that ${rival} reaches at t = ${near}.`;
  });

  const FILM = Array.from({ length: 13 }, (_, k) => Math.round((k * T) / 12));
  let filmOf = -1;
  section(".strip", () => {
    if (!$(".strip").children.length) {
      $(".strip").replaceChildren(
        ...FILM.map((s) =>
          node(
            "button",
            { type: "button", ariaLabel: `go to t = ${s}`, onclick: () => bar.go(s) },
            node("canvas", { width: 16, height: 16 }),
            `${s}`,
          ),
        ),
      );
    }
    const nearest = FILM.reduce((best, s) => (Math.abs(s - t) < Math.abs(best - t) ? s : best));
    [...$(".strip").children].forEach((button, k) => button.setAttribute("aria-current", FILM[k] === nearest));
    if (filmOf === changes) return;
    filmOf = changes;
    FILM.forEach((s, k) => draw($(".strip").children[k].firstChild, noisy(scratch, s, frameNoise(s))));
    $(".strip-note").textContent = state.boil
      ? "Each frame has its own noise: nothing carries over from one to the next but the sprite."
      : "One noise for all frames: follow a bright dot of noise from left to right as it grows.";
  });

  section(
    ".pixel",
    () => {
      draw($(".pointed"), x_t);
      const { x, y } = state.pixel,
        p = plot($(".path"), {
          x: [0, T],
          y: [LOW, HIGH],
          xTicks: timeTicks,
          yTicks: [
            [-3, "−3"],
            [-1, "−1"],
            [0, "0"],
            [1, "1"],
            [3, "3"],
          ],
        });
      here(p, null);
      const now = CHANNELS.map((name, c) => {
        const i = c * AREA + 16 * y + x;
        p.line(
          curve((t) => {
            const [signal, noise] = weights(t);
            return signal * state.x0[i] + noise * state.eps[i];
          }),
          ["--red", "--green", "--signal"][c],
          { dash: [[], [7, 4], [2, 4]][c] },
        );
        p.dot(t, x_t[i], ["--red", "--green", "--signal"][c], 5);
        return `${name} ${x_t[i].toFixed(2)}`;
      });
      label(".path", `Path of pixel ${x + 1}, ${y + 1} over t; at t = ${t}: ${now.join(", ")}`);
      label(".pointed", `x at t = ${t}; pixel ${x + 1}, ${y + 1} is chosen. Arrow keys choose another.`);
    },
    { pixel: true },
  );

  // ---- many small steps against one jump ------------------------------------------------------------------------------
  function chains() {
    const table = alphaBar[state.schedule],
      { x, y } = state.pixel,
      i = state.channel * AREA + 16 * y + x,
      [signal, noise] = weights(t);
    const beta = t ? 1 - table[t] / table[t - 1] : 0,
      normal = normals(state.walks);
    draw($(".walked"), walk(Float64Array.from(state.x0), table, t, normal));
    const ends = walk(new Float64Array(WALKS).fill(state.x0[i]), table, t, normal),
      found = moments(ends),
      mean = signal * state.x0[i];
    bells(
      $(".many"),
      histogram(ends, LOW, HIGH, BAR),
      mixture([[state.x0[i], 1]], signal, noise, LOW, HIGH, BAR),
      false,
    );
    $(".step").innerHTML = t
      ? `At t = ${t}: x<sub>${t}</sub> = ${root("1−β")} · x<sub>${t - 1}</sub> + ${root("β")} · z ` +
        `≈ ${Math.sqrt(1 - beta).toFixed(4)} · x<sub>${t - 1}</sub> + ${Math.sqrt(beta).toFixed(4)} · z.`
      : "";
    $(".chain figcaption").textContent =
      t === 1 ? "1 small step, z drawn once" : `${t} small steps, z drawn ${t} times`;
    const set = (name, text) => ($(`.${name}`).textContent = text.replaceAll("-", "−"));
    set("which", `of pixel (${x + 1}, ${y + 1}), x₀ = ${state.x0[i].toFixed(3)}`);
    /** @type {[string, number, number, number][]} */
    const rows = [
      ["mean", found.mean, found.meanError, mean],
      ["std", found.std, found.stdError, noise],
    ];
    for (const [name, value, error, exact] of rows) {
      const digits = error ? Math.max(4, 2 - Math.floor(Math.log10(error))) : 4; // at least three of the error
      const rounded = (v) => +v.toFixed(digits);
      set(name, `${fixed(value, digits)} ± ${fixed(error, digits)}`);
      set(`true-${name}`, fixed(exact, digits));
      set(`${name}-gap`, t ? fixed((rounded(value) - rounded(exact)) / rounded(error), 1) : "0");
    }
    label(".walked", `${state.sprite.caption} after ${t} small noising steps`);
    label(
      ".many",
      `Histogram of 2,000 walks: mean ${found.mean.toFixed(3)}, standard deviation ${found.std.toFixed(3)}; the formula says ${mean.toFixed(3)} and ${noise.toFixed(3)}`,
    );
  }

  section(
    ".chain",
    () => {
      draw($(".jumped"), x_t);
      label(".jumped", `${state.sprite.caption} after one jump to t = ${t}`);
    },
    { settled: chains },
  );

  function meetAnother() {
    // a schedule is compared with another, unless somebody wants it otherwise
    if (state.rival === state.schedule)
      state.rival = $(".rival").value = state.schedule === "linear" ? "cosine" : "linear";
  }

  // ---- controls -------------------------------------------------------------------------------------------------------
  const select = (selector, options, set, title = titled) => {
    $(selector).replaceChildren(...options.map((name) => new Option(title(name), name)));
    $(selector).addEventListener("change", () => set($(selector).value));
  };
  select(".schedule", Object.keys(alphaBar), (v) => {
    state.schedule = v;
    meetAnother();
    shownStage = "";
    stages();
    change();
  });
  select(".rival", Object.keys(alphaBar), (v) => {
    state.rival = v;
    show();
    rest();
  });
  for (const part of element.querySelectorAll(".stage .guess, .stage label, .stage .off-by"))
    part.closest("figure, p").hidden = !looks;
  select(
    ".told",
    data.classes,
    (v) => {
      state.told = v;
      show();
      rest();
    },
    (name) => name,
  );
  $(".channel").addEventListener("change", () => {
    state.channel = +$(".channel").value;
    chains();
    rest();
  });
  $(".again").addEventListener("click", () => {
    state.walks++;
    chains();
    describe();
  });
  $(".new-noise").addEventListener("click", () => newNoise());
  $(".boil").addEventListener("change", () => {
    state.boil = $(".boil").checked;
    if (!state.boil) Object.assign(state, { eps: state.seeded, boiled: false }); // back to noise that has a seed
    change();
  });
  for (const canvas of element.querySelectorAll(".frame canvas")) point(canvas, pointAt, () => state.pixel);

  quiz($(".quiz"));

  function program() {
    const { sprite } = state,
      own = !sprite.name;
    return (
      data.program.origin +
      [
        ...(own ? ["import base64", "", "import numpy as np", ""] : []),
        "from core import NoiseSchedule",
        "from core.data import to_x0",
        "from core.generate import SeededNoise",
        data.program.import,
        ...(own ? [] : ["from core.sprites import draw"]),
        "",
        own
          ? `rgb = base64.b64decode("${base64(sprite.rgb)}")`
          : `pixels = draw("${sprite.name[0]}", ${sprite.name[1]}).pixels  # (16, 16, 3) uint8`,
        ...(own ? ["pixels = np.array(bytearray(rgb), np.uint8).reshape(16, 16, 3)"] : []),
        "x0 = to_x0(pixels[None])  # (1, 3, 16, 16) in [-1, 1]",
        `eps = SeededNoise([${state.seed}])()  # N(0, I)`,
        `x_t = NoiseSchedule.named("${state.schedule}", ${T}).add_noise(x0, ${t}, eps)`,
        data.program.save,
        "",
      ].join("\n")
    );
  }

  takeaways($(".take"), server, () => {
    remember();
    const film = Array.from({ length: 51 }, (_, k) => Math.round((k * T) / 50)),
      frames = new Uint8Array(film.length * VALUES);
    film.forEach((s, k) => frames.set(toBytes(noisy(scratch, s, frameNoise(s))), k * VALUES));
    return { name: `noising-t${t}`, rgb: toBytes(x_t), frames, ms: 60, code: program() };
  });

  let uploads = 0;
  watch("upload", () => {
    if (!props.upload) return;
    choose(add(bytes(props.upload.rgb), `your picture ${++uploads}`));
  });

  const sprites = bytes(data.sprites);
  data.names.forEach((name, k) =>
    add(sprites.slice(k * VALUES, (k + 1) * VALUES), data.captions[k], {
      name,
      told: data.classes.includes(name[0]) ? name[0] : null,
      own: false,
    }),
  );
  unshelve();
  restore(linked("noising"));
  const linkChanged = link("noising", values);
  pointAt(null);
  for (const selector of [".gallery", ".strip", ".stages"]) rove($(selector));
  whenRestyled(element, () => {
    if (!state.x0) return;
    if (element.offsetParent === null) {
      remember();
      return;
    } // another tab is on show: this one's address is kept for later
    stages();
    show();
  });
}
