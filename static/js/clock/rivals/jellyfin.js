// @ts-check
/** Jellyfin's filter: of the last eight exchanges in whole milliseconds the one with the least delay, and soon only one a minute. */

import { quickest, unbounded, wholeExchangeOf } from "./rival.js";

/** @import { Sample, Verdict } from "../estimator.js" */
/** @import { ClockEstimator, Exchange } from "./rival.js" */

const WINDOW = 8;
const GREEDY = 3;
const GREEDY_EVERY_MS = 1000;
const EVERY_MS = 60_000;

/** Even the first is waited for; the answer after the greedy ones makes it slow. @param {number} sent */
export function gapMs(sent) {
  return sent <= GREEDY ? GREEDY_EVERY_MS : EVERY_MS;
}

/** @implements {ClockEstimator} */
export class Jellyfin {
  /** @type {Exchange[]} */
  #window = [];

  /** @param {Sample} sample @returns {Verdict} */
  add(sample) {
    this.#window = [...this.#window, wholeExchangeOf(sample)].slice(-WINDOW);
    return "accepted";
  }

  /** Of equally quick ones the oldest counts. */
  estimate() {
    const best = quickest([...this.#window].reverse());
    return best && unbounded(best.offsetMs, best.delayMs, this.#window.length);
  }

  reset() {
    this.#window = [];
  }
}
