// @ts-check
/** Offset, skew and error bound of the media clock, as a strip of delay bounds: every probe says "not above" at T1 and "not below" at T4. */

import { SkewFit } from "./skew.js";

/** Older probes know less than the skew term does; two minutes hold 60 ordinary probes and every burst. */
const WINDOW_MS = 120_000;
/** Bursts in the quickest succession allowed stay below it: a bound for memory, not for accuracy. */
const MAX_SAMPLES = 600;
/** A slower answer tells nothing; the prober gives up then as well. */
const MAX_DELAY_MS = 3000;
/** The mean of the two best tolerates one bad timestamp in each direction, and is 5 % better than the best alone through a 1 ms clock (bench-clock). */
const BEST = 2;
/** Ageing of a bound beyond two standard errors of the skew: a machine that warms up wanders by some ppm within minutes (RFC 5905 allows 15). */
const WANDER_PPM = 2;
/** The wedge is not looked at before the window knows its own floor. */
const MIN_FOR_WEDGE = 6;
/** Scheduling noise of a busy page (3 ms) on top of the clock's own ticks. */
const TOLERANCE_MS = 3;
/** A probe this close to the delay floor has no queue to hide behind: if it disagrees, the clock moved. */
const LOW_EXCESS_MS = 2;
const LOW_EXCESS_SHARE = 0.3;
/** Three such probes in a row are no accident. */
const STEP_AFTER = 3;
/** If everything is refused for this long, the window is wrong and not the world. */
const STARVED_MS = 20_000;
/** Locked means that waiting longer would hardly narrow the bound. */
const LOCK_SAMPLES = 8;
const LOCK_DISPERSION_MS = 2;

/**
 * One probe, in milliseconds: T1 and T4 of the local clock, T2 and T3 of the media clock (RFC 5905 §8), and what the server says of its own
 * clock: its generation, and how wrong it may be.
 * @typedef {{t1Ms: number, t2Ms: number, t3Ms: number, t4Ms: number, generation: number, errorMs: number}} Sample
 */
/**
 * What is known at one local instant.
 * @typedef {object} Estimate
 * @property {number} offsetMs media clock − local clock, θ of RFC 5905
 * @property {number} boundMs |true offset − offsetMs| is at most this: half the delay floor, ageing, ticks and the server's own error, which
 *   RFC 5905 calls the root distance
 * @property {number} skewPpm how much faster the media clock runs than the local one
 * @property {number} delayMs shortest round trip in the window, without the server's time
 * @property {boolean} locked waiting would hardly narrow the bound
 * @property {number} count of probes in the window
 * @property {number} generation of the media clock that the probes are of
 */
/**
 * What became of a probe. "quarantined": it contradicts the window, another burst will tell; "undercut": the path became shorter, and one probe
 * alone is noisy; "stepped" and "renewed": every older probe was thrown away.
 * @typedef {"accepted" | "undercut" | "invalid" | "outdated" | "dropped" | "quarantined" | "stepped" | "renewed"} Verdict
 */
/** A probe as bounds on the offset: not above upperMs at T1, not below lowerMs at T4. @typedef {{upperAtMs: number, lowerAtMs: number, upperMs: number, lowerMs: number, delayMs: number, errorMs: number}} Bounds */
/** All bounds at one instant: the means of the best two, and the very best. @typedef {{upperMs: number, lowerMs: number, minUpperMs: number, maxLowerMs: number, errorMs: number}} Strip */

/**
 * The offset lies in the intersection of every probe's interval, carried to now along the skew and widened by what the skew does not know:
 * Marzullo's intersection (1984) over time instead of over servers. As each direction keeps its own best bound, a queue on one way costs nothing
 * as long as it drains now and then, which a filter for the least round trip (RFC 5905 §10) cannot say.
 */
export class Estimator {
  #resolutionMs;
  #skew;
  /** @type {Bounds[]} */
  #samples = [];
  /** @type {Bounds[]} */
  #quarantine = [];
  /** @type {number | null} */
  #generation = null;
  #outdated = 0;
  /** @type {number | null} */
  #refusedSinceMs = null;
  /** Offsets are kept relative to the first one: epoch milliseconds leave a float64 only 0.2 µs. */
  #baseMs = 0;

  /** @param {{resolutionMs?: number}} [options] resolution of the local clock: 0.1 in Chromium, 0.005 isolated, 1 in Firefox */
  constructor({ resolutionMs = 0.1 } = {}) {
    this.#resolutionMs = resolutionMs;
    this.#skew = new SkewFit(resolutionMs);
  }

