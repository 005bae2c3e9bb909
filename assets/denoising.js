// Scrub or play a finished run. props.value: the trajectory of tabs/denoising.py; nothing is computed on the server here.
const P = window.pixels, $ = (selector) => element.querySelector(selector);
const slider = $(".index"), play = $(".play"), FRAME = 90; // ms a step at 1x
let run = null, timer = null;

function load() {
  const data = props.value;
  if (!data || !data.t) return;
  stop();
  run = { ...data, n: data.t.length - 1, x_t: P.float16(data.x_t), eps: P.float16(data.eps), x0: P.bytes(data.x0) };
  for (const control of element.querySelectorAll(":disabled")) control.disabled = false;
  slider.max = run.n;
  slider.value = 0;
  strip();
  show();
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) start();
}

const SYMBOLS = { // the step's equation, before its numbers: Ho et al. 2020, eq. 7, and Song et al. 2020, eq. 12
  ddpm: "x<sub>t′</sub> = √ᾱ<sub>t′</sub> β / (1−ᾱ<sub>t</sub>) · x̂<sub>0</sub> + √α (1−ᾱ<sub>t′</sub>) / (1−ᾱ<sub>t</sub>) · x<sub>t</sub> + σ<sub>t</sub> · z, &nbsp; α = ᾱ<sub>t</sub>/ᾱ<sub>t′</sub>, β = 1−α",
  ddim: "x<sub>t′</sub> = √ᾱ<sub>t′</sub> · x̂<sub>0</sub> + √(1−ᾱ<sub>t′</sub>) · ε̂",
};

// Position i < n is the state before step i; position n is the finished sprite, with the last predictions beside it.
function show() {
  if (!run) return;
  const i = +slider.value, done = i === run.n, k = done ? i - 1 : i;
  const t = run.t[k], next = run.t[k + 1], [a, b, s] = run.numbers[k];
  P.draw($(".x_t"), run.x_t, 1, i * P.VALUES);
  P.draw($(".eps"), run.eps, 3, k * P.VALUES);
  P.drawBytes($(".x0"), run.x0, k);
  P.draw($(".x_prev"), run.x_t, 1, (k + 1) * P.VALUES);
  $(".where").textContent = done ? "done, t = 0" : `${i} of ${run.n}, t = ${t}`;
  slider.setAttribute("aria-valuetext", $(".where").textContent);
  const x = (t) => `<span class="mixture">x<sub>${t}</sub></span>`;
  const second = run.sampler === "ddpm" ? `${P.number(b)} · ${x(t)}` : `<span class="noise">${P.number(b)} · ε̂</span>`;
  const noise = s > 0 ? ` + <span class="noise">${P.number(s)} · z</span>` : "";
  $(".symbols").innerHTML = SYMBOLS[run.sampler];
  $(".equation").innerHTML = `${x(next)} = <span class="signal">${P.number(a)} · x̂<sub>0</sub></span> + ${second}${noise}`;
  $(".seen").innerHTML = done ? "<b>x<sub>0</sub></b> the finished sprite" : "<b>x<sub>t</sub></b> what the network sees";
  const facts = done
    ? `${run.sampler.toUpperCase()}, ${run.n} steps, ${run.nfe} network evaluations, ${run.seconds.toFixed(2)} s on the server.`
    : s > 0 ? "z is fresh Gaussian noise: this sampler adds some after every step but the last."
    : run.sampler === "ddpm" ? "The last step adds no noise." : "No fresh noise: with DDIM, x at the start decides everything.";
  if ($(".facts").textContent !== facts) $(".facts").textContent = facts;
  $(".x_t").setAttribute("aria-label", done ? `the finished ${run.what}` : `x_t at t = ${t} while drawing ${run.what}`);
  $(".eps").setAttribute("aria-label", `predicted noise at t = ${t}`);
  $(".x0").setAttribute("aria-label", `predicted ${run.what} at t = ${t}`);
  $(".x_prev").setAttribute("aria-label", `the state after this step, t = ${next}`);
}

function strip() {
  const box = $(".strip"), shown = Math.min(12, run.n + 1);
  box.replaceChildren();
  for (let j = 0; j < shown; j++) {
    const i = Math.round((j * run.n) / Math.max(1, shown - 1)), canvas = document.createElement("canvas");
    canvas.width = canvas.height = 16;
    P.draw(canvas, run.x_t, 1, i * P.VALUES);
    box.append(canvas);
  }
  box.setAttribute("aria-label", `Film strip: ${shown} states of the run, from noise to ${run.what}`);
}

function start() {
  if (!run) return;
  if (+slider.value >= run.n) slider.value = 0;
  play.textContent = "⏸ pause";
  play.setAttribute("aria-label", "pause");
  let from = performance.now(), first = +slider.value;
  const perStep = Math.max(FRAME * Math.min(1, 50 / run.n), 8) / +$(".speed").value;
  const tick = (now) => {
    const i = Math.min(run.n, first + Math.floor(Math.max(0, now - from) / perStep));
    if (i !== +slider.value) { slider.value = i; show(); }
    if (i < run.n) timer = requestAnimationFrame(tick); else stop();
  };
  timer = requestAnimationFrame(tick);
}

function stop() {
  cancelAnimationFrame(timer);
  timer = null;
  play.textContent = "▶ play";
  play.setAttribute("aria-label", "play");
}

function go(i) {
  if (!run) return;
  stop();
  slider.value = Math.max(0, Math.min(run.n, i));
  show();
}

slider.addEventListener("input", () => { stop(); show(); });
play.addEventListener("click", () => (timer === null ? start() : stop()));
$(".first").addEventListener("click", () => go(0));
$(".back").addEventListener("click", () => go(+slider.value - 1));
$(".forward").addEventListener("click", () => go(+slider.value + 1));
$(".final").addEventListener("click", () => go(Infinity));
$(".speed").addEventListener("change", () => { if (timer !== null) { stop(); start(); } });
watch("value", load);
trigger("ready", {}); // the tab has just been opened: ask for a first run with the settings as they stand
