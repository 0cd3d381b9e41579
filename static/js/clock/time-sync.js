// @ts-check
/** One connection's clock, wired: prober → estimator → media clock, with bursts on suspicion, sleep, return and a new generation. */

import { Estimator } from "./estimator.js";
import { MediaClock } from "./media-clock.js";
import { Prober } from "./prober.js";
import { SleepWatch } from "./sleep-watch.js";

/** @import { Sample } from "./estimator.js" */
/** @import { Response } from "./prober.js" */

/**
 * @typedef {object} TimeSyncParts
 * @property {(message: {type: "time:sync", clientTimestamp: number}) => unknown} send
 * @property {() => number} now the local monotonic clock, in milliseconds
 * @property {() => number} wallNow Date.now
 * @property {(callback: () => void, delayMs: number) => number} setTimeout
 * @property {(timer: number) => void} clearTimeout
 * @property {number} [resolutionMs] resolution of now()
 */

export class TimeSync {
  #prober;
  #sleepWatch;
  #clock;

  /** @param {TimeSyncParts} parts */
  constructor({ send, now, wallNow, setTimeout, clearTimeout, resolutionMs }) {
    this.#clock = new MediaClock({ estimator: new Estimator(resolutionMs === undefined ? {} : { resolutionMs }), now });
    this.#prober = new Prober({ send, now, setTimeout, clearTimeout, onSample: (sample) => this.#take(sample) });
    this.#sleepWatch = new SleepWatch({
      now,
      wallNow,
      setTimeout,
      clearTimeout,
      onSleep: () => this.#wake(),
      onLate: () => this.#prober.burst("visible"),
    });
  }

  get clock() {
    return this.#clock;
  }

  /** The socket is open (first or again). */
  start() {
    this.#prober.start();
    this.#sleepWatch.start();
  }

  /** The socket is closed; the clock runs on. */
  stop() {
    this.#prober.stop();
    this.#sleepWatch.stop();
  }

  /** The page is visible again. */
  becameVisible() {
    this.#prober.burst("visible");
  }

  /** A `time:sync:response`. @param {Response} response @param {number} t4Ms local instant of its arrival */
  onResponse(response, t4Ms) {
    this.#prober.onResponse(response, t4Ms);
  }

  /** A `server:time`. @param {{civilOffsetMs: number}} message */
  onServerTime({ civilOffsetMs }) {
    this.#clock.civilOffsetMs = civilOffsetMs;
  }

  /** @param {Sample} sample */
  #take(sample) {
    const verdict = this.#clock.addSample(sample);
    if (verdict === "quarantined") this.#prober.burst("suspicion");
    if (verdict === "stepped" || verdict === "renewed") this.#prober.burst("renewed");
  }

  #wake() {
    this.#clock.reset();
    this.#prober.burst("sleep");
  }
}
