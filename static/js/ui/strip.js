// @ts-check
/** The errors of one estimator over the last minutes as SVG paths, on a scale that all of them share; pure. */

import { decades, endFor, signedShare } from "./error-scale.js";

/** @import { Point } from "../clock/contender.js" */

export const STRIP = Object.freeze({ width: 600, height: 100, spanMs: 120_000 });
/** Points further apart than this are not joined: in between nobody was awake. */
const GAP_MS = 1500;
const HALF = STRIP.height / 2;

/** The end of the scale that holds every shown error, and the bounds of those that state one. @param {readonly (readonly Point[])[]} shown */
export function sharedEnd(shown) {
  let mostMs = 0;
  for (const { errorMs, boundMs } of shown.flat()) mostMs = Math.max(mostMs, Math.abs(errorMs) + (Number.isFinite(boundMs) ? boundMs : 0));
  return endFor(mostMs);
}

/** @param {number} atMs @param {number} nowMs */
const across = (atMs, nowMs) => (1 - (nowMs - atMs) / STRIP.spanMs) * STRIP.width;
/** Fast is up. @param {number} errorMs @param {number} endMs */
const down = (errorMs, endMs) => HALF - signedShare(errorMs, endMs) * (HALF - 2);

/**
 * @param {readonly Point[]} points oldest first @param {number} nowMs @param {number} endMs
 * @returns {{line: string, band: string}} the band is empty where no bound is stated
 */
export function stripPaths(points, nowMs, endMs) {
  const place = (/** @type {Point} */ { atMs }, /** @type {number} */ errorMs) => `${across(atMs, nowMs).toFixed(1)} ${down(errorMs, endMs).toFixed(1)}`;
  let line = "";
  let band = "";
  for (const piece of pieces(points.filter(({ atMs }) => nowMs - atMs <= STRIP.spanMs))) {
    line += `M${piece.map((point) => place(point, point.errorMs)).join("L")}`;
    const stated = piece.filter(({ boundMs }) => Number.isFinite(boundMs));
    if (stated.length < 2) continue;
    const upper = stated.map((point) => place(point, point.errorMs + point.boundMs));
    const lower = stated.map((point) => place(point, point.errorMs - point.boundMs)).reverse();
    band += `M${[...upper, ...lower].join("L")}Z`;
  }
  return { line, band };
}

/** Each power of ten, above and below nothing. @param {number} endMs */
export function gridPath(endMs) {
  return decades(endMs)
    .slice(0, -1)
    .flatMap((decadeMs) => [decadeMs, -decadeMs])
    .map((errorMs) => `M0 ${down(errorMs, endMs).toFixed(1)}H${STRIP.width}`)
    .join("");
}

/** Moments at which something happened to the clock. @param {readonly {atMs: number}[]} mishaps @param {number} nowMs */
export function marksPath(mishaps, nowMs) {
  return mishaps
    .filter(({ atMs }) => nowMs - atMs <= STRIP.spanMs)
    .map(({ atMs }) => `M${across(atMs, nowMs).toFixed(1)} 0V${STRIP.height}`)
    .join("");
}

/** @param {readonly Point[]} points @returns {Point[][]} */
function pieces(points) {
  /** @type {Point[][]} */
  const all = [];
  for (const point of points) {
    const last = all.at(-1)?.at(-1);
    if (last && point.atMs - last.atMs <= GAP_MS) all.at(-1)?.push(point);
    else all.push([point]);
  }
  return all;
}
