// @ts-check
/** A simulated session with a wrong clock: every estimator side by side on the same network, stepped by simulated time. */

import { Contender } from "./contender.js";
import { ESTIMATORS } from "./rivals/index.js";
import { SimulatedMachine } from "./simulated-machine.js";
import { mulberry32, SimulatedClock, SimulatedPath } from "./simulated.js";

/** @import { Experiment } from "./experiment.js" */
/** @import { EstimatorEntry } from "./rivals/index.js" */
/** @import { PathTraits } from "./simulated.js" */

/** How often errors are written down: two points a second are a line. */
const NOTE_MS = 500;
/** The same noise each time, so that an experiment can be repeated and shared. */
const SEED = 20_261_126;
/** Root mean square by which the drift of a crystal swings over minutes. */
const WANDER_PPM = 1;
/** A third of a megabyte in front of 10 Mbit/s, half of every minute. */
const UPLOAD = Object.freeze({ bloatMs: 200, bloatEveryMs: 60_000, bloatForMs: 30_000 });
const REMEMBERED_MISHAPS = 20;
/** worstMs looks back so far. */
const OF_LATE_MS = 10_000;

/** Something that made what was known before wrong; byMs: of the device's clock. @typedef {{kind: "set" | "step" | "sleep", atMs: number, byMs: number}} Mishap */

/**
 * What can be seen from outside at one instant.
 * @typedef {object} View
 * @property {number} elapsedMs simulated time since the start
 * @property {number} serverMs true time
 * @property {number} deviceMs
 * @property {number} deviceErrorMs positive: fast
 * @property {number} asleepForMs 0 while awake
 * @property {{ms: number, errorMs: number, boundMs: number, worstMs: number} | null} corrected by our estimator; null before its first estimate
 * @property {Mishap | null} mishap the last one
 * @property {number} lossPct
 */

export class Laboratory {
  #machine = new SimulatedMachine();
  /** @type {number} */
  #startMs;
  #experiment;
  #paths;
  /** The device's clock as it is, and as every estimator reads it. @type {SimulatedClock[]} */
  #clocks;
  #nextNoteMs = NOTE_MS;
  /** Newest last. @type {Mishap[]} */
  mishaps = [];
  /** @type {readonly Contender[]} */
  contenders;

