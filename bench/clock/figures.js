// @ts-check
/** From scores to figures: percentiles, honesty of the bound, time to the first fix and back after a mishap. */

/** @import { live, Score } from "./session.js" */

/** @typedef {ReturnType<typeof live>} Lived */

/** Scores count from here on: what comes before is the first fix. */
const SETTLED_MS = 30_000;
const CLOSE_MS = 5;
/** An estimate is found when it stays close for this long. */
const STAYS_MS = 2000;

/**
 * @typedef {object} Figures  of all seeds together; times are of the slowest seed, infinite if one never got there
 * @property {number} p50Ms
 * @property {number} p95Ms
 * @property {number} p99Ms
 * @property {number} violatedShare of scores whose error was beyond the stated bound; NaN where none is stated
 * @property {number} boundMs median of the stated bound
 * @property {number} firstFixMs
 * @property {number} recoveryMs
 */

/** @param {Lived[]} lives one per seed @returns {Figures} */
export function summarise(lives) {
  const settled = lives.flatMap(({ scores }) => scores.filter(({ atMs, regular }) => regular && atMs >= SETTLED_MS));
  const errors = settled.map(({ errorMs }) => Math.abs(errorMs));
  const bounded = settled.filter(({ boundMs }) => Number.isFinite(boundMs));
  const recoveries = lives.flatMap(({ scores, mishapEndsMs }) => mishapEndsMs.map((endMs) => closeAfter(scores, endMs)));
  return {
    p50Ms: percentile(errors, 0.5),
    p95Ms: percentile(errors, 0.95),
    p99Ms: percentile(errors, 0.99),
    violatedShare: bounded.length ? bounded.filter(({ errorMs, boundMs }) => Math.abs(errorMs) > boundMs).length / bounded.length : NaN,
    boundMs: percentile(bounded.map(({ boundMs }) => boundMs), 0.5),
    firstFixMs: Math.max(...lives.map(({ scores }) => closeAfter(scores, 0))),
    recoveryMs: recoveries.length > 0 ? Math.max(...recoveries) : NaN,
  };
}

/** @param {number[]} values @param {number} share */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}

/** How long after an instant the error became small and stayed so. @param {Score[]} scores @param {number} fromMs */
function closeAfter(scores, fromMs) {
  let sinceMs = Infinity;
  for (const { atMs, errorMs } of scores) {
    if (atMs < fromMs) continue;
    if (Math.abs(errorMs) > CLOSE_MS) sinceMs = Infinity;
    else sinceMs = Math.min(sinceMs, atMs);
    if (atMs - sinceMs >= STAYS_MS) break;
  }
  return sinceMs - fromMs;
}
