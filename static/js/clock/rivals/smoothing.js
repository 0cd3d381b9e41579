// @ts-check
/** The filter that the original's description promises: the mean of ten exchanges, smoothed exponentially. */

import { mean, unbounded, wholeExchangeOf } from "./rival.js";

/** @import { Sample, Verdict } from "../estimator.js" */
/** @import { ClockEstimator, Exchange } from "./rival.js" */

const ROUND = 10;
const WITHIN_ROUND_MS = 50;
const EVERY_MS = 5000;
/** How far the smoothed offset follows each new mean. */
const FOLLOWS = 0.2;

/** @param {number} sent */
export function gapMs(sent) {
  if (sent === 0) return 0;
  return sent % ROUND === 0 ? EVERY_MS - (ROUND - 1) * WITHIN_ROUND_MS : WITHIN_ROUND_MS;
}

/** @implements {ClockEstimator} */
export class Smoothing {
  /** @type {Exchange[]} */
  #round = [];
  /** @type {number | null} */
  #offsetMs = null;
  #delayMs = 0;

  /** @param {Sample} sample @returns {Verdict} */
  add(sample) {
    this.#round.push(wholeExchangeOf(sample));
    if (this.#round.length < ROUND) return "accepted";
    const offsetMs = mean(this.#round.map((exchange) => exchange.offsetMs));
    this.#delayMs = mean(this.#round.map((exchange) => exchange.delayMs));
    this.#offsetMs = this.#offsetMs === null ? offsetMs : this.#offsetMs + FOLLOWS * (offsetMs - this.#offsetMs);
    this.#round = [];
    return "accepted";
  }

  estimate() {
    return this.#offsetMs === null ? null : unbounded(this.#offsetMs, this.#delayMs, ROUND);
  }

  reset() {
    this.#round = [];
    this.#offsetMs = null;
  }
}
