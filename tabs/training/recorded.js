// @ts-check
// Trainings that were run before, by benchmarks/record_trainings.py, as if they had been run here.

/** @typedef {import("./lesson.js").Training} Training */
/** @typedef {{ settings: import("./settings.js").Settings, steps: number, images: number, seconds: number,
 *   samples: string, nearest: string, copies: number, known: number[], unseen: number[] }} Recorded */

/** @param {Recorded} recorded @returns {Training} */
const training = ({ settings, steps, images, seconds, ...taught }) => ({
  settings,
  pictures: settings.count,
  glimpses: [{ step: steps, images, seconds, loss: null, samples: taught.samples }],
  taught: { ...taught, distance: [], file: "" },
  recorded: true,
});

/** The recorded trainings of a set. Rejects if they cannot be fetched. @param {string} name "counts" or "answers"
 * @returns {Promise<Training[]>} */
export async function recordedTrainings(name) {
  const response = await fetch(window.page.address("tabs/training/recorded.json"));
  if (!response.ok) throw new Error(response.statusText);
  return (await response.json())[name].map(training);
}
