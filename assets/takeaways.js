// What a person takes away: pictures, animations, the program, the link.
import { node } from "./dom.js";
import { write } from "./link.js";
import { base64, bytes, drawBytes, VALUES } from "./pixels.js";

export function save(name, content, type) {
  // content: a Blob, bytes or text
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  node("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

// Frames of sprites (RGB bytes, 768 each) -> PNG. A frame is `perFrame` sprites, `columns` of them in a row; `across`
// frames stand in a row. Every pixel becomes a square of `scale`.
export function png(rgb, { perFrame, columns, across = 1, scale = 1 }) {
  const rows = Math.ceil(perFrame / columns),
    count = rgb.length / VALUES,
    frames = count / perFrame;
  const small = node("canvas", { width: 16 * columns * across, height: 16 * rows * Math.ceil(frames / across) });
  for (let i = 0; i < count; i++) {
    const f = Math.floor(i / perFrame),
      k = i % perFrame;
    const x = (f % across) * columns + (k % columns),
      y = Math.floor(f / across) * rows + Math.floor(k / columns);
    drawBytes(small, rgb, i, 16 * x, 16 * y);
  }
  const large = node("canvas", { width: small.width * scale, height: small.height * scale }),
    c = large.getContext("2d");
  c.imageSmoothingEnabled = false;
  c.drawImage(small, 0, 0, large.width, large.height);
  return new Promise((done) => large.toBlob(done, "image/png"));
}

// Buttons to take things away. `get()` returns what is on show: { name, rgb (sprites), columns (of them in a row), frames
// (RGB bytes of all frames), perFrame (sprites a frame), ms (a frame), across (frames in a row of the sheet), code
// (Python) }. By default all is nearly square. What is missing gets no button. server.gif: tabs/page.py.
export function takeaways(box, server, get, { frames = true, code = true } = {}) {
  const status = node("span", { className: "status", role: "status" });
  const button = (text, action, always = false) =>
    node("button", {
      type: "button",
      className: "fresh",
      textContent: text,
      onclick: async () => {
        const shown = get();
        if (!shown && !always) {
          status.textContent = "There is nothing to save yet.";
          return;
        }
        status.textContent = "";
        try {
          status.textContent = (await action(shown)) ?? "";
        } catch {
          status.textContent = "That did not work: the server or the browser refused. Nothing is lost; try again.";
        }
      },
    });
  const picture = ({ rgb, columns }, scale) => {
    const perFrame = rgb.length / VALUES;
    return png(rgb, { perFrame, columns: columns ?? Math.ceil(Math.sqrt(perFrame)), scale });
  };
  const frame = ({ perFrame = 1, columns = 1 }) => ({ perFrame, columns: Math.min(columns, perFrame) });
  const sheet = (s) => {
    if (!s.frames) return picture(s, 1);
    const { perFrame, columns } = frame(s),
      sprites = s.frames.length / VALUES;
    return png(s.frames, { perFrame, columns, across: s.across ?? Math.ceil(Math.sqrt(sprites) / columns) });
  };
  const gif = async (s) => {
    const { perFrame, columns } = frame(s);
    return bytes(await server.gif({ frames: base64(s.frames), count: perFrame, columns, ms: s.ms ?? 60 }));
  };
  const listing = node("pre", { className: "code", hidden: true, tabIndex: 0 });
  listing.dataset.keys = "text";
  box.classList.add("takeaways");
  box.replaceChildren(
    button(
      "Copy link",
      async () => {
        // there is always something to link to
        write();
        try {
          await navigator.clipboard.writeText(location.href);
          return "The link is on the clipboard.";
        } catch {
          return `Copy the address: ${location.href}`;
        }
      },
      true,
    ),
    button("PNG", async (s) => save(`${s.name}.png`, await picture(s, 16))),
    button("Sprite sheet", async (s) => save(`${s.name}-sheet.png`, await sheet(s))),
    ...(frames ? [button("GIF", async (s) => save(`${s.name}.gif`, await gif(s), "image/gif"))] : []),
    ...(code
      ? [
          button("Python", async (s) => {
            listing.hidden = !listing.hidden && listing.textContent === s.code;
            listing.textContent = s.code;
            if (listing.hidden) return "";
            try {
              await navigator.clipboard.writeText(s.code);
              return "The same as a program; it is on the clipboard.";
            } catch {
              return "The same as a program:";
            }
          }),
          button("Python file", (s) => save(`${s.name}.py`, s.code, "text/x-python")),
        ]
      : []),
    status,
    listing,
  );
}
