// @ts-check
/** A wrong clock and a path with queues whose truth is known: for the tests, the benchmark and the teaching page. */

/** @import { Sample } from "./estimator.js" */

/** Temperature bends an oscillator over minutes: three swings that share no common period. */
const WANDER_PERIODS_MS = Object.freeze([190_000, 430_000, 970_000]);
/** A queue is a saw-tooth: the sender backs off, and the queue fills again, every three seconds or so; no schedule of probes beats in time with it. */
const BLOAT_TOOTH_MS = 3170;
/** Where a tooth begins, as a share of its height: a standing queue never drains entirely. */
const BLOAT_LEAST = 0.3;

/**
 * Seeded randomness (Tommy Ettinger's Mulberry32), so that every run can be repeated.
 * @param {number} seed
 * @returns {() => number} uniform in [0, 1)
 */
export function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @typedef {object} ClockFaults  what an estimator should find out, in its own words
 * @property {number} [offsetMs] true time − this clock, at true time 0: negative when the clock is ahead
 * @property {number} [skewPpm] how much faster true time runs than this clock: negative when the clock runs fast
 * @property {number} [resolutionMs] readings are floored to it, as browsers do; 0 reads exactly
 * @property {number} [wanderPpm] root mean square by which the skew swings around skewPpm over minutes
 * @property {() => number} [random] phases of that swinging
 */

export class SimulatedClock {
  #skew;
  #resolutionMs;
  #offsetMs;
  /** @type {{amplitude: number, periodMs: number, phase: number}[]} */
  #swings;
  /** @type {{fromMs: number, forMs: number}[]} */
  #sleeps = [];
  /** @type {{fromMs: number, byMs: number}[]} */
  #steps = [];

  /** @param {ClockFaults} faults */
  constructor({ offsetMs = 0, skewPpm = 0, resolutionMs = 0.1, wanderPpm = 0, random = () => 0 }) {
    this.#offsetMs = offsetMs;
    this.#skew = skewPpm * 1e-6;
    this.#resolutionMs = resolutionMs;
    const amplitude = wanderPpm * 1e-6 * Math.sqrt(2 / WANDER_PERIODS_MS.length);
    this.#swings = WANDER_PERIODS_MS.map((periodMs) => ({ amplitude, periodMs, phase: 2 * Math.PI * random() }));
  }

  /** What the clock would show at an instant of true time if it had no ticks. @param {number} trueMs */
  exact(trueMs) {
    return trueMs - this.#offsetMs - this.#lagMs(trueMs) - this.#sleptMs(trueMs) + this.#steppedMs(trueMs);
  }

  /** What a program reads at an instant of true time. @param {number} trueMs */
  read(trueMs) {
    const exactMs = this.exact(trueMs);
    return this.#resolutionMs > 0 ? Math.floor(exactMs / this.#resolutionMs) * this.#resolutionMs : exactMs;
  }

  /** Somebody sets the clock forward (or, negative, back). @param {number} ms @param {number} [fromMs] true time; without it every later reading is changed */
  step(ms, fromMs = -Infinity) {
    this.#steps.push({ fromMs, byMs: ms });
  }

  /** The machine sleeps: the clock stands still, as performance.now() does on most systems. @param {number} fromMs true time @param {number} forMs */
  sleep(fromMs, forMs) {
    this.#sleeps.push({ fromMs, forMs });
  }

  /** @param {number} trueMs */
  #sleptMs(trueMs) {
    return this.#sleeps.reduce((sum, { fromMs, forMs }) => sum + Math.min(Math.max(trueMs - fromMs, 0), forMs), 0);
  }

  /** @param {number} trueMs */
  #steppedMs(trueMs) {
    return this.#steps.reduce((sum, { fromMs, byMs }) => sum + (trueMs >= fromMs ? byMs : 0), 0);
  }

  /** What skew and wander have cost since true time 0: the integral of the rate. @param {number} trueMs */
  #lagMs(trueMs) {
    let lagMs = this.#skew * trueMs;
    for (const { amplitude, periodMs, phase } of this.#swings) {
      const turns = (2 * Math.PI) / periodMs;
      lagMs += (amplitude / turns) * (Math.sin(turns * trueMs + phase) - Math.sin(phase));
    }
    return lagMs;
  }
}

/**
 * One direction of a path. Every number may be changed while messages are under way; the next message meets the new one.
 * @typedef {object} PathTraits
 * @property {number} delayMs propagation: no message is faster
 * @property {number} jitterMs mean of the exponential queueing noise of every message
 * @property {number} spikeShare share of messages that are delayed further (retransmission over radio)
 * @property {number} spikeMs such a delay is uniform up to this
 * @property {number} lossShare share of messages that never arrive
 * @property {number} bloatMs most that a standing queue adds while it stands; 0: there is none
 * @property {number} bloatEveryMs periods of this length end with such a queue; infinite: it stands for ever
 * @property {number} bloatForMs it stands so long at the end of each
 * @property {number} stallMs mean length of times in which nothing passes (a busy page or server, a lost TCP segment); 0: there are none
 * @property {number} stallEveryMs mean time between two of them
 * @property {boolean} ordered first in, first out, as on TCP; false: messages may overtake one another
 */

