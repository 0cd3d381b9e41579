// @ts-check
/** Notices that the machine slept: performance.now() stands still in sleep on most systems while the wall clock goes on. */

const TICK_MS = 1000;
/** Wall clocks are slewed by at most 500 ppm; a larger difference is sleep or somebody setting the clock. */
const MAX_DIFFERENCE_MS = 250;
/** A tick this late was not just a busy page. Hidden pages tick late too, which costs them a burst only. */
const MAX_GAP_MS = 2000;

/**
 * @typedef {object} SleepWatchParts
 * @property {() => number} now the local monotonic clock, in milliseconds
 * @property {() => number} wallNow Date.now, used for this comparison only
 * @property {(callback: () => void, delayMs: number) => number} setTimeout
 * @property {(timer: number) => void} clearTimeout
 * @property {() => void} onSleep the two clocks came apart: no old probe is valid
 * @property {() => void} onLate ticks were late but the clocks agree: look again
 */

export class SleepWatch {
  #parts;
  /** @type {number | null} */
  #timer = null;
  /** Kept over stop(): what was slept through meanwhile counts too. */
  #lastMs = NaN;
  #lastWallMs = NaN;

  /** @param {SleepWatchParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  start() {
    this.stop();
    this.#schedule();
    if (this.#apartMs() > MAX_DIFFERENCE_MS) this.#parts.onSleep();
    this.#remember();
  }

  stop() {
    if (this.#timer !== null) this.#parts.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule() {
    this.#timer = this.#parts.setTimeout(() => this.#tick(), TICK_MS);
  }

  #tick() {
    const apartMs = this.#apartMs();
    const passedMs = this.#parts.now() - this.#lastMs;
    this.#remember();
    this.#schedule();
    if (apartMs > MAX_DIFFERENCE_MS) this.#parts.onSleep();
    else if (passedMs > MAX_GAP_MS) this.#parts.onLate();
  }

  /** By how much the clocks came apart since the last look; NaN before the first. */
  #apartMs() {
    const { now, wallNow } = this.#parts;
    return Math.abs(wallNow() - this.#lastWallMs - (now() - this.#lastMs));
  }

  #remember() {
    this.#lastMs = this.#parts.now();
    this.#lastWallMs = this.#parts.wallNow();
  }
}
