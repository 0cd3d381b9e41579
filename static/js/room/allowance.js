// @ts-check
/** How often a viewer may do something: the server's own token bucket, kept here too, so that nothing is asked for in vain. */

/**
 * @typedef {object} Limit
 * @property {number} max actions in `windowMs`
 * @property {number} windowMs
 * @property {number} burst at once, after a rest
 */

export class Allowance {
  #limit;
  #now;
  #tokens;
  #atMs;

  /** @param {{limit: Limit, now: () => number}} options */
  constructor({ limit, now }) {
    this.#limit = limit;
    this.#now = now;
    this.#tokens = limit.burst;
    this.#atMs = now();
  }

  /** @returns {number} 0: granted and counted; else the milliseconds until the next one is */
  take() {
    const { max, windowMs, burst } = this.#limit;
    const perMs = max / windowMs;
    const nowMs = this.#now();
    this.#tokens = Math.min(burst, this.#tokens + Math.max(nowMs - this.#atMs, 0) * perMs);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return (1 - this.#tokens) / perMs;
    this.#tokens -= 1;
    return 0;
  }
}
