// @ts-check
/** Where somebody's pointer is drawn between two reports of it, and whether it looks like a hand or a tap; pure. */

/** Two ticks of the server: one report that comes late stops nobody's hand. */
const GLIDE_MS = 90;
/** A hand that is there passes through what lies between; a finger rests, and is elsewhere. */
const LEAP_PAUSE_MS = 250;
const LEAP_PERCENT = 5;
const IDLE_MS = 3000;
const GONE_MS = 10_000;
/** As long as the fade in cursor.css. */
const FADE_MS = 400;

/** @typedef {{x: number, y: number}} Place percent of the picture */

export class Glide {
  /** @type {Place} */
  #from;
  /** @type {Place} */
  #to;
  #heardMs;
  /** @type {number | null} */
  #leftMs = null;
  #tapped = true;

  /**
   * @param {Place} place
   * @param {number} nowMs
   */
  constructor(place, nowMs) {
    this.#from = place;
    this.#to = place;
    this.#heardMs = nowMs;
  }

  /** Whether it came out of nowhere and has not moved since: the wire does not tell fingers from mice, this does. */
  get tapped() {
    return this.#tapped;
  }

  /**
   * @param {Place} place
   * @param {number} nowMs
   */
  hear(place, nowMs) {
    const rested = this.#leftMs !== null || nowMs - this.#heardMs > LEAP_PAUSE_MS;
    const leapt = Math.hypot(place.x - this.#to.x, place.y - this.#to.y) > LEAP_PERCENT;
    this.#tapped = rested && (leapt || this.#tapped);
    this.#from = this.#tapped ? place : this.at(nowMs);
    this.#to = place;
    this.#heardMs = nowMs;
    this.#leftMs = null;
  }

  /** @param {number} nowMs */
  leave(nowMs) {
    this.#leftMs ??= nowMs;
  }

  /**
   * At one speed from where it was drawn when the last report came: a steady hand is drawn steadily.
   * @param {number} nowMs
   * @returns {Place}
   */
  at(nowMs) {
    const share = Math.min(Math.max((nowMs - this.#heardMs) / GLIDE_MS, 0), 1);
    return {
      x: this.#from.x + (this.#to.x - this.#from.x) * share,
      y: this.#from.y + (this.#to.y - this.#from.y) * share,
    };
  }

  /** Where it goes. */
  get goal() {
    return this.#to;
  }

  /**
   * @param {number} nowMs
   * @returns {"there" | "idle" | "gone"} idle: it fades; gone: nothing of it is left
   */
  look(nowMs) {
    if (this.#leftMs !== null) return nowMs - this.#leftMs > FADE_MS ? "gone" : "idle";
    const silentMs = nowMs - this.#heardMs;
    if (silentMs > GONE_MS) return "gone";
    return silentMs > IDLE_MS ? "idle" : "there";
  }

  /**
   * How long what is drawn now stays true.
   * @param {number} nowMs
   */
  restMs(nowMs) {
    const silentMs = nowMs - this.#heardMs;
    if (silentMs < GLIDE_MS && this.#from !== this.#to) return 0;
    const until = this.#leftMs !== null ? [this.#leftMs + FADE_MS] : [this.#heardMs + IDLE_MS, this.#heardMs + GONE_MS];
    return Math.min(...until.map((atMs) => atMs - nowMs).filter((restMs) => restMs >= 0), GONE_MS) + 1;
  }
}
