// @ts-check
/** Sendspin's filter: a Kalman filter of offset and drift, fed with one exchange of each burst of eight. */

import { exchangeOf } from "./rival.js";

/** @import { Estimate, Sample, Verdict } from "../estimator.js" */
/** @import { ClockEstimator, Exchange } from "./rival.js" */

const BURST = 8;
const EVERY_MS = 10_000;
/** Sendspin sends the next upon the answer; a fixed pause keeps the schedule free of the path. */
const WITHIN_BURST_MS = 50;
/** An answer that is missing this long ends the burst, and nothing of it is used. */
const TIMEOUT_MS = 2000;
/** The quickest three are looked at, and the one with the middle offset is taken. */
const QUICKEST = 3;
/** No measurement is trusted beyond this. */
const LEAST_ERROR_MS = 1;
/** The drift's variance grows by this in a millisecond (a standard deviation of 10⁻¹² in the root of a microsecond). */
const DRIFT_VARIANCE_PER_MS = 1e-21;
/** Surprises beyond twice the measurement's error make the filter forget, once it has seen this many. */
const SURPRISE = 2;
const MATURE = 100;
const FORGETTING = 1.1 ** 2;
/** A drift below two of its standard deviations is not applied. */
const SIGNIFICANT = 2;

/** @param {number} sent */
export function gapMs(sent) {
  if (sent === 0) return 0;
  return sent % BURST === 0 ? EVERY_MS - (BURST - 1) * WITHIN_BURST_MS : WITHIN_BURST_MS;
}

/** @implements {ClockEstimator} */
export class Sendspin {
  #filter = new OffsetAndDrift();
  /** @type {Exchange[]} */
  #burst = [];
  #lastSentMs = -Infinity;
  #delayMs = 0;

  /** @param {Sample} sample @returns {Verdict} */
  add(sample) {
    if (sample.t1Ms - this.#lastSentMs > TIMEOUT_MS) this.#burst = [];
    this.#lastSentMs = sample.t1Ms;
    this.#burst.push(exchangeOf(sample));
    if (this.#burst.length === BURST) this.#finish();
    return "accepted";
  }

  /** @param {number} localMs @returns {Estimate | null} */
  estimate(localMs) {
    const offsetMs = this.#filter.offsetAt(localMs);
    if (offsetMs === null) return null;
    return { offsetMs, boundMs: NaN, skewPpm: this.#filter.appliedDrift * 1e6, delayMs: this.#delayMs, locked: true, count: this.#filter.count, generation: 0 };
  }

  reset() {
    this.#filter = new OffsetAndDrift();
    this.#burst = [];
    this.#lastSentMs = -Infinity;
  }

  #finish() {
    const quick = this.#burst.sort((a, b) => Math.max(a.delayMs, 0) - Math.max(b.delayMs, 0)).slice(0, QUICKEST);
    const middle = quick.sort((a, b) => a.offsetMs - b.offsetMs)[Math.floor(QUICKEST / 2)];
    this.#burst = [];
    if (!middle) return;
    this.#delayMs = middle.delayMs;
    this.#filter.update(middle.offsetMs, Math.max(middle.delayMs / 2, LEAST_ERROR_MS), middle.atMs);
  }
}

/** State (offset, drift) and its covariance, predicted along the drift and corrected by each measurement. */
export class OffsetAndDrift {
  count = 0;
  #atMs = -Infinity;
  #offsetMs = 0;
  #drift = 0;
  #offsetVariance = 0;
  #covariance = 0;
  #driftVariance = 0;

  /** @param {number} offsetMs measured @param {number} errorMs standard deviation of it @param {number} atMs local instant */
  update(offsetMs, errorMs, atMs) {
    const passedMs = atMs - this.#atMs;
    if (passedMs <= 0) return;
    this.#atMs = atMs;
    const variance = errorMs ** 2;
    this.count += 1;
    if (this.count === 1) this.#begin(offsetMs, variance);
    else if (this.count === 2) this.#aim(offsetMs, variance, passedMs);
    else {
      this.#predict(passedMs);
      this.#correct(offsetMs - this.#offsetMs, variance, errorMs);
    }
  }

  /** A drift that could as well be noise is held to be none. */
  get appliedDrift() {
    return this.count > 2 && this.#drift ** 2 > SIGNIFICANT ** 2 * this.#driftVariance ? this.#drift : 0;
  }

  /** @param {number} localMs */
  offsetAt(localMs) {
    return this.count === 0 ? null : this.#offsetMs + this.appliedDrift * (localMs - this.#atMs);
  }

  /** @param {number} offsetMs @param {number} variance */
  #begin(offsetMs, variance) {
    this.#offsetMs = offsetMs;
    this.#offsetVariance = variance;
  }

  /** Two points make the first line. @param {number} offsetMs @param {number} variance @param {number} passedMs */
  #aim(offsetMs, variance, passedMs) {
    this.#drift = (offsetMs - this.#offsetMs) / passedMs;
    this.#driftVariance = (this.#offsetVariance + variance) / passedMs ** 2;
    this.#begin(offsetMs, variance);
  }

  /** @param {number} passedMs */
  #predict(passedMs) {
    this.#offsetMs += this.#drift * passedMs;
    this.#offsetVariance += 2 * this.#covariance * passedMs + this.#driftVariance * passedMs ** 2;
    this.#covariance += this.#driftVariance * passedMs;
    this.#driftVariance += DRIFT_VARIANCE_PER_MS * passedMs;
  }

  /** @param {number} surpriseMs @param {number} variance @param {number} errorMs */
  #correct(surpriseMs, variance, errorMs) {
    if (this.count > MATURE && Math.abs(surpriseMs) > SURPRISE * errorMs) this.#forget();
    const sum = this.#offsetVariance + variance;
    const offsetGain = this.#offsetVariance / sum;
    const driftGain = this.#covariance / sum;
    this.#offsetMs += offsetGain * surpriseMs;
    this.#drift += driftGain * surpriseMs;
    this.#driftVariance -= driftGain * this.#covariance;
    this.#covariance -= driftGain * this.#offsetVariance;
    this.#offsetVariance -= offsetGain * this.#offsetVariance;
  }

  #forget() {
    this.#offsetVariance *= FORGETTING;
    this.#covariance *= FORGETTING;
    this.#driftVariance *= FORGETTING;
  }
}
