// @ts-check
/** A media element with the faults of real ones, in fake time: latencies, jitter, stalls, rates refused, rounded or not honoured. */

/** @import { FakeTime } from "./room-fakes.js" */
/** @import { MediaPlayer, PlayResult } from "../../static/js/playback/html-player.js" */

/**
 * What is done with a rate: `exact`; `rounded` to multiples of grain; `refused`, read back as before; `ignored`, read back as asked
 * while the film runs on as before.
 * @typedef {{kind: "exact" | "rounded" | "refused" | "ignored", grain?: number}} RateManners
 */
/**
 * One device. Seconds of the wall unless named otherwise.
 * @typedef {object} Traits
 * @property {number} startS from play() after a seek to movement
 * @property {number} resumeS the same where nothing was sought in between
 * @property {number} prepareS from a seek of a standing player to ready
 * @property {number} seekS from a seek of a moving player to movement
 * @property {number} spread each latency varies by up to this fraction
 * @property {number} jitterS standard deviation of currentTime
 * @property {number} stretchedJitterS the same while pitch is preserved at another rate
 * @property {number} pitchBeginS film lost when stretching begins
 * @property {number} pitchEndS film gained when it ends
 * @property {number} skewPpm of the device's media oscillator
 * @property {RateManners} rates
 * @property {number} stallsPerMin
 * @property {number} stallS
 * @property {number} framesPerS 0: no frame callbacks
 */

/** @type {Readonly<Traits>} */
export const PLAIN = Object.freeze({
  startS: 0.075,
  resumeS: 0.01,
  prepareS: 0.12,
  seekS: 0.11,
  spread: 0.1,
  jitterS: 0.0001,
  stretchedJitterS: 0.004,
  pitchBeginS: 0.02,
  pitchEndS: 0.005,
  skewPpm: 0,
  rates: Object.freeze({ kind: "exact" }),
  stallsPerMin: 0,
  stallS: 0.5,
  framesPerS: 30,
});

/** Chromium passes sound through unstretched as long as the rate is nearer to 1 than this. */
const PASSED_THROUGH = 1 / 960;

/** As Chromium does: a picture is shown at the first refresh of its time, and announced 5 ms before (docs/adr/0019). */
const REFRESH_MS = 1000 / 60;
const ANNOUNCED_EARLY_MS = 5;

/** @implements {MediaPlayer} */
export class ModelMedia extends EventTarget {
  #time;
  #random;
  #traits;
  #filmS = 0;
  #atMs;
  #standsUntilMs = 0;
  #seekUntilMs = 0;
  #starvesUntilMs = 0;
  #sought = true;
  #rateGot = 1;
  #rateSaid = 1;
  paused = true;
  preservesPitch = true;
  /** @type {number | null} */
  durationS = 3600;
  bufferAheadS = 60;
  droppedFrames = 0;
  buffered = [{ startS: 0, endS: 3600 }];
  /** Orders given so far, with the instant and the rate that was asked. @type {{kind: "play" | "pause" | "seek" | "rate", atMs: number, value: number}[]} */
  orders = [];
  /** @type {((mediaS: number, shownAtMs: number) => void) | null} */
  #onFrame = null;
  #picture = -1;

