// @ts-check
// The one way in which a lesson asks its server: each request has a number, and the answer to the newest is taken. Who
// asks again while an answer is still to come does not want that any more. What comes late, or fails, says why.

/** There may be more to come, or it is a refusal.
 * @typedef {{ request: number, more?: boolean, error?: string }} Answer */
/** @typedef {{ request: number, each: (answer: any) => void, done: (answer: any) => void,
 *   fail: (why: string, answered?: boolean) => void }} Asked and not answered yet */
/** @typedef {{ answer: (value: any) => boolean, ended: (failed: boolean) => void }} Listener */

export const OFFLINE = "There is no connection to the server.";
/** Whether the browser knows that. Gradio must not even try then: when it has failed to reach the server, it takes no more
 * orders. */
export const cutOff = () => navigator.onLine === false;

export class Refusal extends Error {
  /**
   * @param {string} why for people
   * @param {boolean} answer whether it is what the lesson's handler says: asking again is no use
   */
  constructor(why, answer) {
    super(why);
    this.answer = answer;
  }
}

/** @type {Map<string, Listener>} */
const listeners = new Map();

/**
 * Ask by an event of a lesson's component, whose handler repeats the request's number in its answers (tabs/page.py).
 * @param {string} lesson
 * @param {string} event
 * @param {(event: string, data: object) => void} trigger
 * @param {number} patience ms, after which no answer is expected any more
 */
export function asker(lesson, event, trigger, patience = 180_000) {
  let count = 0;
  let open = 0; // requests that the server has not done with
  /** @type {Asked | null} */
  let newest = null;

  /**
   * Resolves to the last part of the answer, or to null if a newer request was made meanwhile. Rejects with a Refusal.
   * @param {object} data
   * @param {(answer: any) => void} each is told every part of an answer that comes in several
   * @returns {Promise<any>}
   */
  function ask(data, each = () => {}) {
    newest?.done(null);
    if (cutOff()) return Promise.reject(new Refusal(OFFLINE, false));
    return new Promise((resolve, reject) => {
      const request = ++count;
      const timer = setTimeout(() => own.fail("The server did not answer in time."), patience);
      const over = () => {
        clearTimeout(timer);
        if (newest === own) newest = null;
      };
      const own = {
        request,
        each,
        /** @param {any} answer */
        done(answer) {
          over();
          resolve(answer);
        },
        /** @param {string} why @param {boolean} answered */
        fail(why, answered = false) {
          over();
          reject(new Refusal(why, answered));
        },
      };
      newest = own;
      open++;
      trigger(event, { ...data, request });
    });
  }

  /** An answer has come. @param {any} value @returns {boolean} whether it is to the newest request */
  function answer(value) {
    if (!newest || value?.request !== newest.request) return false;
    if (value.error) newest.fail(value.error, true);
    else if (value.more) newest.each(value);
    else newest.done(value);
    return true;
  }

  /** The server has done with one of the requests; of which, Gradio does not say. @param {boolean} failed */
  function ended(failed) {
    open = Math.max(0, open - 1);
    if (failed && open === 0) newest?.fail("The server refused, and the page says why.");
  }

  listeners.set(`${lesson} ${event}`, { answer, ended });
  return { ask, answer, newest: () => count };
}

/** Told by Gradio, through tabs/page.py. @param {string} lesson @param {string} event @param {boolean} failed */
export function ended(lesson, event, failed) {
  listeners.get(`${lesson} ${event}`)?.ended(failed);
}
