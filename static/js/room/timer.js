// @ts-check
/** One restartable deadline over injected timers. */

/**
 * The part of the outer world that lets time pass; pages hand in the browser's, tests a fake one.
 * @typedef {object} Timers
 * @property {(run: () => void, delayMs: number) => unknown} setTimeout
 * @property {(handle: any) => void} clearTimeout
 */

export class Timer {
  #setTimeout;
  #clearTimeout;
  #run;
  /** @type {unknown} */
  #handle = null;

  /**
   * @param {Timers} timers
   * @param {() => void} run
   */
  constructor({ setTimeout, clearTimeout }, run) {
    // Kept in closures: a browser's timers throw when called as methods of another object.
    this.#setTimeout = (/** @type {() => void} */ fire, /** @type {number} */ delayMs) =>
      setTimeout(fire, delayMs);
    this.#clearTimeout = (/** @type {unknown} */ handle) => clearTimeout(handle);
    this.#run = run;
  }

  get running() {
    return this.#handle !== null;
  }

  /** @param {number} delayMs from now; an earlier deadline is forgotten */
  start(delayMs) {
    this.stop();
    this.#handle = this.#setTimeout(() => {
      this.#handle = null;
      this.#run();
    }, delayMs);
  }

  stop() {
    if (this.#handle !== null) this.#clearTimeout(this.#handle);
    this.#handle = null;
  }
}
