// @ts-check
/** What stands in for a browser: a clock that stands until told, its timers, and a loop without a screen. */

import { FrameLoop } from "../../static/js/ui/loop.js";

/** A clock that stands until told, with its timers. */
export class FakeTime {
  nowMs = 0;
  #next = 1;
  /** @type {Map<number, {atMs: number, run: () => void}>} */
  #timers = new Map();

  now = () => this.nowMs;

  setTimeout = (/** @type {() => void} */ run, /** @type {number} */ delayMs) => {
    this.#timers.set(this.#next, { atMs: this.nowMs + delayMs, run });
    return this.#next++;
  };

  clearTimeout = (/** @type {unknown} */ handle) => {
    this.#timers.delete(Number(handle));
  };

  /** @param {number} ms */
  pass(ms) {
    const endMs = this.nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.atMs <= endMs).sort((a, b) => a[1].atMs - b[1].atMs)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.nowMs = due[1].atMs;
      due[1].run();
    }
    this.nowMs = endMs;
  }
}

/** A loop whose frames come when a test asks for one, and whose elements are in view when a test says so. @param {FakeTime} time */
export function fakeLoop(time) {
  /** @type {((nowMs: number) => void)[]} */
  const frames = [];
  /** @type {Map<Element, (seen: boolean) => void>} */
  const watched = new Map();
  const loop = new FrameLoop({
    now: time.now,
    requestFrame: (run) => frames.push(run),
    setTimeout: time.setTimeout,
    clearTimeout: time.clearTimeout,
    observeSeen(element, tell) {
      watched.set(element, tell);
      return () => watched.delete(element);
    },
  });
  return { loop, frames, frame: () => frames.shift()?.(time.nowMs), see: (/** @type {Element} */ element, /** @type {boolean} */ seen) => watched.get(element)?.(seen), watched };
}
