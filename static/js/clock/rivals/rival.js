// @ts-check
/** What all rivals share: NTP's offset and delay of one exchange, and an estimate that states no bound. */

import { offsetAndDelay } from "../exchange-log.js";

/** @import { Estimate, Sample, Verdict } from "../estimator.js" */

/**
 * What an estimator of the media clock is, ours or another's.
 * @typedef {object} ClockEstimator
 * @property {(sample: Sample) => Verdict} add takes one probe
 * @property {(localMs: number) => Estimate | null} estimate at a local instant; null before the first
 * @property {() => void} reset forgets everything
 */
/** One exchange as NTP sees it: θ and δ of RFC 5905 §8, and the local instant of the answer. @typedef {{offsetMs: number, delayMs: number, atMs: number}} Exchange */

/** @param {Sample} sample @returns {Exchange} */
export function exchangeOf(sample) {
  return { ...offsetAndDelay(sample), atMs: sample.t4Ms };
}

/** The same through `Date.now()` on both sides, which knows whole milliseconds. @param {Sample} sample @returns {Exchange} */
export function wholeExchangeOf({ t1Ms, t2Ms, t3Ms, t4Ms, ...rest }) {
  return exchangeOf({ t1Ms: Math.floor(t1Ms), t2Ms: Math.floor(t2Ms), t3Ms: Math.floor(t3Ms), t4Ms: Math.floor(t4Ms), ...rest });
}

/** A number without a bound, held until the next. @param {number} offsetMs @param {number} delayMs @param {number} count @returns {Estimate} */
export function unbounded(offsetMs, delayMs, count) {
  return { offsetMs, boundMs: NaN, skewPpm: 0, delayMs, locked: true, count, generation: 0 };
}

/** The exchange with the least delay; of equals the newest. @template {Exchange} T @param {T[]} exchanges @returns {T | null} */
export function quickest(exchanges) {
  return exchanges.reduce((best, next) => (best && best.delayMs < next.delayMs ? best : next), /** @type {T | null} */ (null));
}

/** @param {number[]} values */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
