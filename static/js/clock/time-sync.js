// @ts-check
/** One connection's clock, wired: samples → estimator → media clock, asking for bursts on suspicion, return and a new generation. */

import { Estimator } from "./estimator.js";
import { MediaClock } from "./media-clock.js";

/** @import { Estimate, Sample, Verdict } from "./estimator.js" */
/** @import { BurstReason } from "./prober.js" */

/**
 * @typedef {object} TimeSyncParts
 * @property {() => number} now the local monotonic clock, in milliseconds
 * @property {number} [resolutionMs] of now()
 * @property {(reason: BurstReason) => void} burst asks the prober, wherever it lives
 */

/**
 * One probe as it was judged, with the estimate that followed from it.
 * @typedef {{sample: Sample, verdict: Verdict, estimate: Estimate | null}} Exchange
 */

/** What a verdict of the estimator asks of the prober, if anything. @param {Verdict} verdict @returns {BurstReason | null} */
export function burstAfter(verdict) {
  if (verdict === "quarantined" || verdict === "undercut") return "suspicion";
  return verdict === "stepped" || verdict === "renewed" ? "renewed" : null;
}

/** What a `server:time` asks of the prober: another generation than the probes' means that they are worth nothing now. @param {number} told @param {number | null} known of the probes; null before the first @returns {BurstReason | null} */
export function burstAfterTime(told, known) {
  return known !== null && told > known ? "renewed" : null;
}

export class TimeSync {
  #burst;
  #clock;
  #estimator;
  /** @type {Set<(exchange: Exchange) => void>} */
  #listeners = new Set();

  /** @param {TimeSyncParts} parts */
  constructor({ now, resolutionMs, burst }) {
    this.#estimator = new Estimator(resolutionMs === undefined ? {} : { resolutionMs });
    this.#clock = new MediaClock({ estimator: this.#estimator, now });
    this.#burst = (/** @type {BurstReason} */ reason) => burst(reason);
  }

  get clock() {
    return this.#clock;
  }

  /** @param {Sample} sample in this context's clock */
  take(sample) {
    const verdict = this.#clock.addSample(sample);
    const reason = burstAfter(verdict);
    if (reason) this.#burst(reason);
    if (this.#listeners.size === 0) return;
    const estimate = this.#estimator.estimate(sample.t4Ms);
    for (const listener of [...this.#listeners]) listener({ sample, verdict, estimate });
  }

  /** @param {(exchange: Exchange) => void} listener called after each probe @returns {() => void} unsubscribes */
  onExchange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody asks for fresh probes. */
  lookAgain() {
    this.#burst("asked");
  }

  /** The machine slept; whoever noticed sends a burst of its own. */
  slept() {
    this.#clock.reset();
  }

  /** The page is visible again. */
  becameVisible() {
    this.#burst("visible");
  }

  /** A `server:time`. @param {{civilOffsetMs: number, generation: number}} message */
  onServerTime({ civilOffsetMs, generation }) {
    this.#clock.civilOffsetMs = civilOffsetMs;
    const reason = burstAfterTime(generation, this.#clock.generation);
    if (reason) this.#burst(reason);
  }
}
