// @ts-check
/** Axes of plots: round steps, places in pixels, and labels that do not lie over each other; pure. */

/** Steps that people count in. */
const ROUND = [1, 2, 5, 10];

/**
 * Round figures within a range, at most `most` of them.
 * @param {number} from
 * @param {number} to
 * @param {number} most
 * @returns {{values: number[], digits: number}} digits: decimals that tell neighbours apart
 */
export function ticks(from, to, most) {
  const least = (to - from) / Math.max(most, 1);
  if (!(least > 0) || !Number.isFinite(least)) return { values: [], digits: 0 };
  const power = Math.floor(Math.log10(least));
  const step = (ROUND.find((factor) => factor * 10 ** power >= least * 0.999) ?? 10) * 10 ** power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  const values = Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => (first + index) * step);
  return { values, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

/**
 * @param {number} from value at fromPx
 * @param {number} to value at toPx
 * @param {number} fromPx
 * @param {number} toPx
 * @returns {(value: number) => number}
 */
export function scale(from, to, fromPx, toPx) {
  const perUnit = to === from ? 0 : (toPx - fromPx) / (to - from);
  return (value) => fromPx + (value - from) * perUnit;
}

/**
 * Middles of labels of one width: each as near as may be to where it belongs, none over another, all within the frame.
 * @param {readonly number[]} wanted in order
 * @param {number} width
 * @param {number} least left edge of the frame
 * @param {number} most right edge
 */
export function spread(wanted, width, least, most) {
  const placed = wanted.map((middle) => Math.min(Math.max(middle, least + width / 2), most - width / 2));
  for (let index = 1; index < placed.length; index += 1) {
    const overlap = placed[index - 1] + width - placed[index];
    if (overlap <= 0) continue;
    // Both give way by half, or one alone where the other stands at an edge.
    const left = Math.min(overlap / 2, Math.max(placed[index - 1] - least - width / 2, 0));
    placed[index - 1] -= left;
    placed[index] += overlap - left;
    const over = placed[index] + width / 2 - most;
    if (over > 0) {
      placed[index] -= over;
      placed[index - 1] -= over;
    }
  }
  return placed;
}
