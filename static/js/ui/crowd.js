// @ts-check
/** Many reactions at once: the first ones rise each by itself, the excess as one counted emoji; pure. */

/** More single ones would hide the film, and cost frames. */
const MOST_SINGLE = 30;
/** So long a counted one takes in others: while it rises it can still be read. */
const GATHER_MS = 1000;

/** @typedef {{emoji: string, bornMs: number, count: number, isCounter: boolean}} Burst */

export class Crowd {
  #lifeMs;
  /** @type {Burst[]} */
  #alive = [];

  /** @param {{lifeMs: number}} options how long a burst is to be seen */
  constructor({ lifeMs }) {
    this.#lifeMs = lifeMs;
  }

  /**
   * @param {string} emoji
   * @param {number} nowMs
   * @returns {Burst} a new one, or one that rises already and now counts one more
   */
  add(emoji, nowMs) {
    this.#alive = this.#alive.filter(({ bornMs }) => nowMs - bornMs < this.#lifeMs);
    const isCounter = this.#alive.length >= MOST_SINGLE;
    const young = isCounter && this.#alive.find((burst) => burst.isCounter && burst.emoji === emoji && nowMs - burst.bornMs < GATHER_MS);
    if (young) {
      young.count += 1;
      return young;
    }
    const burst = { emoji, bornMs: nowMs, count: 1, isCounter };
    this.#alive.push(burst);
    return burst;
  }
}
