// @ts-check
// x_t as a Python program that draws the same picture.
import { base64 } from "../../assets/pixels.js";

/** @typedef {{ origin: string, import: string, save: string }} Parts of every program: core/program.py */

/** @param {Readonly<import("./state.js").State>} state @param {number} T @param {Parts} parts */
export function program({ sprite, seed, schedule, t }, T, parts) {
  const { name } = sprite;
  const lines = [
    ...(name ? [] : ["import base64", "", "import numpy as np", ""]),
    "from core import NoiseSchedule",
    "from core.data import to_x0",
    "from core.generate import SeededNoise",
    parts.import,
    ...(name ? ["from core.sprites import draw"] : []),
    "",
    ...(name
      ? [`pixels = draw("${name[0]}", ${name[1]}).pixels  # (16, 16, 3) uint8`]
      : [
          `rgb = base64.b64decode("${base64(sprite.rgb)}")`,
          "pixels = np.array(bytearray(rgb), np.uint8).reshape(16, 16, 3)",
        ]),
    "x0 = to_x0(pixels[None])  # (1, 3, 16, 16) in [-1, 1]",
    `eps = SeededNoise([${seed}])()  # N(0, I)`,
    `x_t = NoiseSchedule.named("${schedule}", ${T}).add_noise(x0, ${t}, eps)`,
    parts.save,
    "",
  ];
  return parts.origin + lines.join("\n");
}
