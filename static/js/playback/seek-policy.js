// @ts-check
/** When a moving player seeks, where it aims, and when it stops trying. */

import { Latency } from "./latency.js";

/** Beyond this a seek disturbs less than over four seconds of 8 %. */
const EARLY_SEEK_S = 0.33;
/** Once a seek of this player has landed well, it is the smoother way already here: trims would need over 3 s. */
const PRACTISED_SEEK_S = 0.3;
const LANDED_WELL_S = 0.05;
/** Where trims are unwanted, refused or stutter, seeks have to do. */
const SEEKS_ONLY_S = 0.25;
/** And where there are no trims at all, what stays this far off for so long stands ahead once, which lands exactly. */
const STAYED_OFF_S = 0.06;
const STAYED_OFF_MS = 5000;
const STAND_REST_MS = 10_000;
const STAND_MOST_REST_MS = 120_000;
/** A live film is loaded only a little ahead, and its timeline is coarse. */
const LIVE_S = 2;
/** A seek that leaves more than this did not help. */
const MISSED_S = 0.25;
const FIRST_BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 30_000;
/** Safari: one seek in this time. */
const SEEKS_ONLY_REST_MS = 10_000;

/**
 * driftS: of the film. velocity: the room's rate. trims: whether the rate can be trimmed. live: whether the film is a live one.
 * @typedef {{driftS: number, velocity: number, localMs: number, trims: boolean, live?: boolean}} Drifted
 */

export class SeekPolicy {
  /** Film that a seek of a moving player costs; measured 83–149 ms with sound, 48–96 ms muted. */
  #latency = new Latency(0.1, { mostS: 1.5 });
  #alwaysBeyondS;
  /** An engine that stutters at every trim. */
  #stutters;
  #landedWell = false;
  #misses = 0;
  #notBeforeMs = -Infinity;
  /** @type {number | null} */
  #offSinceMs = null;
  #standRestMs = STAND_REST_MS;
  #lastStandMs = -Infinity;

  /** @param {{alwaysBeyondS: number, stutters: boolean}} options */
  constructor({ alwaysBeyondS, stutters }) {
    this.#alwaysBeyondS = alwaysBeyondS;
    this.#stutters = stutters;
  }

  get latencyS() {
    return this.#latency.seconds;
  }

  /** seek: while it moves. stand: stop ahead of the playhead and let it come by. @param {Drifted} now @returns {"seek" | "stand" | null} */
  wants({ driftS, velocity, localMs, trims, live = false }) {
    // Trims are as quick as the film, and seeks cost time of the wall: at four times the speed two seconds are half a second.
    const sizeS = Math.abs(driftS) / Math.max(velocity, 1);
    if (live) return sizeS > Math.max(LIVE_S, this.#alwaysBeyondS) && localMs >= this.#notBeforeMs ? "seek" : null;
    const often = sizeS > this.#earlyS(trims) && localMs >= this.#notBeforeMs;
    if (sizeS > this.#alwaysBeyondS || often) return "seek";
    return !trims && this.#stayedOff(sizeS, localMs) ? "stand" : null;
  }

  /** A seek was ordered. @param {boolean} trims @param {number} localMs */
  began(trims, localMs) {
    this.#offSinceMs = null;
    if (this.#stutters || !trims) this.#notBeforeMs = localMs + SEEKS_ONLY_REST_MS;
  }

  /**
   * What a seek left over, in seconds of the wall: positive when it took longer than allowed for.
   * @param {number} residualS @param {number} localMs
   */
  ended(residualS, localMs) {
    this.#latency.learn(residualS);
    this.#landedWell = Math.abs(residualS) < LANDED_WELL_S;
    this.#misses = Math.abs(residualS) > MISSED_S ? this.#misses + 1 : 0;
    if (this.#misses < 2) return;
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** (this.#misses - 2), MAX_BACKOFF_MS);
    this.#notBeforeMs = Math.max(this.#notBeforeMs, localMs + backoffMs);
  }

  /** @param {boolean} trims */
  #earlyS(trims) {
    if (this.#stutters || !trims) return SEEKS_ONLY_S;
    return this.#landedWell ? PRACTISED_SEEK_S : EARLY_SEEK_S;
  }

  /** Each stand that is soon followed by the next one has not helped: the pause between them doubles. @param {number} sizeS @param {number} localMs */
  #stayedOff(sizeS, localMs) {
    if (sizeS < STAYED_OFF_S) {
      this.#offSinceMs = null;
      return false;
    }
    this.#offSinceMs ??= localMs;
    const restedMs = localMs - this.#lastStandMs;
    if (localMs - this.#offSinceMs < STAYED_OFF_MS || restedMs < this.#standRestMs) return false;
    this.#standRestMs = restedMs < 2 * this.#standRestMs ? Math.min(2 * this.#standRestMs, STAND_MOST_REST_MS) : STAND_REST_MS;
    this.#lastStandMs = localMs;
    this.#offSinceMs = null;
    return true;
  }
}
