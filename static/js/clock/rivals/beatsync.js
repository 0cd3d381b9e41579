// @ts-check
/** Beatsync's filter: pairs of probes whose spacing survived the way up, and of the last sixteen the one with the least delay. */

import { exchangeOf, quickest, unbounded } from "./rival.js";

/** @import { Sample, Verdict } from "../estimator.js" */
/** @import { ClockEstimator, Exchange } from "./rival.js" */

const WINDOW = 16;
/** The two probes of a pair are this far apart. */
const PAIR_MS = 25;
/** The server must see the same distance, give or take this: Huygens' coded probes. */
const PURITY_MS = 5;
/** Timers are late; two probes further apart than this are no pair. */
const LONGEST_PAIR_MS = 2 * PAIR_MS;
/** Pairs begin this far apart until the window is full, then more rarely. */
const FIRST_EVERY_MS = 50;
const EVERY_MS = 2500;

/** @param {number} sent */
export function gapMs(sent) {
  if (sent === 0) return 0;
  if (sent % 2 === 1) return PAIR_MS;
  return (sent / 2 < WINDOW ? FIRST_EVERY_MS : EVERY_MS) - PAIR_MS;
}

/** @implements {ClockEstimator} */
export class Beatsync {
  /** @type {Sample | null} */
  #first = null;
  /** @type {Exchange[]} */
  #window = [];

  /** @param {Sample} sample @returns {Verdict} */
  add(sample) {
    const first = this.#first;
    const apartMs = first ? sample.t1Ms - first.t1Ms : NaN;
    if (!first || !(apartMs > 0 && apartMs < LONGEST_PAIR_MS)) {
      this.#first = sample;
      return "accepted";
    }
    this.#first = null;
    if (Math.abs(sample.t2Ms - first.t2Ms - apartMs) > PURITY_MS) return "dropped";
    const [one, two] = [exchangeOf(first), exchangeOf(sample)];
    this.#window = [...this.#window, one.delayMs <= two.delayMs ? one : two].slice(-WINDOW);
    return "accepted";
  }

  estimate() {
    const best = quickest([...this.#window].reverse());
    return best && unbounded(best.offsetMs, best.delayMs, this.#window.length);
  }

  reset() {
    this.#first = null;
    this.#window = [];
  }
}
