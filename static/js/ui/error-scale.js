// @ts-check
/** Scales on which a tenth of a millisecond and a minute can both be seen; pure. */

/** Below this the signed scale is nearly straight, above it logarithmic. */
const STRAIGHT_MS = 0.1;

/** Decades at which a plot may end. */
const ENDS_MS = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

/**
 * A signed error as −1 … 1, beyond `endMs` held at the end.
 * @param {number} errorMs @param {number} endMs
 */
export function signedShare(errorMs, endMs) {
  const share = Math.log10(1 + Math.abs(errorMs) / STRAIGHT_MS) / Math.log10(1 + endMs / STRAIGHT_MS);
  return Math.sign(errorMs) * Math.min(share, 1);
}

/** The first decade that holds an error. @param {number} largestMs */
export function endFor(largestMs) {
  return ENDS_MS.find((endMs) => endMs >= largestMs) ?? 1_000_000;
}

/** The decades of a plot, from the innermost to its end. @param {number} endMs */
export function decades(endMs) {
  return ENDS_MS.filter((decadeMs) => decadeMs <= endMs);
}

/**
 * The size of an error as 0 … 1 between two sizes, on a logarithmic scale.
 * @param {number} errorMs @param {number} leastMs @param {number} mostMs
 */
export function sizeShare(errorMs, leastMs, mostMs) {
  const size = Math.min(Math.max(Math.abs(errorMs), leastMs), mostMs);
  return Math.log10(size / leastMs) / Math.log10(mostMs / leastMs);
}
