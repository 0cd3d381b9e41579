// @ts-check
/** The round trips of the last exchanges as bars, and the same in words; pure. */

import { isBelieved, offsetAndDelay } from "../clock/exchange-log.js";
import { measuredFigure } from "./format.js";
import { roundAbove } from "./scale.js";

/** @import { Exchange } from "../clock/time-sync.js" */

/** Of each bar's place, in the drawing's own units. */
export const HISTORY = Object.freeze({ bars: 30, height: 100, bar: 0.68, least: 2 });

/**
 * The newest at the right; what the estimator did not believe in a path of its own.
 * @param {readonly Exchange[]} exchanges oldest first
 * @returns {{accepted: string, refused: string, scaleMs: number, words: string}}
 */
export function rttHistory(exchanges) {
  const last = exchanges.slice(-HISTORY.bars).map(({ sample, verdict }) => ({
    delayMs: Math.max(offsetAndDelay(sample).delayMs, 0),
    believed: isBelieved(verdict),
  }));
  const scaleMs = roundAbove(Math.max(0, ...last.map(({ delayMs }) => delayMs)));
  const first = HISTORY.bars - last.length;
  const bars = last.map(({ delayMs, believed }, index) => ({ believed, path: bar(first + index, delayMs / scaleMs) }));
  const join = (/** @type {boolean} */ wanted) => bars.filter(({ believed }) => believed === wanted).map(({ path }) => path).join("");
  return { accepted: join(true), refused: join(false), scaleMs, words: words(last.map(({ delayMs }) => delayMs)) };
}

/**
 * @param {number} place
 * @param {number} share of the whole height
 */
function bar(place, share) {
  const height = Math.max(share * HISTORY.height, HISTORY.least);
  const left = place + (1 - HISTORY.bar) / 2;
  return `M${left.toFixed(2)} ${HISTORY.height}v-${height.toFixed(1)}h${HISTORY.bar}v${height.toFixed(1)}Z`;
}

/** @param {readonly number[]} delaysMs */
function words(delaysMs) {
  const last = delaysMs.at(-1);
  if (last === undefined) return "No exchange yet.";
  if (delaysMs.length === 1) return `Round trip of the only exchange so far: ${measuredFigure(last)} ms.`;
  const [least, most] = [Math.min(...delaysMs), Math.max(...delaysMs)];
  return `Round trips of the last ${delaysMs.length} exchanges: ${measuredFigure(least)} to ${measuredFigure(most)} ms, the latest ${measuredFigure(last)} ms.`;
}
