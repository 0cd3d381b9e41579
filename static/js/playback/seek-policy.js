// @ts-check
/** When a moving player seeks, where it aims, and when it stops trying. */

import { Latency } from "./latency.js";

/** Beyond this a seek disturbs less than seconds of 8 %. */
const EARLY_SEEK_S = 0.5;
/** Once a seek of this player has landed well, it is the smoother way already here: trims would need over 3 s. */
const PRACTISED_SEEK_S = 0.3;
const LANDED_WELL_S = 0.05;
/** Where trims are unwanted or stutter, seeks have to do. */
const SEEKS_ONLY_S = 0.25;
/** A seek that leaves more than this did not help. */
const MISSED_S = 0.25;
const FIRST_BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 30_000;
/** Safari: one seek in this time. */
const SEEKS_ONLY_REST_MS = 10_000;

export class SeekPolicy {
  /** Film that a seek of a moving player costs; measured 83–149 ms with sound, 48–96 ms muted. */
  #latency = new Latency(0.1, { mostS: 1.5 });
  #alwaysBeyondS;
  #earlyS;
  #restMs;
  #misses = 0;
  #notBeforeMs = -Infinity;

  /** @param {{alwaysBeyondS: number, seeksOnly: boolean}} options */
  constructor({ alwaysBeyondS, seeksOnly }) {
    this.#alwaysBeyondS = alwaysBeyondS;
    this.#earlyS = seeksOnly ? SEEKS_ONLY_S : EARLY_SEEK_S;
    this.#restMs = seeksOnly ? SEEKS_ONLY_REST_MS : 0;
  }

  get latencyS() {
    return this.#latency.seconds;
  }

  /** @param {number} driftS its size @param {number} localMs */
  wants(driftS, localMs) {
    return driftS > this.#alwaysBeyondS || (driftS > this.#earlyS && localMs >= this.#notBeforeMs);
  }

  /** @param {number} localMs */
  began(localMs) {
    this.#notBeforeMs = localMs + this.#restMs;
  }

  /**
   * What a seek left over, in seconds of the wall: positive when it took longer than allowed for.
   * @param {number} residualS @param {number} localMs
   */
  ended(residualS, localMs) {
    this.#latency.learn(residualS);
    if (this.#earlyS > SEEKS_ONLY_S) this.#earlyS = Math.abs(residualS) < LANDED_WELL_S ? PRACTISED_SEEK_S : EARLY_SEEK_S;
    this.#misses = Math.abs(residualS) > MISSED_S ? this.#misses + 1 : 0;
    if (this.#misses < 2) return;
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** (this.#misses - 2), MAX_BACKOFF_MS);
    this.#notBeforeMs = Math.max(this.#notBeforeMs, localMs + backoffMs);
  }
}
