// @ts-check
/** Our own playback in the instrument: a sentence, every figure with its unit, and the last minute. */

import { correctionText } from "./causes.js";
import { need, part, say } from "./dom.js";
import { plotPaths, plotSentence } from "./drift-plot.js";
import { driftSentence, rateText, signed } from "./format.js";
import { isMeasured } from "./status-words.js";

/** @import { Status } from "../protocol/protocol.js" */
/** @import { Point } from "./drift-plot.js" */

/** @typedef {{locked: boolean, offsetMs: number, skewPpm: number}} ClockView */

/**
 * @param {object} shown
 * @param {HTMLElement} shown.root
 * @param {Status} shown.own
 * @param {ClockView} shown.clock
 * @param {number} shown.roomRate
 * @param {readonly Point[]} shown.points
 * @param {number} shown.nowMs
 */
export function drawInstrument({ root, own, clock, roomRate, points, nowMs }) {
  const measured = clock.locked && isMeasured(own.state);
  say(part(root, "sentence"), sentenceFor(own, clock));
  say(part(root, "drift"), measured ? signed(own.driftMs, 1) : "–");
  say(part(root, "bound"), clock.locked ? `±${own.boundMs.toFixed(1)} ms` : "–");
  say(part(root, "rtt"), own.rttMs > 0 ? `${own.rttMs.toFixed(1)} ms` : "–");
  say(part(root, "offset"), offsetText(clock.offsetMs));
  say(part(root, "rate"), rateText(own.rate));
  say(part(root, "correction"), correctionText(own, roomRate));
  say(part(root, "buffer"), `${own.bufferS.toFixed(1)} s`);
  say(part(root, "dropped"), String(own.droppedFrames));
  drawPlot(root, points, nowMs);
}

/**
 * @param {HTMLElement} root
 * @param {readonly Point[]} points
 * @param {number} nowMs
 */
function drawPlot(root, points, nowMs) {
  const { scaleMs, ...paths } = plotPaths(points, nowMs);
  for (const [name, path] of Object.entries(paths)) need(root, `[data-part="${name}"]`, SVGPathElement).setAttribute("d", path);
  say(need(root, '[data-part="top"]', SVGTextElement), `+${scaleMs}`);
  say(need(root, '[data-part="bottom"]', SVGTextElement), `−${scaleMs}`);
  say(part(root, "plot-sentence"), plotSentence(points, nowMs));
}

/**
 * @param {Status} own
 * @param {ClockView} clock
 */
function sentenceFor(own, clock) {
  if (!clock.locked) return "Your clock is being set by the room’s.";
  switch (own.state) {
    case "synced":
    case "adjusting":
    case "seeking":
      return driftSentence(own.driftMs, own.boundMs);
    case "buffering":
      return "Your player waits for more of the film.";
    case "blocked":
      return "Your browser wants a click before it plays.";
    case "hidden":
      return "In the background nothing is corrected; you rejoin on return.";
    default:
      return "You watch on your own.";
  }
}

/** @param {number} offsetMs */
function offsetText(offsetMs) {
  const size = Math.abs(offsetMs);
  return size < 10_000 ? `${signed(-offsetMs, 1)} ms` : `${signed(-offsetMs / 1000, 1)} s`;
}
