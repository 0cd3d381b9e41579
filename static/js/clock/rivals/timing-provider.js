// @ts-check
/** timing-provider's filter: of the last sixty exchanges the one with the least delay. */

import { exchangeOf, quickest, unbounded } from "./rival.js";

/** @import { Sample, Verdict } from "../estimator.js" */
/** @import { ClockEstimator, Exchange } from "./rival.js" */

const WINDOW = 60;
const EVERY_MS = 1000;

/** @param {number} sent */
export function gapMs(sent) {
  return sent === 0 ? 0 : EVERY_MS;
}

/** @implements {ClockEstimator} */
export class TimingProvider {
  /** @type {Exchange[]} */
  #window = [];

  /** @param {Sample} sample @returns {Verdict} */
  add(sample) {
    this.#window = [...this.#window, exchangeOf(sample)].slice(-WINDOW);
    return "accepted";
  }

  estimate() {
    const best = quickest(this.#window);
    return best && unbounded(best.offsetMs, best.delayMs, this.#window.length);
  }

  reset() {
    this.#window = [];
  }
}
