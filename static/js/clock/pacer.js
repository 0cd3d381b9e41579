// @ts-check
/** Turns frames of the page into simulated time: so many seconds in a second, never more work than a frame can bear. */

/** After a hidden page or a busy one nothing is caught up. */
const LONGEST_FRAME_MS = 100;
/** A slice costs well below a millisecond, so that the budget is kept. */
const SLICE_MS = 250;
/** A third of a frame at 60 Hz; a slower machine simulates slower and stays fluent. */
const BUDGET_MS = 5;

export class Pacer {
  #now;
  paused = false;

  /** @param {{now: () => number}} parts to see how long the work takes */
  constructor({ now }) {
    this.#now = now;
  }

  /**
   * @param {{advance: (byMs: number) => void}} laboratory
   * @param {number} passedMs since the last frame
   * @param {number} pace
   * @returns {number} simulated milliseconds that passed
   */
  frame(laboratory, passedMs, pace) {
    if (this.paused) return 0;
    const wantedMs = Math.min(Math.max(passedMs, 0), LONGEST_FRAME_MS) * pace;
    const startedMs = this.#now();
    let doneMs = 0;
    while (doneMs < wantedMs && this.#now() - startedMs < BUDGET_MS) {
      const sliceMs = Math.min(SLICE_MS, wantedMs - doneMs);
      laboratory.advance(sliceMs);
      doneMs += sliceMs;
    }
    return doneMs;
  }
}
