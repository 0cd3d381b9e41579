// @ts-check
/** One connection's clock, wired: samples → estimator → media clock, asking for bursts on suspicion, return and a new generation. */

import { Estimator } from "./estimator.js";
import { MediaClock } from "./media-clock.js";

/** @import { Sample, Verdict } from "./estimator.js" */
/** @import { BurstReason } from "./prober.js" */

/**
 * @typedef {object} TimeSyncParts
 * @property {() => number} now the local monotonic clock, in milliseconds
 * @property {number} [resolutionMs] of now()
 * @property {(reason: BurstReason) => void} burst asks the prober, wherever it lives
 */

/** What a verdict of the estimator asks of the prober, if anything. @param {Verdict} verdict @returns {BurstReason | null} */
export function burstAfter(verdict) {
  if (verdict === "quarantined" || verdict === "undercut") return "suspicion";
  return verdict === "stepped" || verdict === "renewed" ? "renewed" : null;
}

export class TimeSync {
  #burst;
  #clock;

  /** @param {TimeSyncParts} parts */
  constructor({ now, resolutionMs, burst }) {
    this.#clock = new MediaClock({ estimator: new Estimator(resolutionMs === undefined ? {} : { resolutionMs }), now });
    this.#burst = (/** @type {BurstReason} */ reason) => burst(reason);
  }

  get clock() {
    return this.#clock;
  }

  /** @param {Sample} sample in this context's clock */
  take(sample) {
    const reason = burstAfter(this.#clock.addSample(sample));
    if (reason) this.#burst(reason);
  }

  /** The machine slept; whoever noticed sends a burst of its own. */
  slept() {
    this.#clock.reset();
  }

  /** The page is visible again. */
  becameVisible() {
    this.#burst("visible");
  }

  /** A `server:time`. @param {{civilOffsetMs: number}} message */
  onServerTime({ civilOffsetMs }) {
    this.#clock.civilOffsetMs = civilOffsetMs;
  }
}
