// Draws the lanes of tabs/race.py as they arrive; one box a lane, updated in place.
const P = window.pixels, $ = (selector) => element.querySelector(selector);
let boxes = [], last = null, stopped = false;

function build(lanes) {
  $(".lanes").replaceChildren();
  boxes = lanes.map((lane) => {
    const box = document.createElement("section");
    box.className = "lane";
    box.innerHTML = `<h3></h3><progress max="1" value="0"></progress>
      <dl><dt>seconds</dt><dd class="seconds"></dd><dt>network evaluations</dt><dd class="nfe"></dd><dt>ms each</dt><dd class="each"></dd></dl>
      <div class="sprites" role="img"></div>`;
    for (let i = 0; i < lane.count; i++) {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 16;
      box.querySelector(".sprites").append(canvas);
    }
    $(".lanes").append(box);
    return box;
  });
}

function show() {
  if (!props.value?.lanes) return;
  const lanes = (last = props.value.lanes);
  $(".idle").hidden = true;
  if (lanes.length !== boxes.length || lanes.some((lane, i) => boxes[i].querySelectorAll("canvas").length !== lane.count)) build(lanes);
  lanes.forEach((lane, i) => {
    const box = boxes[i], name = lane.sampler.toUpperCase(), put = (where, text) => (box.querySelector(where).textContent = text);
    put("h3", `${name}, ${lane.steps} ${lane.steps === 1 ? "step" : "steps"}`);
    const bar = box.querySelector("progress");
    bar.value = lane.done / lane.steps;
    bar.setAttribute("aria-label", `${name}: ${lane.done} of ${lane.steps} steps`);
    put(".seconds", lane.seconds.toFixed(2));
    put(".nfe", lane.nfe);
    put(".each", lane.nfe ? ((1000 * lane.seconds) / lane.nfe).toFixed(1) : "–");
    const sheet = box.querySelector(".sprites"), rgb = lane.sprites && P.bytes(lane.sprites);
    sheet.setAttribute("aria-label", `${lane.count} sprites drawn by ${name} after ${lane.done} of ${lane.steps} steps`);
    sheet.querySelectorAll("canvas").forEach((canvas, k) => {
      if (rgb) P.drawBytes(canvas, rgb, k); else canvas.getContext("2d").clearRect(0, 0, 16, 16);
    });
  });
  if (lanes.every((lane) => lane.done === 0)) stopped = false;
  $(".verdict").textContent = stopped ? "Stopped." : verdict(lanes);
}

function verdict(lanes) {
  if (lanes.some((lane) => lane.done < lane.steps)) return "";
  const [slow, fast] = [...lanes].sort((a, b) => b.seconds - a.seconds), ratio = slow.seconds / fast.seconds;
  const cost = (lane) => `${lane.sampler.toUpperCase()} took ${lane.seconds.toFixed(2)} s for ${lane.nfe} network evaluations`;
  return `${cost(fast)}, ${cost(slow)}: ${ratio < 1.05 ? "about the same time" : `${ratio.toFixed(1)} times as long`}.`;
}

window.addEventListener("race-stopped", () => {
  if (!last || last.every((lane) => lane.done === lane.steps)) return;
  stopped = true;
  $(".verdict").textContent = "Stopped.";
});
watch("value", show);
