// @ts-check
/** A minute of drift as two SVG paths: the line and the clock's error band around it; pure. */

export const PLOT = Object.freeze({ left: 36, right: 312, middle: 52, half: 44, spanMs: 60_000 });
/** The scale never shrinks below what an eye can tell. */
const SCALES_MS = [20, 50, 100, 250, 500, 1000, 2500, 10_000, 60_000];

/** @typedef {{atMs: number, driftMs: number, boundMs: number}} Point */

/**
 * @param {readonly Point[]} points oldest first
 * @param {number} nowMs
 * @returns {{line: string, band: string, scaleMs: number}}
 */
export function plotPaths(points, nowMs) {
  const recent = points.filter((point) => nowMs - point.atMs <= PLOT.spanMs);
  const largest = Math.max(0, ...recent.map((point) => Math.abs(point.driftMs)));
  const scaleMs = SCALES_MS.find((scale) => scale >= largest) ?? 60_000;
  const x = (/** @type {Point} */ point) =>
    PLOT.right - ((nowMs - point.atMs) / PLOT.spanMs) * (PLOT.right - PLOT.left);
  // Positive drift is behind: drawn upwards, clipped to the frame.
  const y = (/** @type {number} */ ms) =>
    PLOT.middle - (Math.max(-scaleMs, Math.min(scaleMs, ms)) / scaleMs) * PLOT.half;
  const place = (/** @type {Point} */ point, /** @type {number} */ ms) => `${x(point).toFixed(1)} ${y(ms).toFixed(1)}`;
  const upper = recent.map((point) => place(point, point.driftMs + point.boundMs));
  const lower = recent.map((point) => place(point, point.driftMs - point.boundMs)).reverse();
  const line = recent.map((point) => place(point, point.driftMs));
  return {
    scaleMs,
    line: line.length > 1 ? `M${line.join("L")}` : "",
    band: line.length > 1 ? `M${[...upper, ...lower].join("L")}Z` : "",
  };
}
