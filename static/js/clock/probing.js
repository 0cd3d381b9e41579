// @ts-check
/** The part of a clock that lives where the socket lives: probes, and the watch for sleep. */

import { Prober } from "./prober.js";
import { SleepWatch } from "./sleep-watch.js";

/** @import { Sample } from "./estimator.js" */
/** @import { BurstReason, Response } from "./prober.js" */

/**
 * @typedef {object} ProbingParts
 * @property {(message: {type: "time:sync", clientTimestamp: number}) => unknown} send
 * @property {() => number} now the local monotonic clock, in milliseconds
 * @property {() => number} wallNow Date.now
 * @property {(callback: () => void, delayMs: number) => number} setTimeout
 * @property {(timer: number) => void} clearTimeout
 * @property {(sample: Sample) => void} onSample
 * @property {() => void} onSleep the machine slept: no old sample is valid
 */

export class Probing {
  #prober;
  #sleepWatch;

  /** @param {ProbingParts} parts */
  constructor({ send, now, wallNow, setTimeout, clearTimeout, onSample, onSleep }) {
    this.#prober = new Prober({ send, now, setTimeout, clearTimeout, onSample });
    this.#sleepWatch = new SleepWatch({
      now,
      wallNow,
      setTimeout,
      clearTimeout,
      onSleep: () => {
        onSleep();
        this.#prober.burst("sleep");
      },
      onLate: () => this.#prober.burst("visible"),
    });
  }

  /** The socket is open (first or again). */
  start() {
    this.#prober.start();
    this.#sleepWatch.start();
  }

  /** The socket is closed. */
  stop() {
    this.#prober.stop();
    this.#sleepWatch.stop();
  }

  /** Looks again at once; ignored while stopped. @param {BurstReason} reason */
  burst(reason) {
    this.#prober.burst(reason);
  }

  /** A `time:sync:response`. @param {Response} response @param {number} t4Ms local instant of its arrival */
  onResponse(response, t4Ms) {
    this.#prober.onResponse(response, t4Ms);
  }
}
