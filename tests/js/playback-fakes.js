// @ts-check
/** A player with latencies of its own, in fake time. */

import { FakeTime } from "./room-fakes.js";

/** @import { MediaPlayer, PlayResult } from "../../static/js/playback/html-player.js" */

/** The seed's values. */
export const SYNC_CONFIG = Object.freeze({
  SYNC_INTERVAL: 100,
  DRIFT_THRESHOLD_SEEK: 1.5,
  DRIFT_THRESHOLD_ADJUST: 0.05,
  MAX_SPEEDUP: 1.08,
  MAX_SLOWDOWN: 0.92,
  USER_ACTION_COOLDOWN: 500,
});

/** @implements {MediaPlayer} */
export class FakePlayer extends EventTarget {
  #time;
  #startMs;
  #seekMs;
  #positionS = 0;
  #atMs = 0;
  /** The film stands until then. */
  #stallUntilMs = 0;
  #seekUntilMs = 0;
  rate = 1;
  paused = true;
  readyState = 4;
  /** @type {number | null} */
  durationS = 90;
  bufferAheadS = 60;
  droppedFrames = 0;
  buffered = [{ startS: 0, endS: 90 }];
  blocked = false;
  preservesPitch = true;
  /** Every order given, as [what, ...arguments]. @type {(string | number | boolean)[][]} */
  orders = [];
  /** @type {((mediaS: number, shownAtMs: number) => void) | null} */
  frame = null;

  /** @param {FakeTime} time @param {{startMs?: number, seekMs?: number}} [latencies] */
  constructor(time, { startMs = 80, seekMs = 110 } = {}) {
    super();
    this.#time = time;
    this.#startMs = startMs;
    this.#seekMs = seekMs;
    this.#atMs = time.nowMs;
  }

  get positionS() {
    const fromMs = Math.max(this.#atMs, this.#stallUntilMs);
    const passedS = this.paused ? 0 : Math.max(this.#time.nowMs - fromMs, 0) / 1000;
    return Math.min(this.#positionS + passedS * this.rate, this.durationS ?? Infinity);
  }

  get seeking() {
    return this.#time.nowMs < this.#seekUntilMs;
  }

  get ended() {
    return this.positionS === this.durationS;
  }

  /** @returns {Promise<PlayResult>} */
  async play() {
    this.orders.push(["play"]);
    if (this.blocked) {
      this.dispatchEvent(new Event("blocked"));
      return { blocked: true, started: false };
    }
    this.#settle();
    this.paused = false;
    this.#stallUntilMs = this.#time.nowMs + this.#startMs;
    return { blocked: false, started: true };
  }

  pause() {
    this.orders.push(["pause"]);
    this.#settle();
    this.paused = true;
  }

  /** @param {number} positionS */
  seek(positionS) {
    this.orders.push(["seek", positionS]);
    this.#positionS = positionS;
    this.#atMs = this.#time.nowMs;
    this.#seekUntilMs = this.#time.nowMs + this.#seekMs / 2;
    this.#stallUntilMs = this.#time.nowMs + this.#seekMs;
    this.#time.setTimeout(() => this.dispatchEvent(new Event("ready")), this.#seekMs / 2);
  }

  /** @param {number} rate @param {boolean} preservesPitch */
  setRate(rate, preservesPitch) {
    this.orders.push(["rate", rate, preservesPitch]);
    this.#settle();
    this.rate = rate;
    this.preservesPitch = preservesPitch;
  }

  /** @param {(mediaS: number, shownAtMs: number) => void} callback */
  onFrame(callback) {
    this.frame = callback;
    return () => {
      this.frame = null;
    };
  }

  /** Moves the film without anybody having asked. @param {number} byS */
  disturb(byS) {
    this.#settle();
    this.#positionS += byS;
  }

  /** Waits for data. @param {number} ms */
  stand(ms) {
    this.#settle();
    this.#stallUntilMs = this.#time.nowMs + ms;
  }

  #settle() {
    this.#positionS = this.positionS;
    this.#atMs = this.#time.nowMs;
  }
}
