// @ts-check
/** Asks for a snapshot until one comes: at most twice a second, and again when 2 s brought none. */

import { Timer } from "./timer.js";

/** @import { Timers } from "./timer.js" */

/** The server allows a few `room:sync` at once. */
const PAUSE_MS = 500;
/** No answer for so long: the question or its answer was lost. The server allows one in as long. */
const PATIENCE_MS = 2000;

export class SnapshotRequest {
  #now;
  #ask;
  #isNeeded;
  #next;
  #askedAtMs = -Infinity;

  /**
   * @param {Timers & {
   *   now: () => number,
   *   ask: () => void,
   *   isNeeded: () => boolean,
   * }} options `isNeeded` is consulted before each question
   */
  constructor({ now, ask, isNeeded, ...timers }) {
    this.#now = now;
    this.#ask = ask;
    this.#isNeeded = isNeeded;
    this.#next = new Timer(timers, () => this.#askIfNeeded());
  }

  want() {
    if (this.#next.running) return;
    const waitMs = this.#askedAtMs + PAUSE_MS - this.#now();
    if (waitMs > 0) this.#next.start(waitMs);
    else this.#askIfNeeded();
  }

  /** A snapshot came, or the connection it was asked on is gone. */
  settle() {
    this.#next.stop();
  }

  #askIfNeeded() {
    if (!this.#isNeeded()) return;
    this.#askedAtMs = this.#now();
    this.#next.start(PATIENCE_MS);
    this.#ask();
  }
}
