// @ts-check
/** CSS's ease-out and a fade by it, for what is painted instead of styled; pure. */

/** Of cubic-bezier(0, 0, 0.58, 1): the curve's x is 3 · 0.58 · t²(1 − t) + t³. */
const BEND = 3 * 0.58;
/** Newton's method is then right to a hundredth of a pixel. */
const STEPS = 4;

/**
 * @param {number} share of the time, 0 to 1
 * @returns {number} share of the way
 */
export function easeOut(share) {
  const x = Math.min(Math.max(share, 0), 1);
  if (x === 0) return 0;
  let t = Math.sqrt(x / BEND);
  for (let step = 0; step < STEPS; step += 1) {
    t -= (BEND * t * t * (1 - t) + t * t * t - x) / (2 * BEND * t - 3 * (BEND - 1) * t * t);
  }
  return t * t * (3 - 2 * t);
}

/** An opacity on its way. */
export class Fade {
  #overMs;
  #from;
  #to;
  #sinceMs = -Infinity;

  /**
   * @param {number} opacity at first
   * @param {number} overMs how long a change takes
   */
  constructor(opacity, overMs) {
    this.#from = opacity;
    this.#to = opacity;
    this.#overMs = overMs;
  }

  /**
   * @param {number} opacity where it goes from now on
   * @param {number} nowMs
   */
  turn(opacity, nowMs) {
    if (opacity === this.#to) return;
    this.#from = this.at(nowMs);
    this.#to = opacity;
    this.#sinceMs = nowMs;
  }

  /** @param {number} nowMs */
  at(nowMs) {
    return this.#from + (this.#to - this.#from) * easeOut((nowMs - this.#sinceMs) / this.#overMs);
  }

  /** @param {number} nowMs */
  isOver(nowMs) {
    return nowMs - this.#sinceMs >= this.#overMs;
  }
}
