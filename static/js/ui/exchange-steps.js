// @ts-check
/** The sum of one exchange, step by step with its own numbers, and what the estimator made of it. */

import { part, say } from "./dom.js";
import { aheadWords, estimateSentence, lengthText, term, timeOfDay, verdictSentence, verdictWords } from "./exchange-words.js";
import { boundFigure } from "./format.js";

/** @import { Summed } from "./exchange-figure.js" */
/** @import { Sum } from "./exchange-sum.js" */

const STAMPS = /** @type {const} */ (["t1", "t2", "t3", "t4"]);
/** Half microseconds are possible in a mean of two. */
const MEAN_DIGITS = 4;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {string} [needs.timeZone]
 */
export function exchangeSteps({ root, timeZone }) {
  /** @param {Summed} shown */
  return function draw({ number, exchange, sum }) {
    say(part(root, "number"), `Exchange ${number}`);
    for (const name of STAMPS) drawStamp(part(root, name), sum[`${name}Ms`], sum[`${name}Ms`] - sum.t1Ms, timeZone);
    drawDelay(root, sum);
    drawOffset(root, sum);
    drawBounds(root, sum);
    const { word, used } = verdictWords(exchange.verdict);
    const verdict = part(root, "verdict");
    say(verdict, word);
    verdict.dataset.light = used ? "good" : "lost";
    say(part(root, "verdict-words"), verdictSentence(exchange.verdict, exchange.estimate));
    say(part(root, "estimate-words"), estimateSentence(exchange.estimate));
  };
}

/**
 * @param {HTMLElement} row
 * @param {number} atMs
 * @param {number} sinceMs
 * @param {string} [timeZone]
 */
function drawStamp(row, atMs, sinceMs, timeZone) {
  const { clock, millis, micros } = timeOfDay(atMs, timeZone);
  say(part(row, "clock"), clock);
  say(part(row, "millis"), millis);
  say(part(row, "micros"), micros);
  say(part(row, "since"), term(Number(sinceMs.toFixed(3))));
}

/** @param {HTMLElement} root @param {Sum} sum */
function drawDelay(root, { roundMs, heldMs, delayMs }) {
  say(part(root, "delay-sum"), `${term(roundMs)} − ${bracketed(heldMs)}`);
  say(part(root, "delay"), term(delayMs));
  say(part(root, "delay-words"), `${lengthText(delayMs)} on the way, there and back. The ${lengthText(heldMs)} at the server do not count.`);
}

/** @param {HTMLElement} root @param {Sum} sum */
function drawOffset(root, { upperMs, lowerMs, offsetMs }) {
  say(part(root, "offset-sum"), `(${term(upperMs)} + ${bracketed(lowerMs)}) ÷ 2`);
  say(part(root, "offset"), term(offsetMs, MEAN_DIGITS));
  say(part(root, "offset-words"), `If both ways took equally long, ${aheadWords(offsetMs)}.`);
}

/** @param {HTMLElement} root @param {Sum} sum */
function drawBounds(root, { upperMs, lowerMs, offsetMs, delayMs }) {
  say(part(root, "lower"), term(lowerMs));
  say(part(root, "middle"), term(offsetMs, MEAN_DIGITS));
  say(part(root, "upper"), term(upperMs));
  say(part(root, "half"), term(delayMs / 2, MEAN_DIGITS));
  say(part(root, "bounds-words"), `Nothing arrives before it is sent, so the true offset lies in here for sure: θ is at most ${boundFigure(Math.max(delayMs, 0) / 2)} ms wrong.`);
}

/** @param {number} ms */
function bracketed(ms) {
  return ms < 0 ? `(${term(ms)})` : term(ms);
}
