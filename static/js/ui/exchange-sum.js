// @ts-check
/** One exchange as a sum that a reader can check by hand: whole microseconds, from which offset, delay and bounds follow exactly; pure. */

/** @import { Sample } from "../clock/estimator.js" */

/** @typedef {Pick<Sample, "t1Ms" | "t2Ms" | "t3Ms" | "t4Ms">} Timestamps */

/**
 * RFC 5905 section 8, in milliseconds with whole microseconds (θ: halves of one).
 * thereMs = T2 − T1 and backMs = T3 − T4 are what the two clocks say, and so the bounds of the offset.
 * @typedef {object} Sum
 * @property {number} t1Ms
 * @property {number} t2Ms
 * @property {number} t3Ms
 * @property {number} t4Ms
 * @property {number} roundMs T4 − T1, by the visitor's clock
 * @property {number} heldMs T3 − T2, by the server's clock
 * @property {number} delayMs δ
 * @property {number} offsetMs θ
 * @property {number} upperMs T2 − T1
 * @property {number} lowerMs T3 − T4
 */

/** @param {Timestamps} timestamps @returns {Sum} */
export function sumOf({ t1Ms, t2Ms, t3Ms, t4Ms }) {
  const [t1, t2, t3, t4] = [t1Ms, t2Ms, t3Ms, t4Ms].map((atMs) => Math.round(atMs * 1000));
  const upper = t2 - t1;
  const lower = t3 - t4;
  return {
    t1Ms: t1 / 1000,
    t2Ms: t2 / 1000,
    t3Ms: t3 / 1000,
    t4Ms: t4 / 1000,
    roundMs: (t4 - t1) / 1000,
    heldMs: (t3 - t2) / 1000,
    delayMs: (t4 - t1 - (t3 - t2)) / 1000,
    offsetMs: (upper + lower) / 2 / 1000,
    upperMs: upper / 1000,
    lowerMs: lower / 1000,
  };
}

/**
 * One way to explain four timestamps: how long each way took, and what the offset then is.
 * longerMs is how much longer the way there took than the way back.
 * @typedef {{share: number, thereMs: number, backMs: number, longerMs: number, offsetMs: number}} Explanation
 */

/**
 * Every share from −1 (the way there took no time) to 1 (the way back took none) explains the same four timestamps; 0 is RFC 5905's guess, equal ways.
 * @param {Sum} sum
 * @param {number} share beyond ±1 an answer would arrive before it was sent: it is held there
 * @returns {Explanation}
 */
export function explain({ delayMs, offsetMs }, share) {
  const held = Math.max(-1, Math.min(1, share));
  const floorMs = Math.max(delayMs, 0);
  return {
    share: held,
    thereMs: (floorMs / 2) * (1 + held),
    backMs: (floorMs / 2) * (1 - held),
    longerMs: floorMs * held,
    // The longer the way there, the more of T2 − T1 was travel, and the less is offset.
    offsetMs: offsetMs - (floorMs / 2) * held,
  };
}

/**
 * The share at which an exchange agrees with an offset; beyond ±1 no explanation does.
 * @param {Sum} sum
 * @param {number} offsetMs
 */
export function shareFor({ delayMs, offsetMs: own }, offsetMs) {
  return delayMs > 0 ? (own - offsetMs) / (delayMs / 2) : 0;
}