  /** @param {FakeTime} time @param {() => number} random 0…1 @param {Partial<Traits>} [traits] */
  constructor(time, random, traits = {}) {
    super();
    this.#time = time;
    this.#random = random;
    this.#traits = { ...PLAIN, ...traits };
    this.#atMs = time.nowMs;
    if (this.#traits.framesPerS > 0) this.#nextRefresh();
    if (this.#traits.stallsPerMin > 0) this.#nextStall();
  }

  /** Where the film really is. */
  get trueS() {
    const movesFromMs = Math.max(this.#atMs, this.#standsUntilMs, this.#starvesUntilMs);
    const passedS = this.paused ? 0 : Math.max(this.#time.nowMs - movesFromMs, 0) / 1000;
    return Math.min(this.#filmS + passedS * this.#rateGot * (1 + this.#traits.skewPpm * 1e-6), this.durationS ?? Infinity);
  }

  /** What currentTime says of it. */
  get positionS() {
    if (this.paused || this.seeking || this.#time.nowMs <= Math.max(this.#standsUntilMs, this.#starvesUntilMs)) return this.trueS;
    const { jitterS, stretchedJitterS } = this.#traits;
    const gauss = Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
    return Math.max(this.trueS + gauss * (this.#stretches ? stretchedJitterS : jitterS), 0);
  }

  get rate() {
    return this.#rateSaid;
  }

  get seeking() {
    return this.#time.nowMs < this.#seekUntilMs;
  }

  get ended() {
    return this.trueS === this.durationS;
  }

  get readyState() {
    return this.#time.nowMs < this.#starvesUntilMs ? 2 : 4;
  }

  /** @returns {Promise<PlayResult>} */
  async play() {
    this.#note("play", 0);
    this.#settle();
    this.paused = false;
    const { startS, resumeS } = this.#traits;
    this.#standsUntilMs = Math.max(this.#standsUntilMs, this.#time.nowMs + 1000 * this.#about(this.#sought ? startS : resumeS));
    this.#sought = false;
    return { blocked: false, started: true };
  }

  pause() {
    this.#note("pause", 0);
    this.#settle();
    this.paused = true;
  }

  /** @param {number} positionS */
  seek(positionS) {
    this.#note("seek", positionS);
    const { prepareS, seekS } = this.#traits;
    const readyMs = 1000 * this.#about(this.paused ? prepareS : seekS / 3);
    this.#filmS = positionS;
    this.#atMs = this.#time.nowMs;
    this.#sought = this.paused;
    this.#seekUntilMs = this.#time.nowMs + readyMs;
    this.#standsUntilMs = this.#time.nowMs + (this.paused ? readyMs : 1000 * this.#about(seekS));
    this.#time.setTimeout(() => this.dispatchEvent(new Event("ready")), readyMs);
  }

  /** @param {number} rate @param {boolean} preservesPitch */
  setRate(rate, preservesPitch) {
    this.#note("rate", rate);
    this.#settle();
    const stretched = this.#stretches;
    this.preservesPitch = preservesPitch;
    this.#rateSaid = this.#said(rate);
    this.#rateGot = this.#got();
    if (this.#stretches !== stretched && !this.paused) this.#filmS += stretched ? this.#traits.pitchEndS : -this.#traits.pitchBeginS;
  }

  /** @param {(mediaS: number, shownAtMs: number) => void} callback */
  onFrame(callback) {
    this.#onFrame = callback;
    return () => {
      this.#onFrame = null;
    };
  }

  /** Moves the film without anybody having asked. @param {number} byS */
  disturb(byS) {
    this.#settle();
    this.#filmS += byS;
  }

  /** @param {number} rate */
  #said(rate) {
    const { kind, grain = 0.25 } = this.#traits.rates;
    if (kind === "refused") return 1;
    return kind === "rounded" ? Math.round(rate / grain) * grain : rate;
  }

  #got() {
    if (this.#traits.rates.kind === "ignored") return 1;
    const passedThrough = this.preservesPitch && Math.abs(this.#rateSaid - 1) < PASSED_THROUGH;
    return passedThrough ? 1 : this.#rateSaid;
  }

  get #stretches() {
    return this.preservesPitch && this.#rateGot !== 1;
  }

  /** @param {number} seconds */
  #about(seconds) {
    return seconds * (1 + this.#traits.spread * (2 * this.#random() - 1));
  }

  #settle() {
    this.#filmS = this.trueS;
    this.#atMs = this.#time.nowMs;
  }

  #nextRefresh() {
    this.#time.setTimeout(() => {
      this.#nextRefresh();
      const picture = Math.floor(this.trueS * this.#traits.framesPerS);
      if (this.paused || this.seeking || picture === this.#picture) return;
      this.#picture = picture;
      this.#onFrame?.(picture / this.#traits.framesPerS, this.#time.nowMs - ANNOUNCED_EARLY_MS);
    }, REFRESH_MS);
  }

  #nextStall() {
    const waitMs = (-60_000 * Math.log(1 - this.#random())) / this.#traits.stallsPerMin;
    this.#time.setTimeout(() => {
      this.#settle();
      this.#starvesUntilMs = this.#time.nowMs + 1000 * this.#about(this.#traits.stallS);
      this.#nextStall();
    }, waitMs);
  }

  /** @param {"play" | "pause" | "seek" | "rate"} kind @param {number} value */
  #note(kind, value) {
    this.orders.push({ kind, atMs: this.#time.nowMs, value });
  }
}
