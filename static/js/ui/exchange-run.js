// @ts-check
/** When which exchange is shown: one slow run after the other, then the newest; another at once when somebody asks. */

import { secondsPerMs } from "./exchange-geometry.js";
import { FLUENT_MS } from "./loop.js";

/** @import { ExchangeChoice } from "./exchange-choice.js" */
/** @import { FrameLoop } from "./loop.js" */

/** How long the drawing rests after a run; with reduced motion, how long each exchange stands. */
const REST_MS = 1200;
const CALM_REST_MS = 5000;

export class ExchangeRun {
  #parts;
  /** @type {number | null} of the loop's clock; null: not running */
  #startedMs = null;
  #passedMs = 0;
  /** @type {(() => void) | null} */
  #leaveLoop = null;
  /** @type {number | null} */
  #timer = null;
  #eager = true;

  /**
   * @param {object} parts
   * @param {ExchangeChoice} parts.choice
   * @param {() => number} parts.roundMs how long the shown exchange took
   * @param {FrameLoop} parts.loop
   * @param {Element} [parts.element] it hardly travels while it is out of view
   * @param {() => boolean} parts.calm reduced motion: nothing travels
   * @param {() => void} parts.changed shows what the choice has moved to; roundMs() is asked after it
   * @param {() => void} parts.moved the message has moved
   * @param {(run: () => void, delayMs: number) => number} parts.setTimeout
   * @param {(timer: number) => void} parts.clearTimeout
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /** How long the message has been under way; null where none is. */
  get passedMs() {
    return this.#leaveLoop ? this.#passedMs : null;
  }

  /** A new exchange has come. */
  heard() {
    if (this.#eager || this.#timer === null) this.#advance();
  }

  /** The next exchange to come is shown at once. */
  beEager() {
    this.#eager = true;
  }

  /** Shows what the choice shows now, from the beginning. */
  begin() {
    this.stop();
    const { calm, changed, loop, element } = this.#parts;
    changed();
    if (calm()) this.#rest(CALM_REST_MS);
    else {
      this.#startedMs = null;
      this.#passedMs = 0;
      this.#leaveLoop = loop.add((nowMs) => this.#move(nowMs), { everyMs: FLUENT_MS, ...(element && { element }) });
      this.#rest(secondsPerMs(this.#parts.roundMs()) * this.#parts.roundMs() * 1000 + REST_MS);
    }
  }

  stop() {
    this.#leaveLoop?.();
    this.#leaveLoop = null;
    if (this.#timer !== null) this.#parts.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #advance() {
    if (!this.#parts.choice.advance()) return;
    this.#eager = false;
    this.begin();
  }

  /** @param {number} forMs */
  #rest(forMs) {
    this.#timer = this.#parts.setTimeout(() => {
      this.#timer = null;
      this.#advance();
    }, forMs);
  }

  /** @param {number} nowMs */
  #move(nowMs) {
    const roundMs = this.#parts.roundMs();
    this.#startedMs ??= nowMs;
    this.#passedMs = (nowMs - this.#startedMs) / 1000 / secondsPerMs(roundMs);
    if (this.#passedMs >= roundMs) {
      this.#leaveLoop?.();
      this.#leaveLoop = null;
    }
    this.#parts.moved();
  }
}
