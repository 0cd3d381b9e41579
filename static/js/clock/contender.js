// @ts-check
/** One estimator in the laboratory: it probes on its own schedule over a path of its own, and its error is written down. */

import { startProbing } from "./simulated-prober.js";
import { probe } from "./simulated.js";

/** @import { Sample } from "./estimator.js" */
/** @import { EstimatorEntry } from "./rivals/index.js" */
/** @import { SimulatedClock, SimulatedPath } from "./simulated.js" */
/** @import { SimulatedMachine } from "./simulated-machine.js" */

/** What is drawn: the last two simulated minutes. */
const HISTORY_MS = 120_000;
const MINUTE_MS = 60_000;
const P95 = 0.95;

/** errorMs: corrected minus true time; boundMs is NaN where none is stated. @typedef {{errorMs: number, boundMs: number}} Fix */
/** @typedef {Fix & {atMs: number}} Point */

export class Contender {
  /** @readonly */
  entry;
  /** Oldest first. @type {Point[]} */
  points = [];
  /** True instants of the probes of the last minute. @type {number[]} */
  #sentMs = [];
  #estimator;
  #parts;

  /**
   * @param {object} parts
   * @param {EstimatorEntry} parts.entry
   * @param {SimulatedMachine} parts.machine
   * @param {SimulatedClock} parts.clock as this estimator reads it
   * @param {SimulatedPath} parts.up
   * @param {SimulatedPath} parts.down
   * @param {number} parts.baseMs media clock − the machine's true time
   */
  constructor(parts) {
    this.#parts = parts;
    this.entry = parts.entry;
    this.#estimator = parts.entry.create({ resolutionMs: parts.entry.clockTickMs });
    startProbing({
      entry: parts.entry,
      estimator: this.#estimator,
      machine: parts.machine,
      readMs: () => this.#parts.clock.read(parts.machine.nowMs),
      ask: (answer) => this.#ask(answer),
    });
  }

  /** The clock is another from now on (it drifts differently, say). @param {SimulatedClock} clock */
  set clock(clock) {
    this.#parts.clock = clock;
  }

  get probesInLastMinute() {
    const sinceMs = this.#parts.machine.nowMs - MINUTE_MS;
    return this.#sentMs.filter((atMs) => atMs > sinceMs).length;
  }

  /** How wrong the corrected clock is now, and says it may be. @returns {Fix | null} null before the first estimate */
  fix() {
    const { machine, clock, baseMs } = this.#parts;
    const localMs = clock.exact(machine.nowMs);
    const estimate = this.#estimator.estimate(localMs);
    return estimate && { errorMs: localMs + estimate.offsetMs - (baseMs + machine.nowMs), boundMs: estimate.boundMs };
  }

  /** Writes down where it stands. */
  note() {
    const { nowMs } = this.#parts.machine;
    const fix = this.fix();
    if (fix) this.points.push({ atMs: nowMs, ...fix });
    while (this.points[0] && this.points[0].atMs < nowMs - HISTORY_MS) this.points.shift();
  }

  /** The last minute: how wrong in the worst twentieth, and how often the stated bound held (null: none is stated). */
  lastMinute() {
    const sinceMs = this.#parts.machine.nowMs - MINUTE_MS;
    const recent = this.points.filter(({ atMs }) => atMs > sinceMs);
    const sizes = recent.map(({ errorMs }) => Math.abs(errorMs)).sort((a, b) => a - b);
    const stated = recent.filter(({ boundMs }) => Number.isFinite(boundMs));
    const held = stated.filter(({ errorMs, boundMs }) => Math.abs(errorMs) <= boundMs);
    return {
      p95Ms: sizes[Math.ceil(P95 * sizes.length) - 1] ?? null,
      heldShare: stated.length > 0 ? held.length / stated.length : null,
    };
  }

  /** The greatest error of late, so that one lucky moment counts for nothing; null before the first estimate. @param {number} withinMs */
  worstMs(withinMs) {
    const sinceMs = this.#parts.machine.nowMs - withinMs;
    const sizes = [this.fix(), ...this.points.filter(({ atMs }) => atMs > sinceMs)].map((point) => Math.abs(point?.errorMs ?? NaN));
    return sizes.includes(NaN) ? null : Math.max(...sizes);
  }

  /** @param {(sample: Sample) => void} answer */
  #ask(answer) {
    const { machine, up, down, baseMs } = this.#parts;
    this.#sentMs.push(machine.nowMs);
    while ((this.#sentMs[0] ?? Infinity) < machine.nowMs - MINUTE_MS) this.#sentMs.shift();
    const exchange = probe({ clock: this.#parts.clock, up, down, atMs: machine.nowMs, baseMs });
    if (!exchange) return;
    // T4 is read when the machine finds the answer, which a sleeping one does late.
    machine.arrive(exchange.arrivesMs, () => answer({ ...exchange.sample, t4Ms: this.#parts.clock.read(machine.nowMs) }));
  }
}
