// @ts-check
/** Where a player is: the median of its last positions, carried to one instant, and which picture it shows. */

import { PictureLag } from "./picture-lag.js";

/** @import { MediaPlayer } from "./html-player.js" */

const MEDIAN_OF = 3;
/** A stretching player (rate far from 1) jumps by ±8 ms from reading to reading: about a third of a second evens it out. */
const STRETCHED_MEDIAN_OF = 9;
const STRETCHED_BEYOND = 0.1;
/** Older positions were measured under another load. */
const MAX_AGE_MS = 350;
/** A picture older than this is no longer the one on the screen, or the film stands. */
const PICTURE_AGE_MS = 120;
const FRAME_GAPS = 9;
/** The same position after so long: the film stands, though nobody has stopped it, and nothing may be carried over that. */
const STANDS_MS = 40;

/** @typedef {{atMs: number, positionS: number}} Reading */

export class PositionMeter {
  #player;
  #now;
  /** @type {Reading[]} */
  #readings = [];
  /** @type {{atMs: number, mediaS: number} | null} */
  #picture = null;
  /** @type {number[]} */
  #gapsS = [];
  #rate = 1;
  #lag = new PictureLag();
  /** @type {(() => void) | null} */
  #cancelFrame = null;

  /** @param {MediaPlayer} player @param {() => number} now the local monotonic clock, in milliseconds */
  constructor(player, now) {
    this.#player = player;
    this.#now = now;
  }

  /** Reads at every picture, where the browser tells; at every call of read() in any case. */
  start() {
    this.#cancelFrame ??= this.#player.onFrame((mediaS, shownAtMs) => this.#frame(mediaS, shownAtMs));
  }

  stop() {
    this.#cancelFrame?.();
    this.#cancelFrame = null;
    this.reset();
  }

  /** After a seek, a start or a pause earlier positions say nothing. */
  reset() {
    this.#readings = [];
    this.#picture = null;
    this.#lag.reset();
  }

  /** Position now, of the picture that is seen; a standing film stands where it stands. @returns {Reading} */
  read() {
    const reading = this.#take();
    if (this.#player.paused || this.#player.seeking) return reading;
    const positions = this.#readings.map((past) => this.#carried(past, reading.atMs)).sort((a, b) => a - b);
    const middle = positions.length >> 1;
    // Of two readings the fresh one is better than their mean, which is no median.
    const positionS = positions.length < MEDIAN_OF ? reading.positionS : (positions[middle] ?? reading.positionS);
    return { atMs: reading.atMs, positionS: positionS - this.pictureLagS };
  }

  /** How far the picture trails the player's own clock, in whole refreshes of the display. */
  get pictureLagS() {
    return this.#lag.seconds * this.#rate;
  }

  /** Duration of a frame, 0 while unknown: dropped frames only make gaps longer. */
  get #frameS() {
    return this.#gapsS.length === 0 ? 0 : Math.min(...this.#gapsS);
  }

  get #medianOf() {
    return Math.abs(this.#rate - 1) > STRETCHED_BEYOND ? STRETCHED_MEDIAN_OF : MEDIAN_OF;
  }

  /** Tells of a new rate, so that earlier readings are carried with the old one. @param {number} rate */
  rateChanged(rate) {
    const atMs = this.#now();
    this.#readings = this.#readings.map((past) => ({ atMs, positionS: this.#carried(past, atMs) }));
    this.#rate = rate;
  }

  /** The middle of the picture on the screen, which is the same picture for everyone however they round; null if unknown. */
  get pictureS() {
    const picture = this.#picture;
    if (!picture || this.#gapsS.length === 0 || this.#now() - picture.atMs > PICTURE_AGE_MS) return null;
    return picture.mediaS + this.#frameS / 2;
  }

  /** @param {number} mediaS @param {number} shownAtMs */
  #frame(mediaS, shownAtMs) {
    const atMs = this.#now();
    const gapS = mediaS - (this.#picture?.mediaS ?? Infinity);
    if (gapS > 0.005 && gapS < 0.2) this.#gapsS = [...this.#gapsS, gapS].slice(-FRAME_GAPS);
    this.#picture = { atMs, mediaS };
    if (this.#player.seeking) return;
    const reading = this.#take();
    if (this.#player.paused) return;
    const lagS = (this.#carried(reading, shownAtMs) - mediaS) / this.#rate;
    this.#lag.note(lagS, this.#frameS / this.#rate);
  }

  /** @returns {Reading} */
  #take() {
    const reading = { atMs: this.#now(), positionS: this.#player.positionS };
    const recent = this.#readings.filter((past) => reading.atMs - past.atMs < MAX_AGE_MS && !hasStood(past, reading));
    this.#readings = [...recent, reading].slice(-this.#medianOf);
    return reading;
  }

  /** @param {Reading} past @param {number} atMs */
  #carried(past, atMs) {
    return past.positionS + (this.#rate * (atMs - past.atMs)) / 1000;
  }
}

/** @param {Reading} past @param {Reading} now */
function hasStood(past, now) {
  return now.positionS === past.positionS && now.atMs - past.atMs >= STANDS_MS;
}
