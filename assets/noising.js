// x_t = sqrt(alpha_bar_t) x0 + sqrt(1 - alpha_bar_t) eps, drawn while the slider moves. props.value: tabs/noising.py.
const P = window.pixels, $ = (selector) => element.querySelector(selector);
const data = props.value, T = data.T, gallery = P.bytes(data.sprites), count = gallery.length / P.VALUES;
const alphaBar = Object.fromEntries(Object.entries(data.alpha_bar).map(([name, text]) => [name, P.float64(text)]));
const slider = $(".t"), schedule = $(".schedule");
const state = { x0: null, eps: P.float32(data.eps), caption: "", seed: 0, schedule: "cosine" };
const mixed = new Float32Array(P.VALUES), scaled = new Float32Array(P.VALUES);

slider.max = T;
slider.value = Math.round(0.3 * T);
for (const name of Object.keys(alphaBar)) schedule.add(new Option(name, name, false, name === state.schedule));

function choose(rgb, caption, button) {
  state.x0 = P.fromBytes(rgb);
  state.caption = caption;
  for (const other of element.querySelectorAll(".gallery button")) other.setAttribute("aria-pressed", other === button);
  show();
}

function addToGallery(rgb, caption) {
  const button = document.createElement("button"), canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  P.drawBytes(canvas, rgb);
  button.type = "button";
  button.title = caption;
  button.setAttribute("aria-label", caption);
  button.append(canvas);
  button.addEventListener("click", () => choose(rgb, caption, button));
  $(".gallery").append(button);
  return button;
}

function show() {
  const t = +slider.value, a = alphaBar[state.schedule][t], signal = Math.sqrt(a), noise = Math.sqrt(1 - a);
  for (let i = 0; i < P.VALUES; i++) {
    scaled[i] = signal * state.x0[i];
    mixed[i] = scaled[i] + noise * state.eps[i];
  }
  P.draw($(".x_t"), mixed);
  P.draw($(".x0"), scaled);
  for (let i = 0; i < P.VALUES; i++) scaled[i] = noise * state.eps[i];
  P.draw($(".eps"), scaled);
  $(".t-value").textContent = `${t} of ${T}`;
  slider.setAttribute("aria-valuetext", `t = ${t} of ${T}, alpha-bar ${P.number(a)}`);
  $(".equation").innerHTML =
    `<span class="mixture">x<sub>${t}</sub></span> = <span class="signal">${signal.toFixed(3)} · x<sub>0</sub></span>` +
    ` + <span class="noise">${noise.toFixed(3)} · ε</span>`;
  $(".facts").textContent =
    `ᾱ = ${P.number(a)}: the sprite is multiplied by √ᾱ = ${P.number(signal)}, the noise by √(1 − ᾱ) = ${P.number(noise)}; ` +
    `their squares add up to 1. Signal-to-noise ratio ᾱ / (1 − ᾱ) = ${P.number(a / (1 - a))}.`;
  $(".x0").setAttribute("aria-label", `${state.caption}, faded to ${signal.toFixed(2)} of its strength`);
  $(".eps").setAttribute("aria-label", `Gaussian noise at ${noise.toFixed(2)} of its strength`);
  $(".x_t").setAttribute("aria-label", `${state.caption} with noise, at timestep ${t} of ${T}`);
  plot(t);
}

function plot(t) {
  const canvas = $(".plot"), { context: c, width, height } = P.sharp(canvas);
  const left = 30, right = width - 10, top = 10, bottom = height - 22;
  const x = (t) => left + (t / T) * (right - left), y = (a) => bottom - a * (bottom - top);
  const ink = P.colour(element, "--body-text-color"), faint = P.colour(element, "--border-color-primary");
  c.font = "12px system-ui, sans-serif";
  c.strokeStyle = faint;
  c.fillStyle = ink;
  for (const a of [0, 0.5, 1]) {
    c.beginPath(); c.moveTo(left, y(a)); c.lineTo(right, y(a)); c.stroke();
    c.textAlign = "right"; c.fillText(a, left - 6, y(a) + 4);
  }
  c.textAlign = "left"; c.fillText("t = 0", left, height - 6);
  c.textAlign = "right"; c.fillText(`t = ${T}`, right, height - 6);
  for (const [name, table] of Object.entries(alphaBar)) {
    const own = name === state.schedule;
    c.strokeStyle = own ? P.colour(element, "--signal") : ink;
    c.lineWidth = own ? 2.5 : 1.5;
    c.setLineDash(own ? [] : [5, 5]);
    c.beginPath();
    table.forEach((a, i) => (i ? c.lineTo(x(i), y(a)) : c.moveTo(x(i), y(a))));
    c.stroke();
  }
  c.setLineDash([]);
  const a = alphaBar[state.schedule][t];
  c.strokeStyle = faint;
  c.beginPath(); c.moveTo(x(t), top); c.lineTo(x(t), bottom); c.stroke();
  c.fillStyle = P.colour(element, "--mixture");
  c.beginPath(); c.arc(x(t), y(a), 6, 0, 2 * Math.PI); c.fill();
  canvas.setAttribute("aria-label", `alpha-bar falls from 1 at t = 0 to ${P.number(alphaBar[state.schedule][T])} at t = ${T}; here it is ${P.number(a)}`);
}

slider.addEventListener("input", show);
schedule.addEventListener("change", () => { state.schedule = schedule.value; show(); });
$(".fresh").addEventListener("click", async () => {
  const seed = ++state.seed;
  try {
    const eps = P.float32(await server.noise(seed));
    if (seed !== state.seed) return; // a newer request is on its way
    state.eps = eps;
    show();
  } catch {
    $(".facts").textContent = "The server did not answer; the noise is the same as before.";
  }
});
let uploads = 0;
watch("upload", () => {
  if (!props.upload) return;
  const rgb = P.bytes(props.upload.rgb), caption = `your picture ${++uploads}`;
  choose(rgb, caption, addToGallery(rgb, caption));
});
for (let i = 0; i < count; i++) addToGallery(gallery.subarray(i * P.VALUES, (i + 1) * P.VALUES), data.captions[i]);
P.whenRestyled(element, () => state.x0 && show());
$(".gallery button").click();
