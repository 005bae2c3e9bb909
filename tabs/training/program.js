// @ts-check
// The Python program that trains what has just been trained.

/** @typedef {import("./settings.js").Settings} Settings */

const value = (/** @type {string | number} */ x) => (typeof x === "string" ? JSON.stringify(x) : String(x));

/** @param {Settings} settings @param {Settings} usual @param {string} own the source of a person's own pictures */
export function program(settings, usual, own) {
  const told = Object.entries(settings).filter(
    ([name, x]) => name === "source" || x !== usual[/** @type {keyof Settings} */ (name)],
  );
  const mine = settings.source === own;
  const config = told
    .filter(([name]) => !mine || name !== "count")
    .map(([name, x]) => `${name}=${value(x)}`)
    .join(", ");
  return [
    "from pathlib import Path",
    ...(mine ? ["from core.data import pictures_in"] : []),
    "from core.train.live import LiveConfig, teach",
    "",
    ...(mine ? ['pictures, _ = pictures_in(Path("sheet.png").read_bytes(), most=256)  # your own, in one file'] : []),
    `*_, taught = teach(LiveConfig(${config})${mine ? ", pictures" : ""})`,
    'Path("network.safetensors").write_bytes(taught.checkpoint)',
  ].join("\n");
}
