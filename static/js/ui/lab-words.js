// @ts-check
/** What the page Simulate says of clocks, errors and states; pure. */

import { hiddenShiftMs } from "../clock/experiment.js";
import { boundDuration, clockTime, durationText, roundDuration, signedDuration } from "./format.js";

/** @import { Experiment } from "../clock/experiment.js" */
/** @import { View } from "../clock/laboratory.js" */

/** A mishap is spoken of for so long, in simulated time. */
const RECENT_MS = 30_000;
/** An error below this is none: its unit would jump about. */
const NONE_MS = 0.00995;

/** The size of a time; what no digit of a millisecond would show is not worth another unit. @param {number} ms its sign is not shown */
export function sizeText(ms) {
  return Math.abs(ms) < NONE_MS ? "less than 0.01 ms" : durationText(ms);
}

/** A bound promises, so it is rounded up. @param {number} boundMs */
export function boundWords(boundMs) {
  return `±${boundDuration(boundMs)}`;
}

/** With a true minus sign. @param {number} ms */
export function signedText(ms) {
  if (Math.abs(ms) < NONE_MS) return "0.00 ms";
  return signedDuration(ms);
}

/** @param {number} errorMs positive: fast */
export function wrongText(errorMs) {
  if (Math.abs(errorMs) < NONE_MS) return "right";
  return `${sizeText(errorMs)} ${errorMs > 0 ? "fast" : "slow"}`;
}

/** How a clock of the day reads: 12:04:31. @param {number} ms since the epoch */
export function timeOfDay(ms) {
  const at = new Date(ms);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** What lies below its seconds, with as many digits as can be read at a pace. @param {number} ms @param {number} pace */
export function fraction(ms, pace) {
  const digits = pace >= 60 ? 0 : pace >= 10 ? 1 : 3;
  if (digits === 0) return "";
  const below = Math.floor(ms) - Math.floor(ms / 1000) * 1000;
  return `.${String(below).padStart(3, "0").slice(0, digits)}`;
}

/** "Your device says 12:04:31. It is 30.0 s fast. Corrected: off by 0.3 ms, and it knows: ±2.1 ms." @param {View} view */
export function clocksSentence({ deviceMs, deviceErrorMs, corrected }) {
  const device = `Your device says ${timeOfDay(deviceMs)}. It is ${wrongText(deviceErrorMs)}.`;
  if (!corrected) return `${device} Corrected: not yet, no answer has come.`;
  const { errorMs, boundMs } = corrected;
  if (Math.abs(errorMs) <= boundMs) return `${device} Corrected: off by ${sizeText(errorMs)}, and it knows: ${boundWords(boundMs)}.`;
  return `${device} Corrected: off by ${sizeText(errorMs)}, more than the ${boundWords(boundMs)} it states, until the next answers come.`;
}

/** @typedef {"paused" | "asleep" | "unanswered" | "silent" | "shaken" | "running"} LabState */

/** @param {View} view @param {boolean} paused @returns {LabState} */
export function labState({ asleepForMs, corrected, lossPct, mishap, elapsedMs }, paused) {
  if (paused) return "paused";
  if (asleepForMs > 0) return "asleep";
  if (!corrected) return "unanswered";
  if (lossPct === 100) return "silent";
  if (mishap && elapsedMs - mishapEnd(mishap) < RECENT_MS) return "shaken";
  return "running";
}

/** @param {View} view @param {boolean} paused @param {number} pace */
export function stateSentence(view, paused, pace) {
  const { elapsedMs, asleepForMs, lossPct, mishap } = view;
  switch (labState(view, paused)) {
    case "paused":
      return `Paused at ${clockTime(elapsedMs / 1000)}. Time stands still for everybody.`;
    case "asleep":
      return `Asleep for another ${clockTime(Math.ceil(asleepForMs / 1000))}. The device’s clock stands still, and nobody reads answers.`;
    case "unanswered":
      return lossPct === 100
        ? "Every message is lost. Nobody learns anything, so nothing can be corrected."
        : "No answer yet. Until the first one comes, nobody knows how wrong the device is.";
    case "silent":
      return "Every message is lost now. What was learned before still stands, a little less surely each second.";
    case "shaken":
      return mishap ? mishapSentence(mishap, elapsedMs) : "";
    default:
      return pace === 1 ? "Running in real time." : `Running ${pace} times as fast as real time.`;
  }
}

/** @param {NonNullable<View["mishap"]>} mishap */
function mishapEnd({ kind, atMs, byMs }) {
  return kind === "sleep" ? atMs - byMs : atMs;
}

/** @param {NonNullable<View["mishap"]>} mishap @param {number} elapsedMs */
function mishapSentence(mishap, elapsedMs) {
  const ago = `${Math.floor((elapsedMs - mishapEnd(mishap)) / 1000)} s ago`;
  if (mishap.kind === "sleep") return `The device woke up ${ago}, with a clock that had stood still for ${sizeText(mishap.byMs)}.`;
  return `The clock was moved by ${mishap.byMs < 0 ? "" : "+"}${roundDuration(mishap.byMs)} ${ago}. Watch who notices, and when.`;
}

/** How a setting reads, with its unit. @param {keyof Experiment} name @param {number} value */
export function settingText(name, value) {
  switch (name) {
    case "wrongMs":
      return value === 0 ? "right" : `${shortText(value)} ${value > 0 ? "fast" : "slow"}`;
    case "driftPpm":
      return value === 0 ? "none" : `${value > 0 ? "+" : "−"}${Math.abs(value)} ppm`;
    case "therePct":
      return `${value} % there, ${100 - value} % back`;
    case "lossPct":
      return `${value} %`;
    default:
      return `${value} ms`;
  }
}

/** What a setting means, where that is not plain. @param {keyof Experiment} name @param {Experiment} experiment */
export function settingHint(name, experiment) {
  const { driftPpm } = experiment;
  if (name === "driftPpm") {
    const perDayS = (Math.abs(driftPpm) * 86_400) / 1e6;
    return driftPpm === 0 ? "Keeps its distance from true time." : `${driftPpm > 0 ? "Gains" : "Loses"} ${perDayS.toFixed(1)} s a day.`;
  }
  if (name !== "therePct") return "";
  const hiddenMs = hiddenShiftMs(experiment);
  return hiddenMs === 0 ? "As long there as back, as everybody assumes." : `Shifts every estimate by ${roundDuration(Math.abs(hiddenMs))}, unseen.`;
}

/** A round figure without idle digits. @param {number} ms */
function shortText(ms) {
  const size = Math.abs(ms);
  return size < 1000 ? `${size} ms` : `${size / 1000} s`;
}
