// @ts-check
/** Who is closest to the truth, said without favour; pure. */

import { hiddenShiftMs } from "../clock/experiment.js";
import { roundDuration } from "./format.js";
import { sizeText } from "./lab-words.js";

/** @import { Experiment } from "../clock/experiment.js" */

/** @typedef {{name: string, errorMs: number | null, p95Ms: number | null}} Standing */
/** A hidden shift below this is not worth a word. */
const WORTH_MS = 0.1;

/**
 * @param {readonly Standing[]} standings of those that are shown, ours first
 * @param {Readonly<Experiment>} experiment
 */
export function contestSentence(standings, experiment) {
  const answered = standings.filter(({ errorMs }) => errorMs !== null);
  const closest = least(answered, ({ errorMs }) => Math.abs(errorMs ?? Infinity));
  const ours = standings[0];
  if (!closest || !ours) return experiment.lossPct === 100 ? "Nobody has an estimate: every message is lost." : "Nobody has an estimate yet.";
  const now =
    closest === ours || ours.errorMs === null
      ? `Right now ${closest.name} is closest, off by ${sizeText(closest.errorMs ?? 0)}.`
      : `Right now ${closest.name} is closest, off by ${sizeText(closest.errorMs ?? 0)}; ${ours.name} is off by ${sizeText(ours.errorMs)}.`;
  return [now, minuteSentence(standings, ours), hiddenSentence(experiment)].filter(Boolean).join(" ");
}

/** @param {readonly Standing[]} standings @param {Standing} ours */
function minuteSentence(standings, ours) {
  const [best, next] = standings.filter(({ p95Ms }) => p95Ms !== null).sort((a, b) => Number(a.p95Ms) - Number(b.p95Ms));
  if (!best) return "";
  const bestWords = `Over the last minute ${best.name} was best: within ${sizeText(best.p95Ms ?? 0)} for 95 % of the time`;
  const other = best === ours ? next : ours;
  if (!other || other.p95Ms === null) return `${bestWords}.`;
  return `${bestWords}, ${other.name}${best === ours ? " next" : ""} within ${sizeText(other.p95Ms)}.`;
}

/** What asymmetry costs everybody. @param {Readonly<Experiment>} experiment */
function hiddenSentence(experiment) {
  const hiddenMs = hiddenShiftMs(experiment);
  if (hiddenMs < WORTH_MS) return "";
  return `${roundDuration(Math.abs(hiddenMs))} of everybody’s error is half the difference between the way there and the way back, which no exchange of timestamps can see; only a bound can allow for it.`;
}

/** @template T @param {readonly T[]} items @param {(item: T) => number} size @returns {T | null} */
function least(items, size) {
  return items.reduce((best, item) => (best && size(best) <= size(item) ? best : item), /** @type {T | null} */ (null));
}
