// @ts-check
/** Minutes of exchanges as paths: bounds of the offset around the clock's own line, and delays; pure. */

import { isBelieved, offsetAndDelay } from "../clock/exchange-log.js";
import { quantile, roundAbove } from "./scale.js";

/** @import { Exchange } from "../clock/time-sync.js" */

/** Both drawings are stretched to their place: x is time, y is a percentage of the height. */
export const PLOT = Object.freeze({ width: 1000, height: 100 });
/** A young page shows less, so that its plot is not empty. */
const SPANS_MS = [15_000, 30_000, 60_000, 120_000, 240_000];
/** Slow answers may leave the frame; what three of four do fills most of it. */
const USUAL = 0.75;
const FILLED = 0.75;

/** The clock as it stands: what offsets are drawn relative to. @typedef {{offsetMs: number, skewPpm: number, boundMs: number}} Reference */
/**
 * @typedef {object} Plot
 * @property {number} spanMs
 * @property {number} offsetScaleMs at the frame's upper edge; its lower edge is the same below zero
 * @property {number} delayScaleMs at the frame's upper edge
 * @property {string} bars from each exchange's lower to its upper bound
 * @property {string} refusedBars of those that the estimator did not believe
 * @property {string} band estimate ± bound, as they were
 * @property {string} line the estimate as it was
 * @property {string} dots
 * @property {string} refusedDots
 * @property {number} floorY where the shortest delay lies in the lower drawing
 * @property {number} count
 * @property {number} refused
 * @property {number} leastMs
 * @property {number} mostMs
 */

/**
 * @param {readonly Exchange[]} exchanges oldest first
 * @param {number} nowMs on the clock of their T1 and T4
 * @param {Reference} reference
 * @returns {Plot}
 */
export function offsetPlot(exchanges, nowMs, reference) {
  const spanMs = spanFor(exchanges, nowMs);
  const points = exchanges.filter(({ sample }) => nowMs - sample.t4Ms <= spanMs).map((exchange) => place(exchange, nowMs, reference));
  const usual = points.filter(({ believed }) => believed);
  const reach = quantile(usual.map(({ upperMs, lowerMs }) => Math.max(Math.abs(upperMs), Math.abs(lowerMs))), USUAL);
  const delaysMs = points.map(({ delayMs }) => delayMs);
  const offsetScaleMs = roundAbove(Math.max(reach, finite(reference.boundMs)) / FILLED);
  const delayScaleMs = roundAbove(quantile(delaysMs, USUAL) / FILLED);
  const leastMs = delaysMs.length ? Math.min(...delaysMs) : 0;

  const x = (/** @type {number} */ atMs) => (PLOT.width * (1 - (nowMs - atMs) / spanMs)).toFixed(1);
  const offsetY = (/** @type {number} */ ms) => percent(50 - (50 * ms) / offsetScaleMs);
  const delayY = (/** @type {number} */ ms) => percent(100 - (100 * ms) / delayScaleMs);
  const bar = (/** @type {Point} */ { atMs, upperMs, lowerMs }) => `M${x(atMs)} ${offsetY(upperMs)}V${offsetY(lowerMs)}`;
  // A line without length under a round cap: a dot, however the drawing is stretched.
  const dot = (/** @type {Point} */ { atMs, delayMs }) => `M${x(atMs)} ${delayY(delayMs)}h0`;
  const drawn = (/** @type {boolean} */ believed, /** @type {(point: Point) => string} */ draw) =>
    points.filter((point) => point.believed === believed).map(draw).join("");

  const track = [...points.flatMap(({ estimate }) => estimate ?? []), { atMs: nowMs, aboutMs: 0, boundMs: finite(reference.boundMs) }];
  const along = (/** @type {number} */ side) => track.map(({ atMs, aboutMs, boundMs }) => `${x(atMs)} ${offsetY(aboutMs + side * boundMs)}`);
  const known = track.length > 1;
  return {
    spanMs,
    offsetScaleMs,
    delayScaleMs,
    bars: drawn(true, bar),
    refusedBars: drawn(false, bar),
    band: known ? `M${[...along(1), ...along(-1).reverse()].join("L")}Z` : "",
    line: known ? `M${along(0).join("L")}` : "",
    dots: drawn(true, dot),
    refusedDots: drawn(false, dot),
    floorY: Number(delayY(leastMs)),
    count: points.length,
    refused: points.filter(({ believed }) => !believed).length,
    leastMs,
    mostMs: Math.max(0, ...delaysMs),
  };
}

/**
 * @typedef {object} Point times in ms, offsets relative to the clock's line
 * @property {number} atMs
 * @property {number} upperMs T2 − T1
 * @property {number} lowerMs T3 − T4
 * @property {number} delayMs
 * @property {boolean} believed
 * @property {{atMs: number, aboutMs: number, boundMs: number} | null} estimate as it was after this exchange
 */

/**
 * @param {Exchange} exchange
 * @param {number} nowMs
 * @param {Reference} reference
 * @returns {Point}
 */
function place({ sample, verdict, estimate }, nowMs, { offsetMs, skewPpm }) {
  const { t1Ms, t2Ms, t3Ms, t4Ms } = sample;
  const clockAt = (/** @type {number} */ atMs) => offsetMs + skewPpm * 1e-6 * (atMs - nowMs);
  return {
    atMs: t4Ms,
    upperMs: t2Ms - t1Ms - clockAt(t1Ms),
    lowerMs: t3Ms - t4Ms - clockAt(t4Ms),
    delayMs: Math.max(offsetAndDelay(sample).delayMs, 0),
    believed: isBelieved(verdict),
    estimate: estimate && { atMs: t4Ms, aboutMs: estimate.offsetMs - clockAt(t4Ms), boundMs: estimate.boundMs },
  };
}

/**
 * @param {readonly Exchange[]} exchanges
 * @param {number} nowMs
 */
function spanFor(exchanges, nowMs) {
  const ageMs = nowMs - (exchanges[0]?.sample.t4Ms ?? nowMs);
  return SPANS_MS.find((spanMs) => ageMs <= spanMs) ?? /** @type {number} */ (SPANS_MS.at(-1));
}

/** @param {number} value */
function percent(value) {
  return Math.min(Math.max(value, 0), PLOT.height).toFixed(2);
}

/** @param {number} value */
function finite(value) {
  return Number.isFinite(value) ? value : 0;
}