  /** Forgets every probe, as none may survive a sleep. What remains is how fast the oscillator runs, with a doubt. */
  reset() {
    this.#flush();
    this.#generation = null;
  }

  /**
   * Takes one probe and says what became of it.
   * @param {Sample} sample
   * @returns {Verdict}
   */
  add(sample) {
    const bounds = this.#bounds(sample);
    if (!bounds || !Number.isFinite(sample.generation)) return "invalid";
    const generation = this.#judgeGeneration(sample.generation);
    if (generation === "outdated") return "outdated";
    if (generation === "renewed") {
      this.#flush();
      this.#insert(this.#rebase(bounds));
      return "renewed";
    }
    if (this.#samples.length === 0) this.#rebase(bounds);
    else this.#shift(bounds);
    return this.#judge(bounds);
  }

  /**
   * The estimate at a local instant, or null before the first probe.
   * @param {number} localMs
   * @returns {Estimate | null}
   */
  estimate(localMs) {
    const strip = this.#strip(localMs);
    if (!strip) return null;
    const offsetMs = (strip.upperMs + strip.lowerMs) / 2;
    const halfMs = Math.abs(strip.minUpperMs - strip.maxLowerMs) / 2;
    // Two averaged bounds may lie beside the middle of the strip: the distance belongs to the bound.
    const asideMs = Math.abs(offsetMs - (strip.minUpperMs + strip.maxLowerMs) / 2);
    const ownMs = halfMs + asideMs + this.#resolutionMs / 2;
    const delayMs = this.#samples.reduce((least, sample) => Math.min(least, sample.delayMs), Infinity);
    const count = this.#samples.length;
    return {
      offsetMs: this.#baseMs + offsetMs,
      boundMs: ownMs + strip.errorMs,
      skewPpm: this.#skew.result.skew * 1e6,
      delayMs: Math.max(delayMs, 0),
      locked: count >= LOCK_SAMPLES && ownMs - delayMs / 2 < LOCK_DISPERSION_MS,
      count,
      generation: this.#generation ?? 0,
    };
  }

  /** Browsers floor their clock, so half a tick is added. @param {Sample} sample @returns {Bounds | null} */
  #bounds({ t1Ms, t2Ms, t3Ms, t4Ms, errorMs }) {
    const upperAtMs = t1Ms + this.#resolutionMs / 2;
    const lowerAtMs = t4Ms + this.#resolutionMs / 2;
    const upperMs = t2Ms - upperAtMs;
    const lowerMs = t3Ms - lowerAtMs;
    const delayMs = upperMs - lowerMs;
    const possible = t3Ms >= t2Ms && delayMs >= -this.#resolutionMs && delayMs <= MAX_DELAY_MS;
    return possible && Number.isFinite(errorMs) ? { upperAtMs, lowerAtMs, upperMs, lowerMs, delayMs, errorMs: Math.max(errorMs, 0) } : null;
  }

  /** A newer generation is believed at once, an older one only when nothing else comes. @param {number} generation */
  #judgeGeneration(generation) {
    const known = this.#generation;
    this.#generation ??= generation;
    if (known === null || generation === known) {
      this.#outdated = 0;
      return "same";
    }
    this.#outdated += 1;
    if (generation < known && this.#outdated < STEP_AFTER) return "outdated";
    this.#generation = generation;
    return "renewed";
  }

