// @ts-check
/** Latest wins: passes values on at most once per interval and never loses the last one. */

import { Timer } from "./timer.js";

/** @import { Timers } from "./timer.js" */

/** @template T */
export class Throttle {
  #intervalMs;
  #pass;
  #now;
  #trailing;
  #nextAtMs = -Infinity;
  /** @type {{value: T} | null} */
  #waiting = null;

  /**
   * @param {Timers & {
   *   intervalMs: number,
   *   now: () => number,
   *   pass: (value: T) => void,
   * }} options
   */
  constructor({ intervalMs, now, pass, ...timers }) {
    this.#intervalMs = intervalMs;
    this.#now = now;
    this.#pass = pass;
    this.#trailing = new Timer(timers, () => this.#flush());
  }

  /** @param {T} value */
  offer(value) {
    this.#waiting = { value };
    const waitMs = this.#nextAtMs - this.#now();
    if (waitMs <= 0) this.#flush();
    else if (!this.#trailing.running) this.#trailing.start(waitMs);
  }

  /** Forgets the value that waits; the pause between two values still holds. */
  cancel() {
    this.#waiting = null;
    this.#trailing.stop();
  }

  #flush() {
    const waiting = this.#waiting;
    this.cancel();
    if (!waiting) return;
    this.#nextAtMs = this.#now() + this.#intervalMs;
    this.#pass(waiting.value);
  }
}
