// @ts-check
/** What the scatter of delays and offsets shows right now, in a sentence; pure. */

import { lengthText } from "./exchange-words.js";
import { boundFigure, count } from "./format.js";
import { wedgeHalf } from "./wedge-geometry.js";

/** @import { Dot } from "./wedge-geometry.js" */

/** Waits shorter than this share of the least delay, or than this, are no queue. */
const QUEUE_SHARE = 0.25;
const QUEUE_MS = 0.1;

/**
 * @param {readonly Dot[]} dots oldest first
 * @param {{delayMs: number, boundMs: number} | null} estimate
 * @param {number} beyond how many are slower than the drawing is wide
 */
export function wedgeSentence(dots, estimate, beyond) {
  const newest = dots.at(-1);
  if (!newest || !estimate) return "Each exchange will become a dot: how long it took, and how far its offset lies from the estimate.";
  const { delayMs: leastMs, boundMs } = estimate;
  const waited = dots.filter(({ delayMs }) => delayMs - leastMs > Math.max(QUEUE_MS, leastMs * QUEUE_SHARE)).length;
  return [
    `${dots[0].number > 1 ? "The last " : ""}${count(dots.length, "exchange")}: the quickest of the last two minutes took ${lengthText(leastMs)}, ${waited === 0 ? "and none had to wait" : `${waited} had to wait somewhere`}.`,
    `The newest waited ${lengthText(Math.max(newest.delayMs - leastMs, 0))}, which may have shifted its offset by ${lengthText(wedgeHalf(newest.delayMs, leastMs))}.`,
    `It lies ${lengthText(Math.abs(newest.aboveMs))} ${newest.aboveMs < 0 ? "below" : "above"} the estimate, which is right to ±${boundFigure(boundMs)} ms.`,
    beyond === 0 ? "" : `${count(beyond, "slower one stands", "slower ones stand")} at the right edge.`,
    refusedWords(dots),
  ]
    .filter(Boolean)
    .join(" ");
}

/** @param {readonly Dot[]} dots */
function refusedWords(dots) {
  /** @type {Map<string, number>} */
  const byWord = new Map();
  for (const { used, word } of dots) if (!used) byWord.set(word, (byWord.get(word) ?? 0) + 1);
  const parts = [...byWord].map(([word, amount]) => `${amount} ${word.toLowerCase()}`);
  return parts.length === 0 ? "" : `Crossed out: ${parts.join(", ")}.`;
}