  /** @param {Bounds} bounds */
  #rebase(bounds) {
    this.#baseMs = (bounds.upperMs + bounds.lowerMs) / 2;
    return this.#shift(bounds);
  }

  /** @param {Bounds} bounds */
  #shift(bounds) {
    bounds.upperMs -= this.#baseMs;
    bounds.lowerMs -= this.#baseMs;
    return bounds;
  }

  /** @param {Bounds} bounds @returns {Verdict} */
  #judge(bounds) {
    const strip = this.#strip(bounds.lowerAtMs);
    if (!strip) return this.#insert(bounds);
    const tolerance = TOLERANCE_MS + 2 * this.#resolutionMs;
    const widthMs = strip.minUpperMs - strip.maxLowerMs;
    const excessMs = bounds.delayMs - widthMs;
    const low = excessMs <= Math.max(LOW_EXCESS_MS, LOW_EXCESS_SHARE * widthMs);
    // Both strips hold the true offset, so that strips without a common point mean a step, whatever their delays.
    const disjoint = bounds.upperMs < strip.maxLowerMs - tolerance || bounds.lowerMs > strip.minUpperMs + tolerance;
    // The wedge (ntpd's huff-n'-puff): a queue of x moves the middle by at most x / 2.
    const asideMs = Math.abs((bounds.upperMs + bounds.lowerMs) / 2 - (strip.upperMs + strip.lowerMs) / 2);
    const known = this.#samples.length >= MIN_FOR_WEDGE;
    const suspect = known && excessMs >= -tolerance && asideMs > Math.max(excessMs, 0) / 2 + tolerance;
    if (disjoint || (suspect && low)) return this.#quarantineOrStep(bounds);
    if (suspect) return this.#refuse(bounds, "dropped");
    if (low) this.#quarantine = [];
    this.#insert(bounds);
    return known && excessMs < -tolerance ? "undercut" : "accepted";
  }

  /** @param {Bounds} bounds @returns {Verdict} */
  #quarantineOrStep(bounds) {
    this.#quarantine.push(bounds);
    if (this.#quarantine.length < STEP_AFTER) return this.#refuse(bounds, "quarantined");
    return this.#startAgain(this.#quarantine);
  }

  /** @param {Bounds} bounds @param {"dropped" | "quarantined"} verdict @returns {Verdict} */
  #refuse(bounds, verdict) {
    this.#refusedSinceMs ??= bounds.lowerAtMs;
    if (bounds.lowerAtMs - this.#refusedSinceMs < STARVED_MS) return verdict;
    return this.#startAgain([bounds]);
  }

  /** @param {Bounds[]} seeds @returns {Verdict} */
  #startAgain(seeds) {
    this.#flush();
    for (const seed of seeds) this.#insert(seed);
    return "stepped";
  }

  #flush() {
    this.#samples = [];
    this.#quarantine = [];
    this.#refusedSinceMs = null;
    this.#outdated = 0;
    this.#skew.restart();
  }

  /** @param {Bounds} bounds @returns {Verdict} */
  #insert(bounds) {
    this.#refusedSinceMs = null;
    this.#samples.push(bounds);
    const oldest = bounds.lowerAtMs - WINDOW_MS;
    this.#samples = this.#samples.filter((sample) => sample.lowerAtMs >= oldest).slice(-MAX_SAMPLES);
    this.#skew.add(bounds.upperMs, bounds.upperAtMs, bounds.lowerMs, bounds.lowerAtMs);
    return "accepted";
  }

  /** All bounds carried to one instant, widened by what the skew does not know. @param {number} atMs @returns {Strip | null} */
  #strip(atMs) {
    if (this.#samples.length === 0) return null;
    const { skew, error } = this.#skew.result;
    const ageing = 2 * error + WANDER_PPM * 1e-6;
    /** @type {number[]} */
    const uppers = new Array(BEST).fill(Infinity);
    /** @type {number[]} */
    const lowers = new Array(BEST).fill(-Infinity);
    let upperErrorMs = 0;
    let lowerErrorMs = 0;
    for (const sample of this.#samples) {
      const sinceUpper = atMs - sample.upperAtMs;
      const sinceLower = atMs - sample.lowerAtMs;
      const upper = sample.upperMs + skew * sinceUpper + ageing * Math.abs(sinceUpper);
      const lower = sample.lowerMs + skew * sinceLower - ageing * Math.abs(sinceLower);
      if (place(uppers, upper, (a, b) => a < b)) upperErrorMs = sample.errorMs;
      if (place(lowers, lower, (a, b) => a > b)) lowerErrorMs = sample.errorMs;
    }
    return {
      upperMs: meanOfFinite(uppers),
      lowerMs: meanOfFinite(lowers),
      minUpperMs: uppers[0] ?? 0,
      maxLowerMs: lowers[0] ?? 0,
      errorMs: Math.max(upperErrorMs, lowerErrorMs),
    };
  }
}

/**
 * Keeps the best BEST values, best first; true when the value became the very best.
 * @param {number[]} best @param {number} value @param {(a: number, b: number) => boolean} better
 */
function place(best, value, better) {
  const at = best.findIndex((held) => better(value, held));
  if (at < 0) return false;
  best.splice(at, 0, value);
  best.length = BEST;
  return at === 0;
}

/** @param {number[]} values */
function meanOfFinite(values) {
  const finite = values.filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}
