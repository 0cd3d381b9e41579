// @ts-check
/** Durations in the course's words; pure. */

const SECOND_MS = 1000;
/** Below it milliseconds would be all zeros. */
const MICRO_BELOW_MS = 0.00995;
const UNITS = /(\d) (µs|ms|s|ppm|%)(?![\w])/g;

/**
 * A length of time in the unit that reads best, three digits at most: 2.50 µs, 72.0 ms, 1.73 s. No sign.
 * @param {number} ms
 */
export function duration(ms) {
  const size = Math.abs(ms);
  if (size > 0 && size < MICRO_BELOW_MS) return `${digits(size * 1000)} µs`;
  if (size < 999.5) return `${digits(size)} ms`;
  return `${digits(size / SECOND_MS)} s`;
}

/** @param {number} size */
function digits(size) {
  if (size === 0) return "0";
  if (size < 9.995) return size.toFixed(2);
  return size < 99.95 ? size.toFixed(1) : size.toFixed(0);
}

/** With its sign, a true minus. @param {number} ms */
export function signedDuration(ms) {
  const words = duration(ms);
  return Number.parseFloat(words) === 0 ? words : `${ms < 0 ? "−" : "+"}${words}`;
}

/** Round figures without their zeros: 20 ms, 1.5 s. @param {number} ms */
export function round(ms) {
  return Math.abs(ms) < SECOND_MS ? `${Number(ms.toFixed(1))} ms` : `${Number((ms / SECOND_MS).toFixed(1))} s`;
}

/** Ties each figure to its unit, so that no line ends between them. @param {string} words */
export function tied(words) {
  return words.replace(UNITS, "$1\u00a0$2");
}
