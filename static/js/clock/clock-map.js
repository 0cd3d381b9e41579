// @ts-check
/** How a Worker's clock maps to the window's: browsers set the two origins apart, so it is asked and not assumed. */

/** Bounds that miss each other by more than a tick: one of the clocks was stopped, and the map begins anew. */
const BROKEN_TICKS = 2;

/**
 * The same strip as the estimator's, without skew: both clocks are the one oscillator of this machine, so that every answer narrows it for good.
 * offset = worker clock − window clock.
 */
export class ClockMap {
  #resolutionMs;
  #upperMs = Infinity;
  #lowerMs = -Infinity;

  /** @param {number} resolutionMs of either clock; browsers floor to it */
  constructor(resolutionMs) {
    this.#resolutionMs = resolutionMs;
  }

  /**
   * One answer of the Worker, which read its clock between the two readings of the window's.
   * @param {{askedMs: number, workerMs: number, answeredMs: number}} reading
   */
  add({ askedMs, workerMs, answeredMs }) {
    const upperMs = workerMs + this.#resolutionMs - askedMs;
    const lowerMs = workerMs - (answeredMs + this.#resolutionMs);
    const slackMs = BROKEN_TICKS * this.#resolutionMs;
    const broken = upperMs < this.#lowerMs - slackMs || lowerMs > this.#upperMs + slackMs;
    this.#upperMs = broken ? upperMs : Math.min(this.#upperMs, upperMs);
    this.#lowerMs = broken ? lowerMs : Math.max(this.#lowerMs, lowerMs);
  }

  /** How wrong the map may be; infinite before the first answer. */
  get errorMs() {
    return Math.abs(this.#upperMs - this.#lowerMs) / 2;
  }

  /** The window's reading at an instant of the Worker's clock; only once the map is known. @param {number} workerMs */
  toWindow(workerMs) {
    return workerMs - (this.#upperMs + this.#lowerMs) / 2;
  }
}
