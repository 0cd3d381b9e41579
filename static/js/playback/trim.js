// @ts-check
/** The rate that closes a drift without being heard: proportional, in tiers, with a dead zone that it leaves later than it enters. */

/** @typedef {"chromium" | "firefox" | "webkit"} Engine */
/** @typedef {{rate: number, preservesPitch: boolean}} Rate */

/** Time constant of the approach. */
const CLOSE_IN_S = 0.7;
/** Largest trim for a drift beyond the given size: 8 % only for what the eye sees, 0.3 % (5 cents) for the rest. */
const TIERS = Object.freeze([
  { beyondS: 0.04, limit: 0.08 },
  { beyondS: 0.015, limit: 0.03 },
  { beyondS: 0.005, limit: 0.01 },
  { beyondS: 0, limit: 0.003 },
]);
const DOWN_AFTER_TICKS = 3;
/** In a hidden page nobody sees the drift, but somebody hears the trim. */
const HIDDEN_LIMIT = 0.01;
/** Beyond this pitch is worth the 16–25 ms that Chromium loses when stretching switches. */
const PITCH_LIMIT = 0.035;
/** Where each engine's currentTime is noise (measured for Chromium, the others from research/sync.md §3). */
const DEAD_ZONE_S = Object.freeze({
  chromium: { enter: 0.0007, leave: 0.002 },
  firefox: { enter: 0.008, leave: 0.015 },
  webkit: { enter: 0.06, leave: 0.12 },
});
/** A stretching player's currentTime jitters by ±8 ms, and every write of its rate costs some. */
const STRETCHED_DEAD_ZONE_S = Object.freeze({ enter: 0.004, leave: 0.012 });
/** Safari stutters at every change of rate: one pulse in this time. */
const WEBKIT_REST_MS = 10_000;

export class Trim {
  #engine;
  #fastest;
  #slowest;
  #resting = true;
  #tier = TIERS.length - 1;
  #calmTicks = 0;
  #restUntilMs = -Infinity;

  /** @param {{MAX_SPEEDUP: number, MAX_SLOWDOWN: number}} config @param {Engine} engine */
  constructor({ MAX_SPEEDUP, MAX_SLOWDOWN }, engine) {
    this.#engine = engine;
    this.#fastest = MAX_SPEEDUP - 1;
    this.#slowest = MAX_SLOWDOWN - 1;
  }

  /** After a seek or a start the old approach says nothing. */
  reset() {
    this.#resting = true;
    this.#tier = TIERS.length - 1;
    this.#calmTicks = 0;
  }

  /** The rate without a trim. @param {number} velocity @returns {Rate} */
  plain(velocity) {
    return { rate: velocity, preservesPitch: velocity !== 1 };
  }

  /**
   * @param {{driftS: number, velocity: number, localMs: number, hidden: boolean}} now positive drift: behind
   * @returns {Rate}
   */
  rate({ driftS, velocity, localMs, hidden }) {
    this.#rest(Math.abs(driftS), velocity, localMs);
    if (this.#resting) return this.plain(velocity);
    const limit = Math.min(this.#limit(Math.abs(driftS)), hidden ? HIDDEN_LIMIT : Infinity);
    const wanted = driftS / (CLOSE_IN_S * velocity);
    const within = Math.min(limit, Math.max(-limit, wanted));
    const trim = Math.min(this.#fastest, Math.max(this.#slowest, within));
    return { rate: velocity * (1 + trim), preservesPitch: Math.abs(trim) > PITCH_LIMIT || velocity !== 1 };
  }

  /** @param {number} sizeS @param {number} velocity @param {number} localMs */
  #rest(sizeS, velocity, localMs) {
    const own = DEAD_ZONE_S[this.#engine];
    const zone = velocity !== 1 && this.#engine === "chromium" ? STRETCHED_DEAD_ZONE_S : own;
    if (this.#resting) {
      this.#resting = sizeS <= zone.leave || localMs < this.#restUntilMs;
      return;
    }
    if (sizeS >= zone.enter) return;
    this.reset();
    if (this.#engine === "webkit") this.#restUntilMs = localMs + WEBKIT_REST_MS;
  }

  /** Up at once, down after three calm ticks: a tier is not left for one lucky measurement. @param {number} sizeS */
  #limit(sizeS) {
    const tier = TIERS.findIndex(({ beyondS }) => sizeS > beyondS);
    const wanted = tier < 0 ? TIERS.length - 1 : tier;
    this.#calmTicks = wanted > this.#tier ? this.#calmTicks + 1 : 0;
    if (wanted < this.#tier || this.#calmTicks >= DOWN_AFTER_TICKS) {
      this.#tier = wanted;
      this.#calmTicks = 0;
    }
    return TIERS[this.#tier]?.limit ?? 0;
  }
}
