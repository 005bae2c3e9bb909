// @ts-check
// The mixing lesson: pad, sliders and live sprite; two full sheets when the hand rests; morph, seeds and grid below.
// data: corners() of lesson.py; answers of the model's queue arrive in props.reply. Weights are a row of numbers here, one a
// class, for pad and sliders; in requests and in the link they go by the names of the classes.
import { asker } from "../../assets/ask.js";
import { node, whenRestyled } from "../../assets/dom.js";
import { rove } from "../../assets/keys.js";
import { link, linked, readWeights, refuse, weightsText } from "../../assets/link.js";
import { bytes, bytesOf, drawBytes } from "../../assets/pixels.js";
import { takeaways } from "../../assets/takeaways.js";
import { transport } from "../../assets/transport.js";
import { polygonPad } from "./pad.js";

/**
 * @param {{ element: any, data: any, props: any, server: any, trigger: (event: string, data: object) => void,
 *   watch: (prop: string, changed: () => void) => void }} parts of the component, see assets/lessons.js
 */
export default function mount({ element, data, props, server, trigger, watch }) {
  /** @param {string} selector @returns {any} */
  const $ = (selector) => element.querySelector(selector),
    $$ = (selector) => [...element.querySelectorAll(selector)];
  const { classes, steps, max } = data,
    REST = 450; // ms without a change: then the full quality is drawn
  const WAYS = ["embedding", "prediction"],
    LOW = -1,
    HIGH = 2;
  const K = classes.length,
    rowOf = (weights) => classes.map((name) => weights[name] ?? 0),
    presets = data.presets.map(([title, weights]) => [title, rowOf(weights)]);
  const byName = (row) => Object.fromEntries(classes.map((name, i) => [name, row[i]]).filter(([, w]) => w));
  const weightPad = polygonPad(K),
    only = (i) => classes.map((_, j) => +(i === j));
  const sum = (row) => row.reduce((a, b) => a + b),
    fits = (w) => w >= LOW && w <= HIGH;
  const plain = presets.find(([, row]) => Math.abs(sum(row) - 1) < 1e-9) ?? presets[0]; // the first mix to be seen is one in the usual sense
  // strength: the sum of the weights that the pad gives, 1 unless the control of that name says otherwise
  const now = {
    weights: plain[1],
    /** @type {import("./pad.js").Point | null} */
    point: null,
    strength: 1,
    guidance_scale: 1,
    seed: 0,
    mixing: "embedding",
    keep: false,
    a: only(0),
    b: only(K > 1 ? K - 1 : -1),
    seed_b: 1,
    /** @type {string[]} */
    open: [],
  };
  const { shape } = data,
    bytesEach = bytesOf(shape);
  const sprite = () => node("canvas", { width: shape[2], height: shape[1] });
  const say = (text) => {
    if ($(".state").textContent !== text) $(".state").textContent = text;
  };
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  function words(row) {
    const text = hundredths(row)
      .map((w, i) => [w, classes[i]])
      .filter(([w]) => w)
      .map(([w, name], i) => `${w < 0 ? (i ? " − " : "−") : i ? " + " : ""}${Math.abs(w)} ${name}`)
      .join("");
    return text || "no class";
  }

  // ---- weights ----------------------------------------------------------------------------------------------------
  // Round to hundredths and keep the sum, which is one of hundredths: the largest remainders are rounded up.
  function hundredths(row) {
    const low = row.map((w) => Math.floor(100 * w + 1e-9)),
      left = Math.round(100 * sum(row)) - sum(low);
    const order = row.map((w, i) => [100 * w - low[i], i]).sort((x, y) => y[0] - x[0]);
    for (const [, i] of order.slice(0, left)) low[i]++;
    return low.map((w) => w / 100);
  }

  // The other weights, changed so that the sum is `whole`: in proportion where that can be, else all by the same amount.
  function complete(row, held, whole) {
    const others = classes.map((_, i) => i).filter((i) => i !== held),
      total = sum(others.map((i) => row[i])),
      goal = whole - row[held];
    const full = [...row];
    if (total > 0 && others.every((i) => row[i] >= 0 && fits((row[i] * goal) / total)))
      for (const i of others) full[i] *= goal / total;
    else {
      for (let free = others; free.length && Math.abs(whole - sum(full)) > 1e-9; ) {
        const each = (whole - sum(full)) / free.length;
        for (const i of free) full[i] = Math.max(LOW, Math.min(HIGH, full[i] + each));
        free = free.filter((i) => full[i] > LOW && full[i] < HIGH);
      }
    }
    return hundredths(full);
  }

  function setWeights(row, point = weightPad.point(row)) {
    now.weights = row;
    now.point = point;
    changed();
  }

  function setWeight(i, value) {
    if (!Number.isFinite(value)) return dials(); // an empty box: show again what holds
    const row = now.weights.with(i, Math.round(100 * Math.max(LOW, Math.min(HIGH, value))) / 100);
    setWeights(now.keep ? complete(row, i, +sum(now.weights).toFixed(2)) : row);
  }

  // The point on the pad says only how the strength is shared out.
  const shared = (p, strength) => hundredths(weightPad.weights(p).map((w) => w * strength));
  const setPoint = (p) => setWeights(shared(p, now.strength), p);

  // All weights in proportion, up to where one of them would leave its range. At 0 the point stays, to know the way back.
  function setStrength(value) {
    if (!Number.isFinite(value)) return dials();
    const strength = Math.max(0, Math.min(HIGH, value)),
      total = sum(now.weights);
    let row = now.weights;
    if (total > 1e-9) {
      const most = Math.min(strength / total, ...row.filter(Boolean).map((w) => (w > 0 ? HIGH : LOW) / w));
      row = hundredths(row.map((w) => w * most));
    } else if (now.point) row = shared(weightPad.inside(now.point), strength);
    now.strength = row === now.weights ? strength : +sum(row).toFixed(2);
    setWeights(row, now.point);
  }

  // ---- what is drawn at once, in the browser ------------------------------------------------------------------------
  const rows = classes.map((name, i) => {
    const range = node("input", {
      type: "range",
      id: `mixing-weight-${i}`,
      className: "weight",
      min: LOW,
      max: HIGH,
      step: 0.01,
      oninput: () => setWeight(i, +range.value),
    });
    const box = node("input", {
      type: "number",
      className: "weight-box",
      min: LOW,
      max: HIGH,
      step: 0.01,
      ariaLabel: `${name}, as a number`,
      onchange: () => setWeight(i, parseFloat(box.value)),
    });
    const label = node("label", { textContent: name, htmlFor: range.id });
    $(".weights").append(node("div", { className: "dial" }, label, range, box));
    return { range, box };
  });
  const strength = { range: $(".strength"), box: $(".strength-box") };
  for (const [input, event] of [
    [strength.range, "input"],
    [strength.box, "change"],
  ])
    input.addEventListener(event, () => setStrength(parseFloat(input.value)));

  function setPlain(row) {
    // a preset or a class alone has a sum of its own; the pad goes on from 1
    now.strength = 1;
    setWeights(row);
  }
  const chips = presets.map(([name, row]) => {
    const chip = node("button", {
      type: "button",
      className: "fresh",
      textContent: name,
      onclick: () => setPlain([...row]),
    });
    $(".presets").append(chip);
    return chip;
  });
  // Beside the corners, clear of the point.
  const LABELS =
    K === 5
      ? [
          [0, -1.26],
          [1.1, -0.62],
          [0.68, 1.1],
          [-0.68, 1.1],
          [-1.1, -0.62],
        ]
      : weightPad.corners.map(([x, y]) => (K < 3 ? [x, 0.35] : [1.25 * x, 1.2 * y]));
  const examples = data.sprites && bytes(data.sprites); // none of classes that are not ours
  classes.forEach((name, i) => {
    const picture = sprite(),
      share = (v) => `${50 + (50 * v) / weightPad.REACH}%`,
      [x, y] = LABELS[i];
    if (examples) drawBytes(picture, examples, i);
    picture.setAttribute("aria-hidden", "true");
    const corner = node(
      "button",
      { type: "button", title: `${name} alone`, ariaLabel: `${name} alone`, onclick: () => setPlain(only(i)) },
      ...(examples ? [picture] : []),
      name,
    );
    Object.assign(corner.style, { left: share(x), top: share(y) });
    $(".pad").append(corner);
  });
  for (const group of [".presets", ".pad"]) rove($(group));

  function dials() {
    const total = +sum(now.weights).toFixed(2),
      text = words(now.weights);
    rows.forEach(({ range, box }, i) => {
      range.value = now.weights[i];
      range.setAttribute("aria-valuetext", `${now.weights[i]}`);
      if (document.activeElement !== box || box.value === "" || +box.value !== now.weights[i])
        box.value = now.weights[i];
    });
    for (const input of Object.values(strength)) input.value = total;
    strength.range.setAttribute("aria-valuetext", `${total}`);
    const { point } = now;
    const edge = point && weightPad.inside(point);
    const beyond = point && edge && Math.hypot(point[0] - edge[0], point[1] - edge[1]) > 1e-6;
    const place = !point ? ": no point on the pad" : beyond ? "; beyond the pad" : "";
    $(".total").textContent = `sum ${total}${place}`.replace("-", "−");
    $(".keep").checked = now.keep;
    $(".words").textContent = text;
    for (const input of [$(".guidance"), $(".guidance-box")]) input.value = now.guidance_scale;
    $(".seed").value = now.seed;
    $(".seed-b").value = now.seed_b;
    $(".way").value = now.mixing;
    presets.forEach(([, row], i) => chips[i].setAttribute("aria-pressed", same(row, now.weights)));
    $(".field").setAttribute(
      "aria-label",
      `Weights: ${text}. Arrow keys move the point, Home goes to the middle, 1 to ${Math.min(K, 9)} to a corner.`,
    );
    for (const key of ["a", "b"]) for (const label of $$(`.is-${key}`)) label.textContent = words(now[key]);
    paint();
  }

  function paint() {
    /** @type {[string, import("./pad.js").Point | null][]} */
    const marks = now.open.some((part) => part !== "seeds")
      ? [
          ["A", weightPad.point(now.a)],
          ["B", weightPad.point(now.b)],
        ]
      : [];
    weightPad.draw($(".field"), now.weights, now.point, marks);
  }

  function changed() {
    live(); // first: the server draws while the page does
    dials();
    linkChanged();
    clearTimeout(resting ?? undefined);
    resting = setTimeout(rest, REST);
    settled();
  }

  // On the element for whoever waits for it: the hand has rested, and all that can be drawn for what is set is drawn.
  const settled = () => (element.dataset.settled = String(resting === null && !working && !flying));

  // ---- the live sprite: one request under way, then the newest one; never a queue of stale ones -------------------------
  /** @type {any} */
  let wanted = null;
  let flying = false;
  const finals = {}; // of each way, the first sprite of its sheet and what it was drawn for
  const mix = (mixing) => ({
    weights: byName(now.weights),
    guidance_scale: now.guidance_scale,
    seed: now.seed,
    mixing,
  });

  async function live() {
    wanted = mix(now.mixing);
    if (flying) return;
    flying = true;
    try {
      while (wanted) {
        const request = wanted,
          start = performance.now();
        wanted = null;
        if (showFinal(request)) continue;
        const reply = await server.preview(request);
        if (reply.busy) {
          // somebody else's sprite is being drawn
          wanted ??= request;
          await new Promise((done) => setTimeout(done, 40));
        } else if (!showFinal(request)) {
          // its sheet may have come meanwhile
          showLive(
            bytes(reply.sprite),
            request,
            steps.live,
            `live: UniPC, ${steps.live} steps, ${Math.round(performance.now() - start)} ms`,
          );
        }
      }
    } catch {
      say("The live sprite did not arrive: the server did not answer. Move again to ask again.");
    } finally {
      flying = false;
      settled();
    }
  }

  function showFinal(request) {
    // in full quality, if that has been drawn
    const final = finals[request.mixing];
    if (!final || !same(final.request, request)) return false;
    showLive(final.rgb, request, steps.full, `finished: DDIM, ${steps.full} steps`);
    return true;
  }

  function showLive(rgb, request, count, how) {
    const canvas = $(".live .sprite");
    drawBytes(canvas, rgb, 0, shape);
    canvas.dataset.steps = count;
    canvas.dataset.request = JSON.stringify(request);
    canvas.setAttribute(
      "aria-label",
      `A sprite of ${words(rowOf(request.weights))}, seed ${request.seed}, ${count} steps`,
    );
    $(".how").textContent = how;
  }

  // ---- the model's queue: what is on show and not yet drawn for these settings, one after the other ----------------------
  let working = false;
  /** @type {ReturnType<typeof setTimeout> | null} */
  let resting = null;
  const drawn = {},
    drawing = asker("mixing", "draw", trigger);
  watch("reply", () => drawing.answer(props.reply));

  const line = () => ({
    a: byName(now.a),
    b: byName(now.b),
    guidance_scale: now.guidance_scale,
    seed: now.seed,
    mixing: now.mixing,
  });
  const jobs = {
    ...Object.fromEntries(
      WAYS.map((way) => [way, { request: () => ({ what: "sheet", ...mix(way) }), show: showSheet }]),
    ),
    morph: { request: () => ({ what: "morph", ...line() }), show: showMorph },
    seeds: { request: () => ({ what: "seeds", ...mix(now.mixing), seed_b: now.seed_b }), show: showSeeds },
    grid: { request: () => ({ what: "grid", ...line() }), show: showGrid },
  };
  const shown = () => [...new Set([now.mixing, ...WAYS, ...now.open])];
  const boxOf = (name) => $(`.sheet.${name}, .part.${name}`);

  function rest() {
    resting = null;
    work();
  }

  async function work() {
    if (working) return;
    working = true;
    try {
      while (resting === null && stale().length) {
        const [name] = stale();
        const request = jobs[name].request();
        for (const each of stale()) boxOf(each).setAttribute("aria-busy", "true");
        say(`Drawing in full quality, DDIM with ${steps.full} steps …`);
        let refused = "";
        const reply = await drawing.ask(request).catch((error) => {
          if (!error.answer) throw error;
          refused = error.message;
        });
        drawn[name] = JSON.stringify(request);
        say(refused);
        if (reply) jobs[name].show(reply, request, boxOf(name));
        for (const each of shown()) if (!stale().includes(each)) boxOf(each).removeAttribute("aria-busy");
      }
    } catch {
      say("The full quality did not arrive: the server is busy or did not answer. Change something to ask again.");
      for (const each of shown()) boxOf(each).removeAttribute("aria-busy");
    } finally {
      working = false;
      settled();
    }
  }
  const stale = () => shown().filter((name) => drawn[name] !== JSON.stringify(jobs[name].request()));

  function fillWith(box, rgb, count) {
    box.replaceChildren(
      ...Array.from({ length: count }, (_, i) => {
        const canvas = sprite();
        drawBytes(canvas, rgb, i, shape);
        return canvas;
      }),
    );
  }

  const takeaway = {}; // what each box of buttons takes away
  for (const name of ["embedding", "prediction", "morph", "seeds", "grid"]) {
    const frames = name === "morph" || name === "seeds"; // those that move
    takeaways(boxOf(name).querySelector(".away"), server, () => takeaway[name] && { ...takeaway[name], shape }, {
      frames,
    });
  }

  function showSheet(reply, request, box) {
    const rgb = bytes(reply.sprites),
      sprites = box.querySelector(".sprites");
    box.querySelector(".note").textContent = reply.note;
    fillWith(sprites, rgb, reply.count);
    sprites.setAttribute("aria-label", `${reply.count} sprites, ${reply.title}: ${reply.note}`);
    takeaway[request.mixing] = { name: `mix-${request.mixing}`, rgb, code: reply.code };
    const { what, ...asked } = request;
    finals[request.mixing] = { request: asked, rgb: rgb.slice(0, bytesEach) };
    if (same(asked, mix(now.mixing))) showFinal(asked); // else the large sprite shows the other way, or the hand has moved on
  }

  // A film of sprites and what is written under each; a click goes there.
  function film(box, rgb, from, texts, names, go) {
    box.replaceChildren(
      ...texts.map((text, i) => {
        const canvas = sprite();
        drawBytes(canvas, rgb, from + i, shape);
        canvas.setAttribute("aria-hidden", "true");
        return node("button", { type: "button", ariaLabel: names[i], onclick: () => go(i) }, canvas, text);
      }),
    );
  }

  // A part with a large sprite, films of nine and a transport bar. describe(i): [text under the large sprite, its alt text].
  function player(name, label) {
    const box = boxOf(name);
    /** @type {any} */
    const state = { rgb: null, describe: null };
    const bar = transport(box.querySelector(".bar"), {
      root: box,
      label,
      ms: 140,
      describe: (i, last) => `${i + 1} of ${last + 1}`,
      show: (i) => {
        const canvas = box.querySelector(".moving"),
          [text, alt] = state.describe(i);
        drawBytes(canvas, state.rgb, i, shape);
        canvas.setAttribute("aria-label", alt);
        box.querySelector(".which").textContent = text;
        for (const strip of box.querySelectorAll(".film"))
          [...strip.children].forEach((button, j) => button.setAttribute("aria-current", i === j));
      },
    });
    for (const strip of box.querySelectorAll(".film")) rove(strip);
    return {
      bar,
      load(rgb, n, describe) {
        Object.assign(state, { rgb, describe });
        bar.load(n - 1, bar.last < 0 ? 0 : bar.index);
      },
    };
  }
  const morph = player("morph", "from A to B"),
    seeds = player("seeds", "from a to b");

  function showMorph(reply, request, box) {
    const rgb = bytes(reply.sprites),
      n = reply.columns,
      from = rowOf(request.a),
      to = rowOf(request.b);
    const mixes = Array.from({ length: n }, (_, i) => words(from.map((a, k) => a + ((to[k] - a) * i) / (n - 1))));
    film(
      box.querySelector(".film"),
      rgb,
      0,
      mixes.map((_, i) => (i === 0 ? "A" : i === n - 1 ? "B" : "")),
      mixes,
      morph.bar.go,
    );
    morph.load(rgb, n, (i) => [mixes[i], `Place ${i + 1} of ${n} of the morph: ${mixes[i]}`]);
    takeaway.morph = { name: "morph", rgb, frames: rgb, columns: n, across: n, ms: 140, code: reply.code };
  }

  function showSeeds(reply, request, box) {
    const rgb = bytes(reply.sprites),
      n = reply.columns,
      [arc, straight] = box.querySelectorAll(".film"),
      spread = (i) => reply.spread[i].toFixed(2);
    const place = (i) => `u = ${(i / (n - 1)).toFixed(3).replace(/\.?0+$/, "")}`;
    $(".angle").textContent =
      `Here θ = ${reply.theta.toFixed(1)}°: two independent noises stand almost at a right angle.`;
    if (request.seed === request.seed_b)
      $(".angle").textContent = "Here both seeds are the same: there is nothing between them.";
    [arc, straight].forEach((strip, r) => {
      const texts = Array.from({ length: n }, (_, i) => spread(r * n + i));
      film(
        strip,
        rgb,
        r * n,
        texts,
        texts.map((text, i) => `${place(i)}, spread of the noise ${text}`),
        seeds.bar.go,
      );
    });
    const middle = n + (n - 1) / 2;
    halfway = request.seed === request.seed_b ? null : spread(middle);
    tell();
    seeds.load(rgb, n, (i) => [
      `${place(i)}, spread of the noise ${spread(i)}`,
      `${words(rowOf(request.weights))} from the noise at ${place(i)} between seeds ${request.seed} and ${request.seed_b}`,
    ]);
    takeaway.seeds = {
      name: "between-seeds",
      rgb,
      frames: rgb.slice(0, n * bytesEach),
      columns: n,
      across: n,
      ms: 140,
      code: reply.code,
    };
  }
  let halfway = ""; // the spread measured there, when it is drawn; null if both ends are the same noise
  function tell() {
    // what came of the guess, once there is one
    const guess = $(".answers [aria-pressed=true]")?.dataset.answer;
    if (!guess) return;
    $(".straight").hidden = false;
    const right = guess === "0.71" ? "Right." : "Not quite.";
    $(".verdict").textContent =
      halfway === null
        ? "Here both seeds are the same: take another seed of b to see it."
        : halfway === ""
          ? right
          : `${right} Measured here: ${halfway}. Independent noises add up in squares, √(½² + ½²) = √½ ≈ 0.71. At t = T the network was never shown so little noise. What it makes of it, with the spread under each:`;
  }
  for (const answer of $$(".answers button"))
    answer.addEventListener("click", () => {
      for (const each of $$(".answers button")) each.setAttribute("aria-pressed", each === answer);
      tell();
    });

  function showGrid(reply, request, box) {
    const rgb = bytes(reply.sprites),
      n = reply.columns,
      table = box.querySelector(".table"),
      text = (textContent) => node("span", { textContent });
    const share = (i) => (i === 0 ? "A" : i === n - 1 ? "B" : `${100 - (100 * i) / (n - 1)} % A`);
    table.replaceChildren(text(""), ...Array.from({ length: n }, (_, i) => text(share(i))));
    for (let row = 0; row < rgb.length / bytesEach / n; row++) {
      table.append(text(`seed ${request.seed + row}`));
      for (let i = 0; i < n; i++) {
        const canvas = sprite();
        drawBytes(canvas, rgb, row * n + i, shape);
        table.append(canvas);
      }
    }
    table.setAttribute(
      "aria-label",
      `${n} seeds from ${request.seed}, a row each, and ${n} mixes from ${words(rowOf(request.a))} to ${words(rowOf(request.b))}, a column each`,
    );
    takeaway.grid = { name: "seeds-mixes", rgb, columns: n, code: reply.code };
  }

  // ---- the other controls --------------------------------------------------------------------------------------------
  const whole = (box, key, least) =>
    box.addEventListener("change", () => {
      const value = Math.round(+box.value);
      if (box.value !== "" && Number.isFinite(value)) now[key] = Math.max(least, Math.min(max.seed, value));
      changed();
    });
  whole($(".seed"), "seed", 0);
  whole($(".seed-b"), "seed_b", 0);
  $(".guidance").max = $(".guidance-box").max = max.guidance;
  for (const [input, event] of [
    [$(".guidance"), "input"],
    [$(".guidance-box"), "change"],
  ])
    input.addEventListener(event, () => {
      if (input.value !== "" && Number.isFinite(+input.value))
        now.guidance_scale = Math.round(10 * Math.max(0, Math.min(max.guidance, +input.value))) / 10;
      changed();
    });
  $(".another").addEventListener("click", () => {
    now.seed = Math.floor(Math.random() * 10_000);
    changed();
  });
  $(".way").addEventListener("change", () => {
    now.mixing = $(".way").value;
    changed();
  });
  $(".keep").addEventListener("change", () => {
    now.keep = $(".keep").checked;
    changed();
  });
  weightPad.moves($(".field"), () => now.point, setPoint);
  for (const box of $$(".ends"))
    for (const key of ["a", "b"]) {
      const name = key.toUpperCase();
      box.append(
        node(
          "span",
          {},
          node("b", { textContent: `${name}:` }),
          node("span", { className: `is-${key}` }),
          node("button", {
            type: "button",
            className: `fresh set-${key}`,
            textContent: `set as ${name}`,
            title: `${name} becomes the mix on the pad`,
            onclick: () => {
              now[key] = [...now.weights];
              changed();
            },
          }),
        ),
      );
    }
  for (const part of $$(".part"))
    part.addEventListener("toggle", () => {
      now.open = $$(".part")
        .filter((each) => each.open)
        .map((each) => each.dataset.part);
      changed();
    });

  // ---- the permanent link --------------------------------------------------------------------------------------------
  function restore(asked) {
    const refused = {},
      either = (list) => `one of ${list.join(", ")}`;
    const take = (name, what, allowed, read) => {
      if (!(name in asked)) return;
      const value = read(asked[name]);
      if (value === undefined) refused[what] = allowed;
      else now[name] = value;
    };
    const number = (low, high, form) => (text) =>
      form.test(text) && +text >= low && +text <= high ? +text : undefined;
    const whole = number(0, max.seed, /^\d{1,10}$/),
      tenths = /^\d+(\.\d)?$/,
      cents = /^-?\d+(\.\d{1,2})?$/;
    const row = (text) => {
      const weights = readWeights(text, classes, (part) => number(LOW, HIGH, cents)(part) !== undefined);
      return weights && rowOf(weights);
    };
    const some = (list) => (text) =>
      text.split(",").every((part) => list.includes(part)) ? text.split(",") : undefined;
    const five = `classes and their weights, such as ${classes[0]}=0.5, from ${LOW} to ${HIGH} and of two decimals at most, with commas between`;
    for (const [name, what] of [
      ["weights", "the weights"],
      ["a", "mix A"],
      ["b", "mix B"],
    ])
      take(name, what, five, row);
    for (const [name, what] of [
      ["seed", "the seed"],
      ["seed_b", "the seed of b"],
    ])
      take(name, what, `a whole number from 0 to ${max.seed}`, whole);
    take("strength", "the strength", `a number from 0 to ${HIGH} of two decimals at most`, number(0, HIGH, cents));
    take(
      "guidance_scale",
      "guidance",
      `a number from 0 to ${max.guidance} of one decimal at most`,
      number(0, max.guidance, tenths),
    );
    take("mixing", "what is mixed", either(WAYS), (text) => (WAYS.includes(text) ? text : undefined));
    take("keep", "the sum that is kept", "true or false", (text) =>
      /^(true|false)$/.test(text) ? text === "true" : undefined,
    );
    const parts = $$(".part").map((part) => part.dataset.part);
    take("open", "what is open", `some of ${parts.join(", ")}`, some(parts));
    refuse(refused);
  }

  restore(linked("mixing"));
  const linkChanged = link("mixing", () => {
    const { strength, guidance_scale, seed, mixing, keep, seed_b, open } = now,
      [weights, a, b] = [now.weights, now.a, now.b].map((row) => weightsText(byName(row)));
    return {
      weights,
      strength: strength === 1 ? null : strength,
      guidance_scale,
      seed,
      mixing,
      keep,
      a,
      b,
      seed_b,
      open: open.length ? open : null,
    };
  });
  now.point = weightPad.point(now.weights);
  for (const part of $$(".part")) part.open = now.open.includes(part.dataset.part);
  whenRestyled($(".pad"), paint);
  changed();
}
