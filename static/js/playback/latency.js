// @ts-check
/** A latency of this player, learned from what each use of it left over. */

const GAIN = 0.5;

export class Latency {
  #seconds;
  #leastS;
  #mostS;

  /** @param {number} firstGuessS @param {{leastS?: number, mostS: number}} limits */
  constructor(firstGuessS, { leastS = 0, mostS }) {
    this.#seconds = firstGuessS;
    this.#leastS = leastS;
    this.#mostS = mostS;
  }

  get seconds() {
    return this.#seconds;
  }

  /** @param {number} residualS how much later than allowed for (negative: earlier) */
  learn(residualS) {
    this.#seconds = Math.min(this.#mostS, Math.max(this.#leastS, this.#seconds + GAIN * residualS));
  }
}
