// @ts-check
/** What an exchange says, and what became of it, in words; pure. */

import { isBelieved } from "../clock/exchange-log.js";
import { boundFigure, signed } from "./format.js";

/** @import { Estimate, Verdict } from "../clock/estimator.js" */
/** @import { Explanation, Sum } from "./exchange-sum.js" */

/** @typedef {"one" | "clocks"} View  both lines on one clock, or each as its own clock says */
/** @typedef {"estimate" | "supposed"} Reason  why this explanation is drawn */

/** Beyond this, seconds read better. */
const SECONDS_FROM_MS = 10_000;

/** @type {Readonly<Record<Verdict, {word: string, sentence: string}>>} */
const VERDICTS = Object.freeze({
  accepted: { word: "Accepted", sentence: "It agrees with the others, so it now helps to set your clock." },
  undercut: { word: "Accepted", sentence: "It was clearly quicker than any before: the way has become shorter, and a burst of probes makes sure of it." },
  dropped: { word: "Dropped", sentence: "Its offset is further off than its wait can explain, so it is not used." },
  quarantined: { word: "Quarantined", sentence: "It was quick, and still it disagrees: perhaps a clock was moved. Three such in a row are believed." },
  stepped: { word: "Stepped", sentence: "The others had said something else for too long: they were thrown away, and the estimate starts again from here." },
  renewed: { word: "Renewed", sentence: "The server has a new time base: older exchanges were thrown away." },
  outdated: { word: "Outdated", sentence: "It came from a server on an older time base, so it is not used." },
  invalid: { word: "Invalid", sentence: "Its times cannot be true: the answer left before the question came, or was on its way for over 3 s. It is not used." },
}); // prettier-ignore

/** What a verdict is called, and whether the estimator goes by such an exchange. @param {Verdict} verdict */
export function verdictWords(verdict) {
  return { word: VERDICTS[verdict].word, used: isBelieved(verdict) };
}

/** Why the estimator did what it did. @param {Verdict} verdict @param {Estimate | null} estimate that followed */
export function verdictSentence(verdict, estimate) {
  if (verdict === "accepted" && estimate?.count === 1) return "It is the first: believed until others know better.";
  return VERDICTS[verdict].sentence;
}

/**
 * A length of time as it reads best. A true minus where it is negative, no plus.
 * @param {number} ms
 */
export function lengthText(ms) {
  const size = Math.abs(ms);
  const minus = ms < 0 ? "−" : "";
  if (Number(size.toFixed(3)) === 0) return "0 ms";
  if (size >= SECONDS_FROM_MS) return `${minus}${(size / 1000).toFixed(2)} s`;
  return `${minus}${size.toFixed(size < 0.1 ? 3 : size < 10 ? 2 : 1)} ms`;
}

/** Who is ahead. @param {number} offsetMs server − yours */
export function aheadWords(offsetMs) {
  if (Number(Math.abs(offsetMs).toFixed(3)) === 0) return "the server’s clock and yours agree";
  return `the server’s clock is ${lengthText(Math.abs(offsetMs))} ${offsetMs > 0 ? "ahead of" : "behind"} yours`;
}

/** Seconds that a millisecond takes in the drawing. @param {number} secondsPerMs */
export function paceWords(secondsPerMs) {
  const times = Math.round(secondsPerMs * 1000);
  return `Slow motion: 1 ms takes ${Number(secondsPerMs.toPrecision(2))} s, ${times.toLocaleString("en")} times slower.`;
}

/**
 * What the drawing shows right now.
 * @param {object} shown
 * @param {number} shown.number
 * @param {Sum} shown.sum
 * @param {Explanation} shown.explanation
 * @param {View} shown.view
 * @param {Reason} shown.reason
 * @param {boolean} shown.fits whether any explanation agrees with the estimate
 */
export function exchangeSentence({ number, sum, explanation, view, reason, fits }) {
  if (view === "clocks") return `Exchange ${number}, read literally: ${literally(sum)}`;
  const { thereMs, backMs, share, offsetMs } = explanation;
  if (reason === "estimate" && !fits) {
    return `Exchange ${number} contradicts the estimate: even if the way ${share > 0 ? "back" : "there"} took no time, ${aheadWords(offsetMs)}.`;
  }
  const legs = `your question took ${lengthText(thereMs)} to the server, which held it for ${lengthText(sum.heldMs)}, and the answer took ${lengthText(backMs)} back`;
  return `Exchange ${number}: ${reason === "estimate" ? "by the estimate, " : "as you suppose, "}${legs}.`;
}

/** @param {Sum} sum */
function literally({ upperMs, lowerMs }) {
  const both = `the way there took ${lengthText(upperMs)} and the way back ${lengthText(-lowerMs)}.`;
  if (upperMs < 0) return `${both} The question would have come before it was sent: the two clocks disagree.`;
  if (lowerMs > 0) return `${both} The answer would have come before it was sent: the two clocks disagree.`;
  return `${both} Nothing impossible, as the clocks differ by less than the time on the way.`;
}

/** What the slider stands at, also spoken. @param {Explanation} explanation */
export function supposition({ longerMs, offsetMs }) {
  const size = Math.abs(longerMs);
  const equal = Number(size.toFixed(3)) === 0;
  const ways = equal ? "Both ways equally long" : `The way ${longerMs > 0 ? "there" : "back"} longer by ${lengthText(size)}`;
  return `${ways}: then ${aheadWords(offsetMs)}.`;
}

/** @param {Sum} sum */
export function honestSentence({ delayMs }) {
  const half = boundFigure(Math.max(delayMs, 0) / 2);
  return `Wherever you put it, the same four timestamps come out. The offset moves by up to ±${half} ms, half the time on the way, and no exchange can tell these worlds apart.`;
}

/** @param {Estimate | null} estimate */
export function estimateSentence(estimate) {
  if (!estimate) return "There is no estimate yet.";
  const { count, offsetMs, boundMs, skewPpm } = estimate;
  const drift = Math.abs(skewPpm) < 0.05 ? "" : ` Between them your clock runs ${Math.abs(skewPpm).toFixed(1)} millionths ${skewPpm > 0 ? "slow" : "fast"}.`;
  const kept = count === 1 ? "This one alone says" : `The ${count} exchanges of the last two minutes together say`;
  return `${kept}: ${aheadWords(offsetMs)}, ±${boundFigure(boundMs)} ms.${drift}`;
}

/**
 * A time of day with microseconds, in pieces so that what differs can be set apart.
 * @param {number} atMs epoch, in whole microseconds
 * @param {string} [timeZone]
 */
export function timeOfDay(atMs, timeZone) {
  const micros = Math.round(atMs * 1000);
  const fraction = String(((micros % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, "0");
  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", ...(timeZone && { timeZone }) });
  return { clock: `${clock.format(Math.floor(micros / 1_000_000) * 1000)}.`, millis: fraction.slice(0, 3), micros: fraction.slice(3) };
}

/** A term of the sum: three decimals, a true minus. @param {number} ms @param {number} [digits] */
export function term(ms, digits = 3) {
  return signed(ms, digits).replace("+", "");
}
