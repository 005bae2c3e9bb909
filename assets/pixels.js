// Shared by the custom components: decode tensors sent by the server and draw 16x16 sprites.
// Tensors arrive as base64 of little-endian arrays; pictures are channels-first floats in [-1, 1] or RGB bytes.
window.pixels = (() => {
  const SIZE = 16, AREA = SIZE * SIZE, VALUES = 3 * AREA;

  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const float32 = (text) => new Float32Array(bytes(text).buffer);
  const float64 = (text) => new Float64Array(bytes(text).buffer);

  // IEEE half floats, through a table of all 65,536 of them, made when first needed.
  let halves = null;
  function float16(text) {
    if (!halves) {
      halves = new Float32Array(65536);
      for (let h = 0; h < 65536; h++) {
        const sign = h & 0x8000 ? -1 : 1, exponent = (h >> 10) & 31, fraction = h & 1023;
        halves[h] = exponent === 0 ? sign * fraction * 2 ** -24
          : exponent === 31 ? (fraction ? NaN : sign * Infinity)
          : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
      }
    }
    return Float32Array.from(new Uint16Array(bytes(text).buffer), (h) => halves[h]);
  }

  // RGB bytes (16, 16, 3) -> floats (3, 16, 16) in [-1, 1], as core.data.to_x0 does.
  function fromBytes(rgb) {
    const x = new Float32Array(VALUES);
    for (let i = 0; i < AREA; i++) for (let c = 0; c < 3; c++) x[c * AREA + i] = rgb[3 * i + c] / 127.5 - 1;
    return x;
  }

  // Draw floats (3, 16, 16): value -range becomes black, +range white, what lies outside is clipped.
  const image = new ImageData(SIZE, SIZE);
  image.data.fill(255);
  function draw(canvas, x, range = 1, offset = 0) {
    const out = image.data;
    for (let i = 0; i < AREA; i++)
      for (let c = 0; c < 3; c++) out[4 * i + c] = Math.round((x[offset + c * AREA + i] / range + 1) * 127.5);
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  // Draw RGB bytes (16, 16, 3), the sprite number `index` of a row of them, at pixel (x, y).
  function drawBytes(canvas, rgb, index = 0, x = 0, y = 0) {
    const out = image.data;
    for (let i = 0; i < AREA; i++) for (let c = 0; c < 3; c++) out[4 * i + c] = rgb[index * VALUES + 3 * i + c];
    canvas.getContext("2d").putImageData(image, x, y);
  }

  const SUPERSCRIPTS = { "−": "⁻", ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((c, i) => [i, c])) };

  // A number as a learner reads it: three significant digits, powers of ten where they are far from 1.
  function number(x) {
    if (Number.isNaN(x)) return "not a number";
    if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
    const size = Math.abs(+x.toPrecision(3)); // 999.6 is shown as 1000 is
    const text = size === 0 ? "0" : size >= 1000 || size < 0.001 ? x.toExponential(1) : x.toPrecision(3);
    const [digits, exponent] = text.replace("+", "").split("e").map((part) => part.replace("-", "−"));
    return exponent === undefined ? digits : `${digits} × 10${[...exponent].map((c) => SUPERSCRIPTS[c]).join("")}`;
  }

  // Readers check sums. So terms are rounded first, as they are shown, and what they come to is made of the rounded ones.
  const shown = (x) => { // the number that number(x) writes
    const three = +x.toPrecision(3), size = Math.abs(three);
    return size === 0 || (size >= 0.001 && size < 1000) ? three : +x.toExponential(1);
  };
  const fixed = (x, digits = 2) => (Math.round(x * 10 ** digits) / 10 ** digits || 0).toFixed(digits).replace("-", "−"); // no −0.00

  // Terms and what they come to: { terms: ["−0.70", "− 0.11"], total: "−0.81" }.
  function addition(values, digits = 2) {
    const texts = values.map((v) => fixed(v, digits)), total = texts.reduce((sum, text) => sum + +text.replace("−", "-"), 0);
    const terms = texts.map((text, i) => (i === 0 ? text : text.startsWith("−") ? `− ${text.slice(1)}` : `+ ${text}`));
    return { terms, total: fixed(total, digits) };
  }

  // Products [factor, value] and what they come to: factors as number() writes them, values and the total with decimals.
  function products(pairs, digits = 2, decimals = 3) {
    const value = (v) => fixed(v, decimals), total = pairs.reduce((sum, [f, v]) => sum + shown(f) * +value(v).replace("−", "-"), 0);
    return { terms: pairs.map(([f, v]) => `${number(f)} · ${value(v).startsWith("−") ? `(${value(v)})` : value(v)}`), total: fixed(total, digits) };
  }

  // To ask for a size or a colour makes the browser work out the layout, many times a frame: both are kept until they
  // change. (This observer is older than those of whenRestyled, so it is told first.)
  const sizes = new WeakMap(); // undefined once a canvas is watched and its size is not known
  const colours = new WeakMap(); // of each element, for a lesson may have colours of its own
  const resized = new ResizeObserver((entries) => { for (const { target } of entries) sizes.set(target, undefined); });

  const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize); // px; larger where a browser is set to large type

  function sizeOf(canvas) {
    if (!sizes.has(canvas)) resized.observe(canvas);
    if (!sizes.get(canvas)) {
      const { width, height } = canvas.getBoundingClientRect();
      sizes.set(canvas, { width, height, rem: rem() });
    }
    return sizes.get(canvas);
  }

  // A canvas that is as sharp as the screen: returns its context, scaled so that units are CSS pixels, its size and that of text.
  function sharp(canvas) {
    const ratio = window.devicePixelRatio || 1, box = sizeOf(canvas);
    const width = Math.max(1, Math.round(box.width * ratio)), height = Math.max(1, Math.round(box.height * ratio));
    if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, box.width, box.height);
    return { context, ...box };
  }

  // A colour of the theme as it is now (light or dark), at that element.
  function colour(element, name) {
    if (!colours.has(element)) colours.set(element, new Map());
    const own = colours.get(element), key = `${document.body.className} ${name}`;
    if (!own.get(key)) own.set(key, getComputedStyle(element).getPropertyValue(name).trim());
    return own.get(key);
  }

  // Call `callback` when the theme switches or the element changes size: drawings made of theme colours are stale then.
  function whenRestyled(element, callback) {
    new ResizeObserver(callback).observe(element);
    new MutationObserver(callback).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  }

  return { AREA, VALUES, bytes, float16, float32, float64, fromBytes, draw, drawBytes, number, shown, fixed, addition, products, rem, sharp, colour, whenRestyled };
})();
