// @ts-check
// Scrub or play a finished run, look into it, fork it. props.value: a branch, from lesson.py; the server is asked
// only for what needs the network: a run, a fork, the sheets of the noise experiment, and for the nearest training sprites.
import { asker } from "../../assets/ask.js";
import { node, whenRestyled } from "../../assets/dom.js";
import { serverEngine } from "../../assets/engine.js";
import { rove } from "../../assets/keys.js";
import { link, linked, refuse } from "../../assets/link.js";
import { fixed, number, products, shown } from "../../assets/numbers.js";
import { AREA, base64, bytes, draw, drawBytes, float16, VALUES } from "../../assets/pixels.js";
import { plot } from "../../assets/plot.js";
import { point } from "../../assets/point.js";
import { quiz } from "../../assets/quiz.js";
import { takeaways } from "../../assets/takeaways.js";
import { transport } from "../../assets/transport.js";

/**
 * @param {{ element: any, data: any, props: any, server: any, trigger: (event: string, data: object) => void,
 *   watch: (prop: string, changed: () => void) => void }} parts of the component, see assets/lessons.js
 */
export default function mount({ element, data, props, server, trigger, watch }) {
  /** @param {string} selector @returns {any} */
  const $ = (selector) => element.querySelector(selector);
  const PICTURES = ["x_t", "eps", "x0", "mean", "z", "x_prev"],
    CHANNELS = ["red", "green", "blue"],
    STRIP = 12;
  const asked = linked("denoising");
  /** @type {any[]} */
  let branches = [];
  /** @type {any} */
  let run = null; // the branch on show
  /** @type {any} */
  let pixel = null;
  let opening = true;

  // A short text with sub- and superscripts (x_t: "x", ["t"]) as nodes. Nothing is ever parsed as HTML.
  const sub = (text) => node("sub", { textContent: text });
  const span = (name, ...children) => node("span", { className: name }, ...children);
  const xt = (t) => span("mixture", "x", sub(t));
  const x0hat = () => ["x̂", sub("0")];
  const root = (...children) => ["√", span("radicand", ...children)];

  const bar = transport($(".bar"), {
    root: element,
    show,
    label: "step",
    main: true,
    describe: (i, last) => (i === last ? "done, t = 0" : `${i} of ${last}, t = ${run.t[i]}`),
  });

  // ---- a run arrives -------------------------------------------------------------------------------------------------
  function load(made) {
    if (!made?.t) return;
    const n = made.t.length - 1,
      z = made.z && float16(made.z),
      x_t = float16(made.x_t);
    const mean = x_t.slice(VALUES); // x_prev, less its noise: exact up to half precision
    const noise = new Float32Array(n * VALUES);
    if (z)
      for (let k = 0; k < n; k++)
        for (let j = k * VALUES; j < (k + 1) * VALUES; j++) {
          noise[j] = made.sigmas[k] * z[j];
          mean[j] -= noise[j];
        }
    const parts = made.parts && {
      ...made.parts,
      conditional: float16(made.parts.conditional),
      unconditional: float16(made.parts.unconditional),
    };
    const eps = float16(made.eps),
      x0 = float16(made.x0),
      rgb = bytes(made.rgb);
    const arrived = { ...made, n, x_t, z, mean, noise, parts, eps, x0, rgb, before: null };
    const forked = arrived.forks.length > 0 && branches.length > 0;
    if (forked && JSON.stringify(arrived.config) !== JSON.stringify(branches[0].config))
      return status(".fork-status", "A fork has arrived that belongs to the run before this one; it is not shown.");
    if (!forked && branches.length) opening = false; // a new run: what the link asked for is over
    if (!forked) branches = [arrived];
    else {
      const kept = JSON.stringify(arrived.forks.slice(0, -1));
      arrived.before = branches.find((branch) => JSON.stringify(branch.forks) === kept) ?? branches[0];
      branches.push(arrived);
      if (branches.length > data.max_forks + 1) branches.splice(branches[1] === arrived.before ? 2 : 1, 1);
    }
    run = arrived;
    status(".fork-status", "");
    prefill(!forked);
    clearAnswers();
    const wanted = opening ? linkedForks : [];
    if (arrived.forks.length < wanted.length) {
      pick(arrived, 0);
      askFork(wanted.slice(0, arrived.forks.length + 1));
      return;
    }
    const step = opening ? asked.step : undefined,
      at = step !== undefined && /^\d{1,3}$/.test(step) && +step <= arrived.n ? +step : null;
    if (step !== undefined && at === null) refuse({ "the step": `a whole number from 0 to ${arrived.n}` });
    opening = false;
    pick(arrived, at ?? (forked ? arrived.forks.at(-1).at : 0));
    if (at === null) bar.autoplay();
  }

  function readForks(text) {
    // of a link; Python checks what they say
    /** @type {any} */
    let forks = null;
    try {
      forks = JSON.parse(text ?? "[]");
    } catch {
      /* no JSON */
    }
    if (Array.isArray(forks) && forks.length <= data.max_forks) return forks;
    refuse({ "the forks": `a list of up to ${data.max_forks}, as this page writes it` });
    return [];
  }
  const linkedForks = readForks(asked.forks);

  function pick(branch, at) {
    run = branch;
    $(".warning").hidden = !run.warning;
    $(".warning").textContent = run.warning ?? "";
    drawBranches();
    drawPixel();
    bar.load(run.n, at);
  }

  // ---- the step on show ----------------------------------------------------------------------------------------------
  // Position i < n is the state before step i; position n is the finished sprite, with the last step beside it.
  function show(i) {
    const done = i === run.n,
      k = done ? i - 1 : i,
      t = run.t[k],
      next = run.t[k + 1],
      s = run.sigmas[k];
    drawBytes($(".x_t"), run.rgb, i);
    draw($(".eps"), run.eps, 3, k * VALUES);
    draw($(".x0"), run.x0, 1, k * VALUES);
    draw($(".mean"), run.mean, 1, k * VALUES);
    draw($(".z"), run.noise, 1, k * VALUES);
    drawBytes($(".x_prev"), run.rgb, k + 1);
    $(".none").hidden = s > 0;
    $(".z-what").textContent = s > 0 ? (scaled(k) ? "times λ, the fresh noise" : "the fresh noise") : "no fresh noise";
    $(".seen").replaceChildren("x", sub(done ? "0" : "t"));
    $(".seen-what").textContent = done ? "the finished sprite" : "what the network sees";
    equations(k, s);
    const facts = done ? finished() : why(k, s);
    if ($(".facts").textContent !== facts) $(".facts").textContent = facts;
    const label = (name, text) => {
      $(name).ariaLabel = text;
    };
    label(".x_t", done ? `the finished sprite, ${run.what}` : `x_t at t = ${t} while drawing ${run.what}`);
    label(".eps", `predicted noise at t = ${t}`);
    label(".x0", `predicted sprite at t = ${t}, ${run.what}`);
    label(".mean", `mean of the step from t = ${t} to ${next}`);
    label(
      ".z",
      s > 0
        ? `fresh noise that the step to t = ${next} adds, of standard deviation ${number(s)}`
        : "grey: this step adds no noise",
    );
    label(".x_prev", `the state after this step, t = ${next}`);
    guidance(k);
    markPixel(k);
    markStrip(i);
    offerFork();
    linkChanged();
  }

  // Of the link: the step on show and the forks, as long as Gradio's controls are set to the run that they belong to.
  const linkChanged = link("denoising", (controls) => {
    if (opening) return { step: asked.step, forks: asked.forks };
    const idle = ["eta", "noise_scale"].filter((name) => !has(controls, name)); // of another sampler than the chosen one
    const set = (name) => (name === "weights" ? className(run.config.weights) : run.config[name]);
    if (!run || !Object.entries(controls).every(([name, value]) => idle.includes(name) || set(name) === value))
      return {};
    return { step: bar.index, forks: run.forks.length ? JSON.stringify(run.forks) : null };
  });

  // What is to be known of a config: whether its sampler has that setting, what draws, whether fresh noise is added.
  const student = ({ network }) => Boolean(data.networks[network]?.teacher);
  const has = (config, setting) =>
    !student(config) && Boolean(data.samplers[config.sampler]?.settings.includes(setting));
  const titled = (config) =>
    student(config) ? data.networks[config.network].title : data.samplers[config.sampler].title;
  const scaled = (k) => has(run.configs[k], "noise_scale") && run.configs[k].noise_scale < 1;
  function drawsNoise(config) {
    const { noisy, settings } = data.samplers[config.sampler];
    return noisy === "always" || (noisy === "as set" && settings.some((name) => has(config, name) && config[name] > 0));
  }

  function finished() {
    const used = [...new Set(run.configs.map(titled))].join(", then ");
    return `${used}: ${run.n} steps, ${run.nfe} network evaluations, ${run.seconds.toFixed(2)} s on the server.`;
  }

  function why(k, s) {
    const config = run.configs[k];
    if (s > 0)
      return scaled(k)
        ? `Only ${Math.round(100 * config.noise_scale)} % of the noise that ${titled(config)} asks for is added.`
        : "z is fresh Gaussian noise, drawn anew for this step.";
    if (drawsNoise(config)) return "The last step adds no noise.";
    return data.networks[config.network].sentence || data.samplers[config.sampler].still;
  }

  function symbols(y, s, scaled) {
    const ab = (name) => ["ᾱ", sub(name)],
      noise = s > 0 ? [" + ", span("noise", scaled ? "λ " : "", "σ", sub("t"), " · z")] : [];
    if (y === "x_t")
      return [
        xt("t′"),
        " = ",
        span("signal", ...root(...ab("t′")), " β / (1−", ...ab("t"), ") · ", ...x0hat()),
        " + ",
        span("mixture", ...root("α"), " (1−", ...ab("t′"), ") / (1−", ...ab("t"), ") · x", sub("t")),
        ...noise,
        " ,  α = ",
        ...ab("t"),
        "/",
        ...ab("t′"),
        ", β = 1−α",
      ];
    return [
      xt("t′"),
      " = ",
      span("signal", ...root(...ab("t′")), " · ", ...x0hat()),
      " + ",
      span("noise", ...root("1−", ...ab("t′"), ...(s > 0 ? ["−σ", sub("t"), "²"] : [])), " · ε̂"),
      ...noise,
    ];
  }

  function equations(k, s) {
    const t = run.t[k],
      next = run.t[k + 1],
      row = run.numbers[k],
      { y, sentence } = data.samplers[run.configs[k].sampler];
    $(".terms").hidden = !row || row.s1 === null;
    if (!row) {
      $(".symbols").textContent = sentence;
      $(".equation").replaceChildren("from ", xt(t), " to ", xt(next));
      return;
    }
    const { a, b, s1, s2 } = row,
      less = scaled(k);
    $(".symbols").replaceChildren(...symbols(y, s, less));
    const second = y === "x_t" ? span("mixture", `${number(b)} · x`, sub(t)) : span("noise", `${number(b)} · ε̂`);
    $(".equation").replaceChildren(
      xt(next),
      " = ",
      span("signal", `${number(a)} · `, ...x0hat()),
      " + ",
      second,
      ...(s > 0 ? [" + ", span("noise", `${number(s)} · z`)] : []),
    );
    $(".notes-equation").replaceChildren(
      xt(next),
      ` = ${number(s1)} · (`,
      xt(t),
      " − ",
      span("noise", `${number(s2)} · ε̂`),
      ")",
      ...(s > 0 ? [" + ", span("noise", `${number(s)} · z`)] : [` + 0`]),
    );
    const ddpm = y === "x_t",
      beta = 1 - s1 ** -2;
    $(".notes-text").replaceChildren(
      "The course writes every step as ",
      node(
        "i",
        {},
        "sample = s",
        sub("1"),
        " · (sample − s",
        sub("2"),
        " · predicted noise) + s",
        sub("3"),
        " · extra noise",
      ),
      `. s`,
      sub("1"),
      ` = 1/`,
      ...root("α"),
      ` = ${number(s1)} enlarges what is left, since noising had shrunk it. s`,
      sub("2"),
      ` = ${number(s2)} says how much of the predicted noise is taken away: `,
      ...(ddpm
        ? ["β / ", ...root("1−ᾱ", sub("t"))]
        : [...root("1−ᾱ", sub("t")), " − ", ...root("α"), " · (the factor of ε̂ above)"]),
      `. s`,
      sub("3"),
      ` = ${less ? "λ " : ""}σ`,
      sub("t"),
      ` = ${number(s)} says how much fresh noise comes back. `,
      ...(ddpm && s > 0
        ? [
            ...(less ? ["Without λ, σ"] : ["Here σ"]),
            sub("t"),
            "² = β (1−ᾱ",
            sub("t′"),
            ") / (1−ᾱ",
            sub("t"),
            "), the smaller of the two variances in the DDPM paper; the course takes the larger, β: s",
            sub("3"),
            " = ",
            ...root("β"),
            ` = ${number(Math.sqrt(beta))}. `,
          ]
        : []),
      "α = ᾱ",
      sub("t"),
      "/ᾱ",
      sub("t′"),
      " is over the whole stride from t to t′.",
      s1 > 20
        ? " Here x and the noise taken away nearly cancel and the rest is enlarged: that is why the line above, which says the same, is the one to calculate with."
        : "",
    );
  }

  // ---- one pixel -----------------------------------------------------------------------------------------------------
  for (const name of PICTURES) {
    const canvas = $(`.${name}`);
    point(
      canvas,
      (place) => {
        if (place) {
          pixel = place;
          drawPixel();
        }
      },
      () => pixel,
    ); // leaving a picture keeps the last pixel
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        pixel = null;
        drawPixel();
      }
    });
  }
  /** @returns {number} */
  const value = (array, k, c) => array[k * VALUES + c * AREA + 16 * pixel.y + pixel.x];

  function drawPixel() {
    $(".pixel-body").hidden = !pixel;
    for (const name of PICTURES) {
      const frame = $(`.${name}`).parentNode;
      let ring = frame.querySelector(".ring");
      if (!pixel) {
        ring?.remove();
        continue;
      }
      if (!ring) {
        ring = span("ring");
        frame.append(ring);
      }
      ring.style.left = `calc(3px + (100% - 6px) * ${pixel.x / 16})`;
      ring.style.top = `calc(3px + (100% - 6px) * ${pixel.y / 16})`;
    }
    if (!pixel || !run) return;
    const which = `Column ${pixel.x + 1}, row ${pixel.y + 1}. Its three colour channels over the whole run:`;
    if ($(".pixel-which").textContent !== which) $(".pixel-which").textContent = which;
    markPixel(Math.min(bar.index, run.n - 1));
  }

  function markPixel(k) {
    if (!pixel) return;
    const paths = [
      ["x_t", run.x_t, run.n + 1],
      ["eps", run.eps, run.n],
      ["x0", run.x0, run.n],
    ];
    for (const [name, array, count] of paths) {
      const canvas = $(`.path-${name}`);
      /** @type {[number, number][][]} */
      const lines = CHANNELS.map((_, c) => Array.from({ length: count }, (_, i) => [i, value(array, i, c)]));
      const most = Math.ceil(Math.max(1, ...lines.flat().map(([, v]) => Math.abs(v) - 0.05)));
      const draw = plot(canvas, {
        x: [0, run.n],
        y: [-most - 0.1, most + 0.1],
        xTicks: [
          [0, "start"],
          [run.n, "end"],
        ],
        yTicks: [
          [-most, `−${most}`],
          [0, "0"],
          [most, `${most}`],
        ],
      });
      draw.line(
        [
          [k, -most],
          [k, most],
        ],
        "--body-text-color",
        { width: 1 },
      );
      CHANNELS.forEach((channel, c) => {
        draw.line(lines[c], `--${channel}`, { dash: [[], [6, 3], [2, 2]][c] });
        draw.dot(k, value(array, k, c), `--${channel}`, 4);
      });
      canvas.ariaLabel =
        `${{ x_t: "x_t", eps: "predicted noise", x0: "predicted sprite" }[name]} at this pixel; at this step ` +
        CHANNELS.map((channel, c) => `${channel} ${number(value(array, k, c))}`).join(", ");
    }
    const { a, b } = run.numbers[k] ?? {},
      s = run.sigmas[k],
      { y } = data.samplers[run.configs[k].sampler];
    $(".pixel-numbers").replaceChildren(
      ...CHANNELS.map((channel, c) => {
        const before = value(run.x_t, k, c),
          words = [span(channel, channel), " "];
        if (!run.numbers[k])
          return node(
            "div",
            {},
            ...words,
            xt(run.t[k]),
            ` = ${fixed(before)}, `,
            xt(run.t[k + 1]),
            ` = ${fixed(value(run.x_t, k + 1, c))}`,
          );
        const kind = y === "x_t" ? "mixture" : "noise";
        /** @type {[number, number][]} */
        const pairs = [
          [a, value(run.x0, k, c)],
          [b, y === "x_t" ? before : value(run.eps, k, c)],
        ];
        if (s > 0) pairs.push([s, value(run.z, k, c)]);
        const { terms, total } = products(pairs);
        return node(
          "div",
          {},
          ...words,
          span("mixture", total),
          " = ",
          span("signal", terms[0]),
          " + ",
          span(kind, terms[1]),
          ...(s > 0 ? [" + ", span("noise", terms[2])] : []),
        );
      }),
    );
  }
  whenRestyled($(".pixel"), () => run && pixel && markPixel(Math.min(bar.index, run.n - 1)));

  // ---- branches ------------------------------------------------------------------------------------------------------
  const weightsText = (weights) =>
    Object.entries(weights)
      .filter(([, w]) => w)
      .map(([name, w]) => (w === 1 ? name : `${w} ${name}`))
      .join(" + ") || data.no_class;
  const className = (weights) => Object.keys(weights)[0] ?? data.no_class; // of what Gradio's control was set to
  const now = (branch) => branch.forks.at(-1) ?? branch.config;

  // What a branch changed against the settings that its parent had at that step.
  function changes(branch) {
    if (!branch.before)
      return branch.forks.length
        ? "several forks"
        : `${className(branch.config.weights)}, ${titled(branch.config)}, seed ${branch.config.seed}`;
    const own = now(branch),
      parts = [],
      old = now({ ...branch, forks: branch.forks.slice(0, -1) });
    if (weightsText(own.weights) !== weightsText(old.weights)) parts.push(weightsText(own.weights));
    if (titled(own) !== titled(old)) parts.push(titled(own));
    if (own.guidance_scale !== old.guidance_scale) parts.push(`guidance ${own.guidance_scale}`);
    if (own.seed !== old.seed) parts.push(`seed ${own.seed}`);
    if (has(own, "eta") && own.eta !== old.eta) parts.push(`η ${own.eta}`);
    if (has(own, "noise_scale") && own.noise_scale !== old.noise_scale) parts.push(`λ ${own.noise_scale}`);
    return parts.join(", ") || "nothing changed";
  }

  function turnTo(branch, at) {
    const other = branch !== run;
    pick(branch, at);
    if (other) prefill(false);
  }

  const stripStep = (branch, j) => Math.round((j * branch.n) / (Math.min(STRIP, branch.n + 1) - 1));

  function drawBranches() {
    $(".branches").replaceChildren(
      ...branches.map((branch, b) => {
        const at = branch.forks.at(-1)?.at,
          sprite = node("canvas", { width: 16, height: 16 });
        drawBytes(sprite, branch.rgb, branch.n);
        sprite.ariaHidden = "true";
        const button = node(
          "button",
          {
            type: "button",
            className: "branch",
            ariaPressed: String(branch === run),
            onclick: () => {
              turnTo(branch, Math.min(bar.index, branch.n));
              $(".branches").children[b].querySelector("button").focus();
            },
          },
          sprite,
          node(
            "span",
            {},
            node("b", { textContent: at === undefined ? "the run" : `from step ${at}` }),
            changes(branch),
          ),
        );
        const strip = node("div", { className: "strip", role: "img" });
        const shown = Math.min(STRIP, branch.n + 1);
        for (let j = 0; j < shown; j++) {
          const i = stripStep(branch, j);
          if (at !== undefined && i < at) {
            strip.append(span("shared"));
            continue;
          }
          const canvas = node("canvas", { width: 16, height: 16 });
          drawBytes(canvas, branch.rgb, i);
          canvas.addEventListener("click", () => (branch === run ? bar.go(i) : turnTo(branch, i)));
          strip.append(canvas);
        }
        strip.ariaLabel =
          `Film strip from noise to the finished sprite, ${branch.what}` +
          (at === undefined ? "" : `; up to step ${at} as in the run that it left`);
        return node("div", { className: "branch-row" }, button, strip);
      }),
    );
  }

  rove($(".branches"));

  function markStrip(i) {
    const strip = $(".branches").children[branches.indexOf(run)]?.querySelector(".strip");
    if (!strip) return;
    const near = Math.round((i * (strip.children.length - 1)) / run.n);
    [...strip.children].forEach((cell, j) => cell.classList.toggle("now", j === near));
  }

  // ---- fork ----------------------------------------------------------------------------------------------------------
  const MIX = "a mix",
    field = (name) => $(`.f-${name}`);
  field("class").append(...[...data.classes, data.no_class, MIX].map((name) => new Option(name, name)));
  for (const [name, records] of [
    ["sampler", data.samplers],
    ["network", data.networks],
  ])
    field(name).append(...Object.entries(records).map(([name, { title }]) => new Option(title, name)));
  $(".f-network-label").hidden = Object.keys(data.networks).length < 2;
  $(".mix").append(
    ...data.classes.map((name) =>
      node("label", {}, `${name} `, node("input", { type: "number", min: -2, max: 2, step: 0.1, value: 0 })),
    ),
  );
  const status = (selector, text) => {
    $(selector).textContent = text;
  };

  function fit() {
    const chosen = { network: field("network").value, sampler: field("sampler").value };
    if (student(chosen)) chosen.sampler = field("sampler").value = "ddim"; // it knows no other
    field("sampler").disabled = student(chosen);
    $(".mix").hidden = field("class").value !== MIX;
    $(".f-eta-label").hidden = !has(chosen, "eta");
    $(".f-noise-label").hidden = !has(chosen, "noise_scale");
  }
  for (const name of ["class", "sampler", "network"]) field(name).addEventListener("change", fit);

  // A class that is not this one: food and spells look least like the others; a checkpoint of somebody's own may have neither.
  function another(single) {
    const known = [...data.classes, data.no_class];
    return ["food", "spell", ...known].find((name) => name !== single && known.includes(name));
  }

  // The fields as the shown branch has them; for a new run another class, so that a fork at once shows something.
  function prefill(fresh) {
    const own = now(run),
      names = Object.keys(own.weights).filter((name) => own.weights[name]);
    const single =
      names.length === 0 ? data.no_class : names.length === 1 && own.weights[names[0]] === 1 ? names[0] : MIX;
    field("class").value = fresh ? another(single) : single;
    [...$(".mix").querySelectorAll("input")].forEach((input, i) => {
      input.value = own.weights[data.classes[i]] ?? 0;
    });
    field("sampler").value = own.sampler;
    field("network").value = own.network;
    field("guidance").value = own.guidance_scale;
    field("seed").value = own.seed;
    field("eta").value = own.eta;
    field("noise").value = own.noise_scale;
    fit();
    offerFork();
    if (fresh) {
      $(".lambda").value = has(own, "noise_scale") && own.noise_scale < 1 ? own.noise_scale : 0;
      $(".lambda-is").textContent = $(".lambda").value;
    }
  }

  // ---- requests ------------------------------------------------------------------------------------------------------
  const PATIENCE = 600_000; // ms: others may be in line, and the page says how many
  const forking = asker("denoising", "fork", trigger, PATIENCE),
    engine = serverEngine(forking.ask);
  const measuring = asker("denoising", "measure", trigger, PATIENCE),
    comparing = asker("denoising", "compare", trigger, PATIENCE);
  const FIELDS = [
    "weights",
    "network",
    "sampler",
    "num_inference_steps",
    "guidance_scale",
    "seed",
    "eta",
    "noise_scale",
    "schedule",
  ];
  /** @returns {any} */
  const settings = () => Object.fromEntries(FIELDS.map((name) => [name, branches[0].config[name]]));

  // Show what comes of a request; if nothing does, say why, and keep what is here.
  async function take(selector, request, show) {
    try {
      const answer = await request;
      if (answer) show(answer);
    } catch (error) {
      status(selector, `That did not work; what was here stays. ${/** @type {Error} */ (error).message}`);
      return false;
    }
    return true;
  }

  async function askFork(forks) {
    status(".fork-status", "The network continues …");
    await new Promise((done) => setTimeout(done)); // not while the answer to a fork before it is still being delivered
    if ((await take(".fork-status", engine.run(settings(), forks), load)) || !opening) return;
    opening = false;
    status(".fork-status", "The link's fork cannot be used; this is the run without it.");
    linkChanged();
  }

  // What the fields ask for, or null while a box is empty.
  const emptyBox = () =>
    [...element.querySelectorAll(".fork input")].find((box) => box.value === "" && box.offsetParent);
  function wishes() {
    if (emptyBox()) return null;
    const choice = field("class").value;
    const weights =
      choice === MIX
        ? Object.fromEntries(
            [...$(".mix").querySelectorAll("input")]
              .map((input, i) => [data.classes[i], +input.value])
              .filter(([, w]) => w),
          )
        : choice === data.no_class
          ? {}
          : { [choice]: 1 };
    const own = {
      weights,
      network: field("network").value,
      sampler: field("sampler").value,
      guidance_scale: +field("guidance").value,
      seed: +field("seed").value,
      eta: +field("eta").value,
      noise_scale: +field("noise").value,
    };
    return student(own) ? { ...own, eta: 0 } : own;
  }

  // What of these settings is another than that of a branch after its step `at`, as far as it makes a difference there.
  function differences(own, branch, at) {
    const old = now({ ...branch, forks: branch.forks.filter((fork) => fork.at <= at) });
    const matters = {
      weights: true,
      network: true,
      sampler: true,
      guidance_scale: weightsText(own.weights) !== data.no_class,
      eta: has(own, "eta"),
      noise_scale: has(own, "noise_scale"),
      seed: at === 0 || drawsNoise(own),
    };
    const text = (name, config) => (name === "weights" ? weightsText(config.weights) : `${config[name]}`);
    return Object.keys(matters).filter((name) => matters[name] && text(name, own) !== text(name, old));
  }

  // Say what a press of the button would do. Where it would change nothing, perhaps it would in the branch that this one left.
  /** @type {any} */
  let other = null;
  function offerFork() {
    if (!run) return;
    const i = bar.index,
      done = i === run.n,
      own = wishes(),
      nothing = !done && own !== null && !differences(own, run, i).length;
    other = nothing ? run.before : null;
    while (other && !(i < other.n && differences(own, other, i).length)) other = other.before;
    const put = (selector, text) => {
      if ($(selector).textContent !== text) $(selector).textContent = text;
    };
    $(".go-fork").disabled = done || nothing;
    $(".go-other").hidden = !other;
    put(".go-fork", done ? "Continue" : `Continue from step ${i} (t = ${run.t[i]})`);
    if (other)
      put(
        ".go-other",
        `Fork ${other.forks.length ? `the branch from step ${other.forks.at(-1).at}` : "the run"} (${weightsText(now(other).weights)}) at step ${i}`,
      );
    const reason =
      nothing && !drawsNoise(own) && own.seed !== now(run).seed
        ? "Nothing would change: this sampler draws no fresh noise, so a seed has no effect. Change something else"
        : "Nothing would change: this is what the branch on show does from here on. Change something";
    put(
      ".fork-why",
      done
        ? "This is the finished sprite: go back to an earlier step, with the slider above, to continue from there."
        : nothing
          ? `${reason}${other ? ", or fork what this branch came from:" : "."}`
          : "",
    );
  }
  for (const event of ["input", "change"]) $(".fork").addEventListener(event, offerFork);

  function forkFrom(branch) {
    const at = bar.index,
      own = wishes(),
      kept = branch.forks.filter((fork) => fork.at < at);
    if (!own) return status(".fork-status", `${emptyBox().parentNode.textContent.trim()} has no number; write one.`);
    if (kept.length >= data.max_forks)
      return status(
        ".fork-status",
        `A branch can be forked ${data.max_forks} times at most; choose an earlier branch.`,
      );
    bar.stop();
    askFork([...kept, { at, ...own }]);
  }
  $(".go-fork").addEventListener("click", () => forkFrom(run));
  $(".go-other").addEventListener("click", () => forkFrom(other));
  for (const question of element.querySelectorAll(".question")) {
    quiz(question);
    question.hidden = !question.dataset.classes.split(" ").every((name) => data.classes.includes(name)); // what it asks was measured with these
  }

  // ---- guidance ------------------------------------------------------------------------------------------------------
  function guidance(k) {
    const j = run.parts ? run.parts.at.indexOf(k) : -1,
      { weights, guidance_scale } = run.configs[k],
      scale = Object.values(weights).some(Boolean) ? guidance_scale : null;
    $(".guidance-body").hidden = j < 0;
    if (j < 0) {
      status(
        ".guidance-text",
        scale === null
          ? "This step asks for no class, so there is nothing to guide to. Choose a class and set guidance to 3, say, then generate or fork."
          : scale === 0
            ? "Guidance is 0 here: only the prediction without a class is made. Set guidance to 3, say, then generate or fork."
            : "Guidance is 1 here: the network is asked once, with the class, and there is nothing to take apart. Set guidance to 3, say, then generate or fork.",
      );
      return;
    }
    status(
      ".guidance-text",
      "The network is asked twice: without the class, and with it. Guidance goes from the first answer towards the second and beyond. Shown are the sprites x̂₀ that the two answers stand for; as x̂₀ and ε̂ are two ways to write one prediction, the same sum holds for ε̂.",
    );
    const from = j * VALUES,
      s = scale,
      difference = new Float32Array(VALUES),
      result = new Float32Array(VALUES);
    let most = 1e-6,
      outside = 0;
    for (let v = 0; v < VALUES; v++) {
      const without = run.parts.unconditional[from + v];
      difference[v] = run.parts.conditional[from + v] - without;
      result[v] = without + s * difference[v];
      most = Math.max(most, Math.abs(difference[v]));
      if (Math.abs(result[v]) > 1.01) outside++;
    }
    draw($(".g-uncond"), run.parts.unconditional, 1, from);
    draw($(".g-cond"), run.parts.conditional, 1, from);
    draw($(".g-diff"), difference, most);
    draw($(".g-result"), result);
    const times = number(1 / shown(most)),
      clearest = clearestStep();
    $(".g-go").hidden = clearest === k;
    $(".g-go").textContent = `Go to step ${clearest}, where the two differ most`;
    status(".g-scale", `drawn ${times} times as strong: its largest value, ${number(most)}, is white or black`);
    $(".g-equation").replaceChildren(
      span("signal", ...x0hat()),
      " = ",
      span("signal", "x̂", sub("0"), node("sup", { textContent: "∅" })),
      " + ",
      `${number(s)} · (`,
      span(
        "mixture",
        "x̂",
        sub("0"),
        node("sup", { textContent: "c" }),
        " − x̂",
        sub("0"),
        node("sup", { textContent: "∅" }),
      ),
      ")",
    );
    status(
      ".g-clipped",
      outside
        ? `${outside} of the ${VALUES} values of this sum lie beyond −1 or 1 and are cut off: strong guidance asks for colours that do not exist.`
        : "All values of this sum are colours; nothing is cut off at this step.",
    );
    const t = run.t[k];
    $(".g-uncond").ariaLabel = `sprite predicted without a class at t = ${t}`;
    $(".g-cond").ariaLabel = `sprite predicted with the class at t = ${t}`;
    $(".g-diff").ariaLabel = `difference of the two, drawn ${times} times as strong; grey is no difference`;
    $(".g-result").ariaLabel = `guided prediction at t = ${t}, the same as the predicted sprite above`;
  }

  // Of the steps that are guided, that where the two answers differ most. At the last there is hardly anything to see.
  function clearestStep({ parts } = run) {
    const difference = (j) => {
      let sum = 0;
      for (let v = j * VALUES; v < (j + 1) * VALUES; v++)
        sum += Math.abs(parts.conditional[v] - parts.unconditional[v]);
      return sum;
    };
    if (parts.clearest === undefined) {
      const all = parts.at.map((_, j) => difference(j));
      parts.clearest = parts.at[all.indexOf(Math.max(...all))];
    }
    return parts.clearest;
  }
  $(".g-go").addEventListener("click", () => bar.go(clearestStep()));
  $(".guidance").addEventListener("toggle", () => {
    if ($(".guidance").open && run?.parts && bar.index === run.n) bar.go(clearestStep());
  });

  // ---- forgot to add noise -------------------------------------------------------------------------------------------
  $(".lambda").addEventListener("input", () => {
    $(".lambda-is").textContent = $(".lambda").value;
  });
  $(".measure").addEventListener("click", () => {
    if (!run) return;
    status(".measure-status", "Drawing 16 sprites twice …");
    $(".sheets").replaceChildren();
    take(
      ".measure-status",
      measuring.ask({ settings: settings(), noise_scale: +$(".lambda").value }, drawSheets),
      drawSheets,
    );
  });

  function drawSheets(found) {
    $(".sheets").replaceChildren(
      ...found.sheets.map((sheet) => {
        const rgb = bytes(sheet.sprites),
          measured = sheet.diversity !== null,
          percent = Math.round(100 * sheet.diversity);
        const words = measured ? `diversity ${percent} % of real sprites'` : "diversity not measured";
        const grid = node("div", {
          className: "sheet",
          role: "img",
          ariaLabel: `16 sprites, ${found.what}, λ = ${sheet.noise_scale}; ${words}`,
        });
        for (let i = 0; i < rgb.length / VALUES; i++) {
          const canvas = node("canvas", { width: 16, height: 16 });
          drawBytes(canvas, rgb, i);
          grid.append(canvas);
        }
        const fill = node("i");
        fill.style.width = `${Math.min(100, percent)}%`;
        return node(
          "div",
          {},
          node("h4", { textContent: `λ = ${sheet.noise_scale}` }),
          grid,
          node("div", { className: "bar-of", ariaHidden: "true" }, fill),
          span("diversity", words),
        );
      }),
    );
    status(
      ".measure-status",
      found.sheets.length < 2
        ? "One sheet is done; the other is being drawn …"
        : `${found.what}, DDPM in ${found.steps} steps, seeds ${found.seed} to ${found.seed + 15}; ${
            found.sheets[0].diversity === null
              ? "there are no real sprites of these classes here to measure by."
              : "100 % is the diversity of real sprites that the network never saw."
          }`,
    );
  }

  // ---- is it new? ----------------------------------------------------------------------------------------------------
  let compared = [];
  const finishedRGB = (branch) => branch.rgb.slice(branch.n * VALUES);

  $(".compare").addEventListener("click", () => {
    if (!run) return;
    compared = [...branches];
    const all = new Uint8Array(VALUES * compared.length);
    compared.forEach((branch, b) => all.set(finishedRGB(branch), b * VALUES));
    status(".compare-status", "Looking …");
    take(".compare-status", comparing.ask({ sprites: base64(all) }, drawNeighbours), drawNeighbours);
  });

  function drawNeighbours(found) {
    if (compared.length === 0) return;
    if (found.drawn !== undefined)
      return status(
        ".compare-status",
        `The training set is drawn again from its seeds, once for everybody: ${found.drawn} of ${found.of} classes are ready …`,
      );
    const rgb = bytes(found.nearest);
    $(".neighbours").replaceChildren(
      ...compared.map((branch, b) => {
        const own = node("canvas", { width: 16, height: 16, role: "img", ariaLabel: "the finished sprite" });
        const other = node("canvas", {
          width: 16,
          height: 16,
          role: "img",
          ariaLabel: `its nearest training sprite, of class ${found.classes[b]}`,
        });
        drawBytes(own, finishedRGB(branch));
        drawBytes(other, rgb, b);
        const d = +found.distance[b].toFixed(1),
          verdict = d < found.copy ? "a copy, or nearly: not new." : "new.";
        return node(
          "div",
          {},
          node("h4", {
            textContent: branch.forks.length ? `from step ${branch.forks.at(-1).at}: ${changes(branch)}` : "the run",
          }),
          node(
            "div",
            { className: "pair" },
            node("figure", {}, own, node("figcaption", { textContent: "generated" })),
            node(
              "figure",
              {},
              other,
              node("figcaption", { textContent: `nearest of ${found.of.toLocaleString("en")}` }),
            ),
          ),
          node(
            "p",
            { className: "distance" },
            `distance ${d.toFixed(1)}: ${verdict} Of ${found.unseen} real ${found.classes[b]} sprites that the network never saw, ${found.nearer[b]} are nearer to the training set.`,
          ),
        );
      }),
    );
    status(
      ".compare-status",
      `Distance: the root-mean-square difference of the 768 colour values, of 255. 0 is a copy; below ${found.copy} the eye hardly sees a difference.`,
    );
  }

  function clearAnswers() {
    // they were about other branches
    compared = [];
    $(".neighbours").replaceChildren();
    status(".compare-status", "");
  }

  // ---- take away -----------------------------------------------------------------------------------------------------
  takeaways($(".take"), server, () => {
    if (!run) return null;
    const name = `diffusion-${className(run.config.weights).replace(" ", "-")}-${run.config.seed}`;
    return { name, rgb: finishedRGB(run), frames: run.rgb, ms: run.n > 100 ? 30 : 60, code: run.python };
  });

  watch("value", () => (props.value?.request ? forking.answer(props.value) : load(props.value)));
  watch("sheets", () => measuring.answer(props.sheets));
  watch("novelty", () => comparing.answer(props.novelty));
  trigger("ready", {}); // the tab has just been opened: ask for a first run with the settings as they stand
}
