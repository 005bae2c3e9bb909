// @ts-check
// The gallery, and the editor in which its sprites are painted on: choosing, copying, adding and deleting one.
import { node } from "../../assets/dom.js";
import { pixelEditor } from "../../assets/editor.js";
import { rove } from "../../assets/keys.js";
import { drawBytes, fromBytes, VALUES } from "../../assets/pixels.js";
import { newSprite } from "./sprites.js";

/** @typedef {import("./state.js").Lesson} Lesson */
/** @typedef {import("./state.js").Sprite} Sprite */
/** @typedef {{ button: HTMLButtonElement, canvas: HTMLCanvasElement }} Place of a sprite in the gallery */

/** @param {Lesson} lesson @param {number} painted how many of a person's own sprites there are already */
export function gallery({ $, store, views, words }, painted) {
  const { state, update } = store;
  /** @type {Map<Sprite, Place>} */
  const places = new Map();
  let number = painted;

  /** Show a sprite; a new one is added. @param {Sprite} sprite */
  function choose(sprite) {
    const sprites = state.sprites.includes(sprite) ? state.sprites : [...state.sprites, sprite];
    update({ sprites, sprite, x0: fromBytes(sprite.rgb), told: sprite.told ?? state.told });
  }

  /** A sprite of the person's own. @param {Uint8Array} rgb @param {string | null} told */
  const own = (rgb, told = null) => newSprite(rgb, words.say("own", { number: ++number }), { told });

  /** @param {Sprite} sprite */
  function place(sprite) {
    const { caption: title } = sprite;
    const canvas = node("canvas", { width: 16, height: 16 });
    const onclick = () => choose(sprite);
    const button = node("button", { type: "button", title, ariaLabel: title, onclick }, canvas);
    drawBytes(canvas, sprite.rgb);
    $(".gallery").append(button);
    places.set(sprite, { button, canvas });
  }

  const editor = pixelEditor($(".editor"), {
    edit() {
      // what is not a person's own stays as it is: the first stroke makes a copy
      if (!state.sprite.own) choose(own(state.sprite.rgb.slice(), state.told));
      return state.sprite;
    },
    changed: (sprite) => update({ x0: fromBytes(sprite.rgb) }),
    blank: () => choose(own(new Uint8Array(VALUES).fill(255))),
    forget(sprite, next = null) {
      const left = state.sprites.filter((each) => each !== sprite);
      const at = state.sprites.indexOf(/** @type {Sprite} */ (sprite));
      update({ sprites: left });
      choose(left.find((each) => each === next) ?? left[Math.min(at, left.length - 1)]);
    },
  });

  views.add({
    parts: ["sprites", "sprite"],
    draw() {
      for (const [sprite, { button }] of places)
        if (!state.sprites.includes(sprite)) {
          button.remove();
          places.delete(sprite);
        }
      for (const sprite of state.sprites) if (!places.has(sprite)) place(sprite);
      for (const [sprite, { button }] of places) button.setAttribute("aria-pressed", String(sprite === state.sprite));
    },
  });
  views.add({
    parts: ["x0"],
    draw() {
      const shown = places.get(state.sprite);
      if (shown) drawBytes(shown.canvas, state.sprite.rgb);
    },
  });
  views.add({
    parts: ["sprite"],
    draw(changed) {
      if (changed.size) editor.load(state.sprite);
    },
  });
  rove($(".gallery"));
  return { choose };
}
