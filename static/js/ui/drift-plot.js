// @ts-check
/** A minute of drift as SVG paths: the line, the clock's error band around it, and what was done about it; pure. */

import { count, difference } from "./format.js";

export const PLOT = Object.freeze({ left: 36, right: 312, middle: 52, half: 44, speeds: 114, speedHalf: 8, spanMs: 60_000 });
/** The scale never shrinks below what an eye can tell. */
const SCALES_MS = [20, 50, 100, 250, 500, 1000, 2500, 10_000, 60_000];
/** Points further apart are not joined: nothing was measured between them. */
const GAP_MS = 1500;
/** The largest speed change of the law; drawn by its root, so that a small one can be seen. */
const MOST_TRIM = 0.08;
const LEAST_TRIM = 1e-4;

/**
 * @typedef {object} Point
 * @property {number} atMs
 * @property {number} driftMs
 * @property {number} boundMs
 * @property {number} [trim] share by which the film runs faster than the room's
 * @property {boolean} [jumped] a seek began here
 *
 * @typedef {{line: string, band: string, speeds: string, jumps: string, scaleMs: number}} Paths
 */

/**
 * @param {readonly Point[]} points oldest first
 * @param {number} nowMs
 * @returns {Paths}
 */
export function plotPaths(points, nowMs) {
  const recent = lastMinute(points, nowMs);
  const largest = Math.max(0, ...recent.map((point) => Math.abs(point.driftMs)));
  const scaleMs = SCALES_MS.find((scale) => scale >= largest) ?? 60_000;
  const x = (/** @type {number} */ atMs) => (PLOT.right - ((nowMs - atMs) / PLOT.spanMs) * (PLOT.right - PLOT.left)).toFixed(1);
  // Positive drift is behind: drawn upwards, clipped to the frame.
  const y = (/** @type {number} */ ms) => (PLOT.middle - (Math.max(-scaleMs, Math.min(scaleMs, ms)) / scaleMs) * PLOT.half).toFixed(1);
  const runs = runsOf(recent).filter((run) => run.length > 1);
  const along = (/** @type {Point[]} */ run, /** @type {(point: Point) => number} */ value) =>
    run.map((point) => `${x(point.atMs)} ${y(value(point))}`);
  return {
    scaleMs,
    line: runs.map((run) => `M${along(run, ({ driftMs }) => driftMs).join("L")}`).join(""),
    band: runs
      .map((run) => {
        const upper = along(run, ({ driftMs, boundMs }) => driftMs + boundMs);
        const lower = along(run, ({ driftMs, boundMs }) => driftMs - boundMs);
        return `M${[...upper, ...lower.reverse()].join("L")}Z`;
      })
      .join(""),
    speeds: recent.map((point) => (isTrimmed(point) ? `M${x(point.atMs)} ${PLOT.speeds}v${trimHeight(point.trim ?? 0)}` : "")).join(""),
    jumps: recent.map((point) => (point.jumped ? `M${x(point.atMs)} ${PLOT.middle - PLOT.half}v${2 * PLOT.half}` : "")).join(""),
  };
}

/**
 * What the plot shows, in one sentence.
 * @param {readonly Point[]} points oldest first
 * @param {number} nowMs
 */
export function plotSentence(points, nowMs) {
  const recent = lastMinute(points, nowMs);
  if (recent.length === 0) return "Nothing measured in the last minute.";
  const { figure, unit } = difference(Math.max(...recent.map(({ driftMs }) => Math.abs(driftMs))));
  const jumps = recent.filter(({ jumped }) => jumped).length;
  const changed = recent.filter(isTrimmed).length / recent.length;
  const deeds = [
    ...(jumps > 0 ? [count(jumps, "jump")] : []),
    ...(changed > 0 ? [`its speed changed ${changed < 0.995 ? `${Math.ceil(changed * 100)} % of the time` : "all the time"}`] : []),
  ];
  return `In the last minute never more than ${figure} ${unit} off; ${deeds.join(", ") || "nothing had to be corrected"}.`;
}

/** @param {readonly Point[]} points @param {number} nowMs */
function lastMinute(points, nowMs) {
  return points.filter((point) => nowMs - point.atMs <= PLOT.spanMs);
}

/** @param {readonly Point[]} points */
function runsOf(points) {
  /** @type {Point[][]} */
  const runs = [];
  for (const point of points) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run && last && point.atMs - last.atMs <= GAP_MS) run.push(point);
    else runs.push([point]);
  }
  return runs;
}

/** @param {Point} point */
function isTrimmed({ trim = 0 }) {
  return Math.abs(trim) > LEAST_TRIM;
}

/** Faster is up. @param {number} trim */
function trimHeight(trim) {
  const share = Math.sqrt(Math.min(Math.abs(trim) / MOST_TRIM, 1));
  return (-Math.sign(trim) * Math.max(share * PLOT.speedHalf, 1)).toFixed(1);
}
