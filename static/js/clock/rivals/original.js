// @ts-check
/** The filter of the original program: the plain mean of a round of five HTTP exchanges. */

import { mean, unbounded, wholeExchangeOf } from "./rival.js";

/** @import { Estimate, Sample, Verdict } from "../estimator.js" */
/** @import { ClockEstimator, Exchange } from "./rival.js" */

/** A round of exchanges, one soon after the other, each ten seconds. */
const ROUND = 5;
const WITHIN_ROUND_MS = 100;
const EVERY_MS = 10_000;

/** @param {number} sent */
export function gapMs(sent) {
  if (sent === 0) return 0;
  return sent % ROUND === 0 ? EVERY_MS - (ROUND - 1) * WITHIN_ROUND_MS : WITHIN_ROUND_MS;
}

/** @implements {ClockEstimator} */
export class OriginalMean {
  /** @type {Exchange[]} */
  #round = [];
  /** @type {Estimate | null} */
  #estimate = null;

  /** @param {Sample} sample @returns {Verdict} */
  add(sample) {
    this.#round.push(wholeExchangeOf(sample));
    if (this.#round.length < ROUND) return "accepted";
    this.#estimate = unbounded(mean(this.#round.map(({ offsetMs }) => offsetMs)), mean(this.#round.map(({ delayMs }) => delayMs)), ROUND);
    this.#round = [];
    return "accepted";
  }

  estimate() {
    return this.#estimate;
  }

  reset() {
    this.#round = [];
    this.#estimate = null;
  }
}