  /** @param {{experiment: Experiment, startMs: number, entries?: readonly EstimatorEntry[]}} parts startMs: true time at the start */
  constructor({ experiment, startMs, entries = ESTIMATORS }) {
    this.#startMs = startMs;
    this.#experiment = { ...experiment };
    const ticksMs = [0, ...entries.map(({ clockTickMs }) => clockTickMs)];
    this.#clocks = ticksMs.map((resolutionMs) => driftingClock(experiment.driftPpm, resolutionMs));
    this.#setClock(experiment.wrongMs);
    this.#paths = entries.map((_, i) => pathsOf(experiment, mulberry32(SEED + i)));
    this.contenders = entries.map(
      (entry, i) => new Contender({ entry, machine: this.#machine, clock: this.#clock(i + 1), baseMs: startMs, .../** @type {Paths} */ (this.#paths[i]) }),
    );
  }

  /** What is experimented with at present. @returns {Readonly<Experiment>} */
  get experiment() {
    return this.#experiment;
  }

  /** Lets simulated time pass. @param {number} byMs */
  advance(byMs) {
    const untilMs = this.#machine.nowMs + byMs;
    for (; this.#nextNoteMs <= untilMs; this.#nextNoteMs += NOTE_MS) {
      this.#machine.runUntil(this.#nextNoteMs);
      if (this.#machine.asleepForMs === 0) for (const contender of this.contenders) contender.note();
    }
    this.#machine.runUntil(untilMs);
  }

  /** Changes the experiment while it runs. @param {Partial<Experiment>} change */
  change(change) {
    const { wrongMs, driftPpm } = change;
    this.#experiment = { ...this.#experiment, ...change };
    if (driftPpm !== undefined) this.#setDrift(driftPpm);
    if (wrongMs !== undefined) this.#remember("set", this.#setClock(wrongMs));
    for (const { up, down } of this.#paths) setTraits(up, down, this.#experiment);
  }

  /** Somebody moves the device's clock. @param {number} byMs */
  step(byMs) {
    for (const clock of this.#clocks) clock.step(byMs, this.#machine.nowMs);
    this.#remember("step", byMs);
  }

  /** The device sleeps and its clock stands still. @param {number} forMs */
  sleep(forMs) {
    if (this.#machine.asleepForMs > 0) return;
    for (const clock of this.#clocks) clock.sleep(this.#machine.nowMs, forMs);
    this.#machine.sleep(forMs);
    this.#remember("sleep", -forMs);
  }

  /** @returns {View} */
  view() {
    const { nowMs, asleepForMs } = this.#machine;
    const deviceMs = this.#clock(0).exact(nowMs);
    const serverMs = this.#startMs + nowMs;
    const ours = this.contenders[0];
    const fix = ours?.fix() ?? null;
    return {
      elapsedMs: nowMs,
      serverMs,
      deviceMs,
      deviceErrorMs: deviceMs - serverMs,
      asleepForMs,
      corrected: fix && { ms: serverMs + fix.errorMs, ...fix, worstMs: ours?.worstMs(OF_LATE_MS) ?? Math.abs(fix.errorMs) },
      mishap: this.mishaps.at(-1) ?? null,
      lossPct: this.#experiment.lossPct,
    };
  }

  /** @param {number} i */
  #clock(i) {
    return /** @type {SimulatedClock} */ (this.#clocks[i]);
  }

  /** Sets the device's clock to be wrong by so much now; returns by how much it moved. @param {number} wrongMs */
  #setClock(wrongMs) {
    const { nowMs } = this.#machine;
    /** @type {number} */
    const byMs = this.#startMs + nowMs + wrongMs - this.#clock(0).exact(nowMs);
    for (const clock of this.#clocks) clock.step(byMs, nowMs);
    return byMs;
  }

  /** Another rate from now on, without a jump. @param {number} driftPpm */
  #setDrift(driftPpm) {
    const { nowMs, asleepForMs } = this.#machine;
    const shownMs = this.#clock(0).exact(nowMs);
    const ticksMs = [0, ...this.contenders.map(({ entry }) => entry.clockTickMs)];
    this.#clocks = ticksMs.map((resolutionMs) => {
      const clock = driftingClock(driftPpm, resolutionMs);
      clock.step(shownMs - clock.exact(nowMs), nowMs);
      if (asleepForMs > 0) clock.sleep(nowMs, asleepForMs);
      return clock;
    });
    this.contenders.forEach((contender, i) => (contender.clock = this.#clock(i + 1)));
  }

  /** @param {Mishap["kind"]} kind @param {number} byMs */
  #remember(kind, byMs) {
    this.mishaps = [...this.mishaps, { kind, atMs: this.#machine.nowMs, byMs }].slice(-REMEMBERED_MISHAPS);
  }
}

/** Runs fast by so much; in the words of the simulation true time then has a negative skew against it. @param {number} driftPpm @param {number} resolutionMs */
function driftingClock(driftPpm, resolutionMs) {
  return new SimulatedClock({ skewPpm: -driftPpm, resolutionMs, wanderPpm: WANDER_PPM, random: mulberry32(SEED) });
}

/** @typedef {{up: SimulatedPath, down: SimulatedPath}} Paths */

/** @param {Experiment} experiment @param {() => number} random @returns {Paths} */
function pathsOf(experiment, random) {
  const up = new SimulatedPath({}, random);
  const down = new SimulatedPath({}, random);
  setTraits(up, down, experiment);
  return { up, down };
}

/** @param {SimulatedPath} up @param {SimulatedPath} down @param {Experiment} experiment */
function setTraits(up, down, { delayMs, jitterMs, therePct, lossPct, upload }) {
  const there = therePct / 100;
  // An exchange is lost with either of its two messages.
  const lossShare = 1 - Math.sqrt(1 - lossPct / 100);
  /** @type {Partial<PathTraits>} */
  const both = { jitterMs, lossShare };
  Object.assign(up.traits, both, { bloatMs: 0 }, { delayMs: delayMs * there }, upload ? UPLOAD : {});
  Object.assign(down.traits, both, { delayMs: delayMs * (1 - there) });
}
