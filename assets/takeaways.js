// @ts-check
// What a person takes away: pictures, animations, the program, the link.
import { cutOff, OFFLINE } from "./ask.js";
import { node } from "./dom.js";
import { write } from "./link.js";
import { base64, bytes, bytesOf, context, pictureOf, SPRITE } from "./pixels.js";

/** @typedef {{ name: string, rgb: Uint8Array | Uint8ClampedArray, columns?: number, frames?: Uint8Array,
 *   perFrame?: number, ms?: number, across?: number, code?: string | (() => Promise<string>),
 *   shape?: import("./pixels.js").Shape }} Shown */

/** Save a file. @param {string} name @param {BlobPart} content @param {string} [type] */
export function save(name, content, type) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  node("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** @typedef {{ perFrame: number, columns: number, across?: number }} Layout */

/**
 * How frames are laid out: a frame is `perFrame` sprites, `columns` of them in a row; `across` frames stand in a row.
 * Returns the size in sprites, and where the sprite number i stands.
 * @param {number} count of all sprites
 * @param {Layout} layout
 */
export function laidOut(count, { perFrame, columns, across = 1 }) {
  const rows = Math.ceil(perFrame / columns);
  return {
    width: columns * across,
    height: rows * Math.ceil(count / perFrame / across),
    /** @param {number} i */
    place(i) {
      const frame = Math.floor(i / perFrame);
      const k = i % perFrame;
      return [(frame % across) * columns + (k % columns), Math.floor(frame / across) * rows + Math.floor(k / columns)];
    },
  };
}

/** The layout of one picture of all sprites, by default nearly square. @param {Shown} shown @returns {Layout} */
export function pictureLayout({ rgb, columns, shape = SPRITE }) {
  const perFrame = rgb.length / bytesOf(shape);
  return { perFrame, columns: columns ?? Math.ceil(Math.sqrt(perFrame)) };
}

/** Of a sheet of all frames; of the picture, if there are none. @param {Shown} shown @returns {Layout} */
export function sheetLayout(shown) {
  const { frames, perFrame = 1, across, shape = SPRITE } = shown;
  if (!frames) return pictureLayout(shown);
  const columns = Math.min(shown.columns ?? 1, perFrame);
  return { perFrame, columns, across: across ?? Math.ceil(Math.sqrt(frames.length / bytesOf(shape)) / columns) };
}

/**
 * Frames of sprites (RGB bytes) as a PNG in which every pixel is a square of `scale`.
 * @param {ArrayLike<number>} rgb
 * @param {Layout} layout
 * @param {number} scale
 * @returns {Promise<Blob>}
 */
export function png(rgb, layout, scale = 1, shape = SPRITE) {
  const count = rgb.length / bytesOf(shape);
  const [, rows, columns] = shape;
  const { width, height, place } = laidOut(count, layout);
  const small = node("canvas", { width: columns * width, height: rows * height });
  for (let i = 0; i < count; i++) {
    const [x, y] = place(i);
    context(small).putImageData(pictureOf(rgb, i, shape), columns * x, rows * y);
  }
  const large = node("canvas", { width: small.width * scale, height: small.height * scale });
  const c = context(large);
  c.imageSmoothingEnabled = false;
  c.drawImage(small, 0, 0, large.width, large.height);
  return new Promise((done, fail) => large.toBlob((file) => (file ? done(file) : fail()), "image/png"));
}

/**
 * Buttons to take things away. `get()` returns what is on show: name, rgb (sprites), columns (of them in a row), frames
 * (RGB bytes of all frames), perFrame (sprites a frame), ms (a frame), across (frames in a row of the sheet), code
 * (Python, or who knows it), shape (of a sprite); or null. By default all is nearly square. What is missing gets no button.
 * server.gif: tabs/page.py.
 * @param {HTMLElement} box
 * @param {{ gif: (request: object) => Promise<string> }} server
 * @param {() => Shown | null | undefined} get
 */
export function takeaways(box, server, get, { frames = true, code = true } = {}) {
  const status = node("span", { className: "status", role: "status" });
  /** @param {string} text @param {() => Promise<string | void> | string | void} action */
  const plain = (text, action) =>
    node("button", {
      type: "button",
      className: "fresh",
      textContent: text,
      onclick: async () => {
        status.textContent = "";
        try {
          status.textContent = (await action()) ?? "";
        } catch {
          const why = cutOff() ? OFFLINE : "The server or the browser refused; try again.";
          status.textContent = `That did not work. ${why} Nothing is lost.`;
        }
      },
    });
  /** @param {string} text @param {(shown: Shown) => Promise<string | void> | string | void} action */
  const button = (text, action) =>
    plain(text, () => {
      const shown = get();
      return shown ? action(shown) : "There is nothing to save yet.";
    });
  function needServer() {
    if (cutOff()) throw new Error(OFFLINE);
  }
  /** @param {Shown} shown */
  async function gif(shown) {
    const { perFrame, columns } = sheetLayout(shown);
    const { frames, ms = 60, shape = SPRITE } = shown;
    const size = shape[2];
    needServer();
    return bytes(await server.gif({ frames: base64(frames ?? []), count: perFrame, columns, ms, size }));
  }
  /** @param {Shown} shown */
  async function codeOf({ code }) {
    if (typeof code === "function") needServer();
    const program = typeof code === "function" ? await code() : (code ?? "");
    if (typeof program !== "string") throw new Error("the server sent none");
    return program;
  }
  const listing = node("pre", { className: "code", hidden: true, tabIndex: 0 });
  listing.dataset.keys = "text";
  box.classList.add("takeaways");
  box.replaceChildren(
    plain("Copy link", async () => {
      // there is always something to link to
      write();
      try {
        await navigator.clipboard.writeText(location.href);
        return "The link is on the clipboard.";
      } catch {
        return `Copy the address: ${location.href}`;
      }
    }),
    button("PNG", async (s) => save(`${s.name}.png`, await png(s.rgb, pictureLayout(s), 16, s.shape))),
    button("Sprite sheet", async (s) =>
      save(`${s.name}-sheet.png`, await png(s.frames ?? s.rgb, sheetLayout(s), 1, s.shape)),
    ),
    ...(frames ? [button("GIF", async (s) => save(`${s.name}.gif`, await gif(s), "image/gif"))] : []),
    ...(code
      ? [
          button("Python", async (s) => {
            const program = await codeOf(s);
            listing.hidden = !listing.hidden && listing.textContent === program;
            listing.textContent = program;
            if (listing.hidden) return "";
            try {
              await navigator.clipboard.writeText(program);
              return "The same as a program; it is on the clipboard.";
            } catch {
              return "The same as a program:";
            }
          }),
          button("Python file", async (s) => save(`${s.name}.py`, await codeOf(s), "text/x-python")),
        ]
      : []),
    status,
    listing,
  );
}
