// @ts-check
/** The clock that everything else reads: the estimate, slewed so that time never runs backwards between announced steps. */

/** @import { Estimate, Estimator, Sample, Verdict } from "./estimator.js" */

/** Well inside the player's authority (0.5 %), so that a correction of the clock is followed by trims, never by seeks. */
const MAX_SLEW = 0.005;
/** A slew of more would take over 10 s. */
const STEP_MS = 50;
/** The estimate is taken anew at least this often, as its bound grows with age. */
const REFRESH_MS = 1000;
/** Smallest advance of a held clock: one microsecond, the resolution of the wire. */
const TICK_MS = 0.001;

/** @typedef {Estimate & {atMs: number}} Line  an estimate and the local instant it holds at */
/** @typedef {{stepMs: number, locked: boolean}} Change  stepMs is not 0 when the clock jumped */

export class MediaClock {
  #estimator;
  #now;
  /** @type {Line | null} */
  #line = null;
  #offsetMs = 0;
  #atLocalMs;
  #lastMs = -Infinity;
  #started = false;
  /** @type {Set<(change: Change) => void>} */
  #listeners = new Set();
  /** UTC minus media clock: shown clocks add it; it may step. */
  civilOffsetMs = 0;

  /** @param {{estimator: Estimator, now: () => number}} parts now() is the local monotonic clock, in milliseconds */
  constructor({ estimator, now }) {
    this.#estimator = estimator;
    this.#now = now;
    this.#atLocalMs = now();
  }

  /** Feeds one probe and tells the listeners. @param {Sample} sample @returns {Verdict} */
  addSample(sample) {
    const verdict = this.#estimator.add(sample);
    const localMs = this.#now();
    this.#refresh(localMs);
    this.#announce(this.#slew(localMs));
    return verdict;
  }

  /** Trusts no probe any longer (sleep). The clock runs on with its last offset, unlocked, until a new probe comes. */
  reset() {
    this.#estimator.reset();
    this.#line = null;
    this.#announce(0);
  }

  /** Media time in milliseconds: strictly increasing, except across a step that listeners are told of. */
  now() {
    const localMs = this.#now();
    if (this.#line && localMs - this.#line.atMs > REFRESH_MS) this.#refresh(localMs);
    const stepMs = this.#slew(localMs);
    const mediaMs = this.#atLocalMs + this.#offsetMs;
    const held = mediaMs <= this.#lastMs && this.#lastMs - mediaMs <= STEP_MS;
    this.#lastMs = held ? this.#lastMs + TICK_MS : mediaMs;
    if (Math.abs(stepMs) > STEP_MS) this.#announce(stepMs);
    return this.#lastMs;
  }

  /** What a shown clock shows: UTC. */
  civilNow() {
    return this.now() + this.civilOffsetMs;
  }

  /** The local instant at which now() will read mediaMs, for timers. @param {number} mediaMs */
  toLocal(mediaMs) {
    const skew = (this.#line?.skewPpm ?? 0) * 1e-6;
    return this.#atLocalMs + (mediaMs - this.#atLocalMs - this.#offsetMs) / (1 + skew);
  }

  /** How wrong now() may be, infinite before the first probe. */
  get boundMs() {
    return this.#line ? this.#line.boundMs + Math.abs(this.#target(this.#atLocalMs) - this.#offsetMs) : Infinity;
  }

  get locked() {
    return this.#line?.locked ?? false;
  }

  get offsetMs() {
    return this.#offsetMs;
  }

  /** The shortest round trip of the last two minutes. */
  get rttMs() {
    return this.#line?.delayMs ?? null;
  }

  /** Of the probes that the estimate rests on; null before the first. */
  get generation() {
    return this.#line?.generation ?? null;
  }

  get skewPpm() {
    return this.#line?.skewPpm ?? 0;
  }

  /** @param {(change: Change) => void} listener called after every probe, reset and step @returns {() => void} unsubscribe */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param {number} localMs */
  #refresh(localMs) {
    const estimate = this.#estimator.estimate(localMs);
    this.#line = estimate && { ...estimate, atMs: localMs };
  }

  /** Moves the offset towards the estimate; returns the size of a step, if one was needed. @param {number} localMs */
  #slew(localMs) {
    const passedMs = Math.max(localMs - this.#atLocalMs, 0);
    this.#atLocalMs = localMs;
    if (!this.#line) return 0;
    this.#offsetMs += this.#line.skewPpm * 1e-6 * passedMs;
    const errorMs = this.#target(localMs) - this.#offsetMs;
    const free = !this.#started || !this.#line.locked || Math.abs(errorMs) > STEP_MS;
    const limitMs = free ? Infinity : MAX_SLEW * passedMs;
    this.#offsetMs += Math.min(limitMs, Math.max(-limitMs, errorMs));
    this.#started = true;
    return free ? errorMs : 0;
  }

  /** @param {number} localMs */
  #target(localMs) {
    if (!this.#line) return this.#offsetMs;
    return this.#line.offsetMs + this.#line.skewPpm * 1e-6 * (localMs - this.#line.atMs);
  }

  /** @param {number} stepMs */
  #announce(stepMs) {
    for (const listener of [...this.#listeners]) listener({ stepMs, locked: this.locked });
  }
}
