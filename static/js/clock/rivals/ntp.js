// @ts-check
/** NTP's clock filter (RFC 5905 §10): of the last eight exchanges the one with the least delay, with the distance as its bound. */

import { exchangeOf, quickest } from "./rival.js";

/** @import { Estimate, Sample, Verdict } from "../estimator.js" */
/** @import { ClockEstimator, Exchange } from "./rival.js" */

/** NSTAGE of the RFC. */
const STAGES = 8;
/** PHI of the RFC: what an oscillator is trusted with. */
const TOLERANCE_PPM = 15;
/** As often as ours, though NTP itself polls once in 64 s or less. */
const EVERY_MS = 2000;

/** @param {number} sent */
export function gapMs(sent) {
  return sent === 0 ? 0 : EVERY_MS;
}

/** @implements {ClockEstimator} */
export class NtpFilter {
  #precisionMs;
  /** @type {Exchange[]} */
  #stages = [];
  /** @type {Exchange | null} */
  #chosen = null;

  /** @param {{resolutionMs: number}} options */
  constructor({ resolutionMs }) {
    this.#precisionMs = resolutionMs;
  }

  /** An exchange older than the one in use is never gone back to. @param {Sample} sample @returns {Verdict} */
  add(sample) {
    this.#stages = [...this.#stages, exchangeOf(sample)].slice(-STAGES);
    const best = quickest(this.#stages);
    if (best && best.atMs > (this.#chosen?.atMs ?? -Infinity)) this.#chosen = best;
    return "accepted";
  }

  /** @param {number} localMs @returns {Estimate | null} */
  estimate(localMs) {
    if (!this.#chosen) return null;
    const { offsetMs, delayMs, atMs } = this.#chosen;
    const dispersionMs = this.#precisionMs + TOLERANCE_PPM * 1e-6 * Math.abs(localMs - atMs);
    return { offsetMs, boundMs: delayMs / 2 + dispersionMs, skewPpm: 0, delayMs, locked: true, count: this.#stages.length, generation: 0 };
  }

  reset() {
    this.#stages = [];
    this.#chosen = null;
  }
}
