// @ts-check
/** Round ends for the axes of plots; pure. */

const STEPS = [1, 2, 5, 10];
/** Below this a plot would show the ticks of the clock itself. */
const LEAST_MS = 0.1;

/** The next of 0.1, 0.2, 0.5, 1, 2, 5, 10, … @param {number} value */
export function roundAbove(value) {
  const size = Math.max(value, LEAST_MS);
  const power = 10 ** Math.floor(Math.log10(size) + 1e-9);
  const step = STEPS.find((one) => one * power >= size - 1e-9) ?? 10;
  return Number((step * power).toPrecision(1));
}

/**
 * The value that this share of all stays below: a single slow answer must not flatten a plot.
 * @param {readonly number[]} values
 * @param {number} share 0 … 1
 */
export function quantile(values, share) {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** "0.5 ms", "20 ms" @param {number} ms */
export function axisText(ms) {
  return `${Number(ms.toPrecision(2))} ms`;
}