/** @type {Readonly<PathTraits>} */
const PERFECT = Object.freeze({
  delayMs: 0,
  jitterMs: 0,
  spikeShare: 0,
  spikeMs: 0,
  lossShare: 0,
  bloatMs: 0,
  bloatEveryMs: Infinity,
  bloatForMs: Infinity,
  stallMs: 0,
  stallEveryMs: Infinity,
  ordered: true,
});

export class SimulatedPath {
  #random;
  #lastArrivalMs = -Infinity;
  #stallFromMs = -Infinity;
  #stallUntilMs = -Infinity;
  /** @type {PathTraits} */
  traits;

  /** @param {Partial<PathTraits>} traits what is not named is perfect @param {() => number} random */
  constructor(traits, random) {
    this.traits = { ...PERFECT, ...traits };
    this.#random = random;
  }

  /**
   * Carries one message; messages must be handed over in the order of their sending.
   * @param {number} sentMs true time
   * @returns {number | null} true time of its arrival; null when it was lost
   */
  carry(sentMs) {
    const { delayMs, lossShare, ordered } = this.traits;
    const lost = this.#random() < lossShare;
    const readyMs = sentMs + delayMs + this.#queueMs() + this.#spikeMs() + this.#bloatMs(sentMs);
    const arrivesMs = this.#afterStall(readyMs);
    if (lost) return null;
    if (!ordered) return arrivesMs;
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, arrivesMs);
    return this.#lastArrivalMs;
  }

  #queueMs() {
    return exponential(this.traits.jitterMs, this.#random);
  }

  #spikeMs() {
    const hit = this.#random() < this.traits.spikeShare;
    return hit ? this.#random() * this.traits.spikeMs : 0;
  }

  /** @param {number} atMs */
  #bloatMs(atMs) {
    const { bloatMs, bloatEveryMs, bloatForMs } = this.traits;
    const drained = Number.isFinite(bloatEveryMs) && atMs % bloatEveryMs < bloatEveryMs - bloatForMs;
    if (bloatMs === 0 || drained) return 0;
    const tooth = (atMs % BLOAT_TOOTH_MS) / BLOAT_TOOTH_MS;
    return bloatMs * (BLOAT_LEAST + (1 - BLOAT_LEAST) * tooth);
  }

  /** Stalls come as they come; what is ready in one waits for its end. @param {number} readyMs */
  #afterStall(readyMs) {
    const { stallMs, stallEveryMs } = this.traits;
    if (stallMs === 0) return readyMs;
    if (this.#stallUntilMs === -Infinity) this.#stallUntilMs = this.#stallFromMs = readyMs;
    while (this.#stallUntilMs < readyMs) {
      this.#stallFromMs = this.#stallUntilMs + exponential(stallEveryMs, this.#random);
      this.#stallUntilMs = this.#stallFromMs + exponential(stallMs, this.#random);
    }
    return readyMs >= this.#stallFromMs ? this.#stallUntilMs : readyMs;
  }
}

/**
 * @typedef {object} Exchange
 * @property {SimulatedClock} clock of the viewer
 * @property {SimulatedPath} up
 * @property {SimulatedPath} down
 * @property {number} atMs true time of sending
 * @property {number} [serverMs] between reception and answer
 * @property {number} [baseMs] media clock − true time
 * @property {number} [generation] of the media clock
 * @property {number} [errorMs] what the server says of its own clock
 */
/**
 * A sample, and the four instants of true time behind it.
 * @typedef {{sample: Sample, sentMs: number, receivedMs: number, answeredMs: number, arrivesMs: number}} Probe
 */

/**
 * One exchange of NTP's four instants (RFC 5905 §8) over simulated paths.
 * @param {Exchange} exchange
 * @returns {Probe | null} null when the question or the answer was lost
 */
export function probe({ clock, up, down, atMs, serverMs = 0.05, baseMs = 0, generation = 1, errorMs = 0 }) {
  const receivedMs = up.carry(atMs);
  if (receivedMs === null) return null;
  const answeredMs = receivedMs + serverMs;
  const arrivesMs = down.carry(answeredMs);
  if (arrivesMs === null) return null;
  const sample = {
    t1Ms: clock.read(atMs),
    t2Ms: baseMs + receivedMs,
    t3Ms: baseMs + answeredMs,
    t4Ms: clock.read(arrivesMs),
    generation,
    errorMs,
  };
  return { sample, sentMs: atMs, receivedMs, answeredMs, arrivesMs };
}

/** @param {number} meanMs @param {() => number} random */
function exponential(meanMs, random) {
  return -Math.log(1 - random()) * meanMs;
}
