// @ts-check
/** Turns a run of small jumps (a held key) into few seeks: the first at once, then at most one each 150 ms. */

/** Ten controls a second are allowed; a held arrow repeats thirty times. */
const PAUSE_MS = 150;
/** After this long the next jump starts from where the film is, not from the last target. */
const RUN_MS = 600;

export class Nudge {
  #now;
  #setTimeout;
  #clearTimeout;
  #where;
  #seek;
  /** @type {number | null} */
  #targetS = null;
  #lastPressMs = -Infinity;
  #lastSentMs = -Infinity;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {object} needs
   * @param {() => number} needs.now
   * @param {(run: () => void, delayMs: number) => unknown} needs.setTimeout
   * @param {(handle: any) => void} needs.clearTimeout
   * @param {() => {positionS: number, durationS: number | null} | null} needs.where
   * @param {(positionS: number) => void} needs.seek
   */
  constructor({ now, setTimeout, clearTimeout, where, seek }) {
    this.#now = now;
    this.#setTimeout = (/** @type {() => void} */ run, /** @type {number} */ delayMs) => setTimeout(run, delayMs);
    this.#clearTimeout = (/** @type {unknown} */ handle) => clearTimeout(handle);
    this.#where = where;
    this.#seek = seek;
  }

  /**
   * @param {number} byS
   * @returns {number | null} where it will land
   */
  press(byS) {
    const where = this.#where();
    if (where === null) return null;
    const nowMs = this.#now();
    const inRun = this.#targetS !== null && nowMs - this.#lastPressMs < RUN_MS;
    const fromS = inRun ? Number(this.#targetS) : where.positionS;
    this.#targetS = Math.min(Math.max(0, fromS + byS), where.durationS ?? Infinity);
    this.#lastPressMs = nowMs;
    if (this.#timer === null) {
      const waitMs = this.#lastSentMs + PAUSE_MS - nowMs;
      if (waitMs <= 0) this.#send();
      else this.#timer = this.#setTimeout(() => this.#send(), waitMs);
    }
    return this.#targetS;
  }

  stop() {
    if (this.#timer !== null) this.#clearTimeout(this.#timer);
    this.#timer = null;
    this.#targetS = null;
  }

  #send() {
    this.#timer = null;
    this.#lastSentMs = this.#now();
    if (this.#targetS !== null) this.#seek(this.#targetS);
  }
}
