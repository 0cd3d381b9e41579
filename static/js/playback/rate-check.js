// @ts-check
/** Whether a player does the rates it is asked for: some round them, some refuse, some say yes and go on as before. */

/** A trim that is not done is asked for three times as large; one of this size that is not done ends the trims. */
const FIRST_LEAST = 0.01;
const MOST_LEAST = 0.08;
const NEARLY_MOST = 0.99 * MOST_LEAST;
/** Of what was expected, less than this moved: not done. */
const MOVED_PART = 0.3;
/** So often in a row a trim may seem to do nothing: a busy machine looks the same. Of one that did nothing before, once is enough. */
const DOUBTS = 2;
const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 600_000;

export class RateCheck {
  #least = 0;
  #doubts = 0;
  #refusedUntilMs = -Infinity;
  #retryMs = FIRST_RETRY_MS;

  /** The smallest trim that this player does at all, as far as is known. */
  get leastTrim() {
    return this.#least;
  }

  /** @param {number} localMs */
  isRefused(localMs) {
    return localMs < this.#refusedUntilMs;
  }

  /** What the player says of a trim that was set a moment ago; false: it is not worth going on with it. @param {number} asked @param {number} got @param {number} localMs */
  isDone(asked, got, localMs) {
    if (got / asked > MOVED_PART) return true;
    this.#notDone(asked, localMs);
    return false;
  }

  /** What a finished trim moved. @param {{asked: number, movedS: number, expectedS: number, localMs: number}} trim */
  moved({ asked, movedS, expectedS, localMs }) {
    this.#doubts = hasMoved(movedS, expectedS) ? 0 : this.#doubts + 1;
    if (this.#doubts === 0) this.#retryMs = FIRST_RETRY_MS;
    if (this.#doubts >= DOUBTS || (this.#doubts > 0 && this.#least > 0)) this.#notDone(asked, localMs);
  }

  /** @param {number} asked @param {number} localMs */
  #notDone(asked, localMs) {
    this.#doubts = 0;
    // Once the largest was asked for, whatever the settings made of it, there is no more to try.
    if (this.#least < MOST_LEAST && Math.abs(asked) < NEARLY_MOST) {
      this.#least = Math.min(Math.max(3 * Math.abs(asked), FIRST_LEAST), MOST_LEAST);
      return;
    }
    this.#refusedUntilMs = localMs + this.#retryMs;
    this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
  }
}

/** Whether a trim does what it should, at least in part. @param {number} movedS @param {number} expectedS */
export function hasMoved(movedS, expectedS) {
  return movedS / expectedS > MOVED_PART;
}
