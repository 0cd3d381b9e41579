// @ts-check
/** Chapter 4: probes by their delay, and how wrong mean, minimum and strip are with them; pure. */

import { offsetAndDelay } from "../../clock/exchange-log.js";
import { durationText } from "../format.js";
import { scale } from "../plot-axis.js";
import { axisBelow, axisLeft, bar, dot, fitting, frame, label, polyline, ticks } from "./marks.js";
import { RUNS, readings } from "./probes.js";

/** @import { Sample } from "../../clock/estimator.js" */
/** @import { Readings } from "./probes.js" */
/** @import { Box, Drawing, Mark } from "./marks.js" */

/** Fewer say nothing. */
export const LEAST_PROBES = 8;
/** Simulated probes keep their scale, so that they are seen to spread: the longest waits of the slider. */
const REACH_MS = 300;
/** Round ends of an axis. */
const ENDS_MS = Object.freeze([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 3000]);
const NAMES = Object.freeze(/** @type {const} */ (["mean", "minimum", "strip"]));

/** @param {{samples: readonly Sample[], typical: Readings | null, jitterMs: number}} state typical: null for the visitor's own probes, whose truth nobody knows @param {Box} box @returns {Drawing} */
export function drawFilter({ samples, typical, jitterMs }, box) {
  const estimates = readings(samples);
  const zeroMs = typical ? 0 : estimates.strip;
  const cloud = drawCloud(samples, zeroMs, typical ? REACH_MS : null, box);
  const bars = drawBars(estimates, zeroMs, typical ? "error of each reading, ms" : "beside the strip’s reading, ms", cloud.height, box);
  return {
    marks: [...cloud.marks, ...bars.marks],
    height: bars.height,
    now: typical ? filterSentence(estimates, typical) : ownSentence(estimates, samples.length),
    spoken: { jitter: jitterMs === 0 ? "none" : `${jitterMs} ms, on average` },
  };
}

/** No probe can lie outside the wedge: waiting x on one way moves the offset by x / 2. @param {readonly Sample[]} samples @param {number} zeroMs @param {number | null} fixedMs @param {Box} box */
function drawCloud(samples, zeroMs, fixedMs, box) {
  const { em } = box;
  const points = samples.map(offsetAndDelay);
  const delays = points.map(({ delayMs }) => delayMs);
  const least = Math.min(...delays);
  const reach = fixedMs ?? end(Math.max(...delays) - least);
  const half = reach / 2;
  const place = frame(box, { left: 3.6, right: 0.8, top: 2.4, bottom: 3.6, height: 17 });
  const x = scale(least, least + reach, place.left + em * 0.6, place.right);
  const y = scale(half, -half, place.top, place.bottom);
  return {
    marks: [
      ...axisLeft(place, box, y, [-half, 0, half], fixedMs === null ? "offset beside the strip’s, ms" : "error of each probe’s offset, ms"),
      ...axisBelow(place, box, x, ticks(least, least + reach, Math.min(6, fitting(place.right - place.left, box, 4.5))), "its round trip δ, ms"),
      polyline("wedge", [[x(least + reach), y(half)], [x(least), y(0)], [x(least + reach), y(-half)]]),
      ...points.map(({ offsetMs, delayMs }) => dot("probe", x(delayMs), y(offsetMs - zeroMs), em * 0.26)),
    ],
    height: place.height,
  };
}

/** What each way of reading makes of them. @param {Readings} estimates @param {number} zeroMs @param {string} title @param {number} startY @param {Box} box @returns {{marks: Mark[], height: number}} */
function drawBars(estimates, zeroMs, title, startY, box) {
  const { em } = box;
  const errors = NAMES.map((name) => Math.abs(estimates[name] - zeroMs));
  const place = frame(box, { left: 5.4, right: 4.6, top: 0, bottom: 0, height: 0 });
  const x = scale(0, end(Math.max(...errors)), place.left, place.right);
  const marks = NAMES.flatMap((name, index) => {
    const y = startY + em * (2.8 + 1.9 * index);
    return [
      label(name === "minimum" ? "name" : `word--${name}`, place.left - em * 0.5, y + em * 0.35, name, "end"),
      bar(`bar--${name}`, place.left, y - em * 0.45, Math.max(x(errors[index] ?? 0) - place.left, 1.5), em * 0.9),
      label("tick", x(errors[index] ?? 0) + em * 0.5, y + em * 0.35, durationText(errors[index] ?? 0)),
    ];
  });
  return { marks: [label("name", 0, startY + em * 0.8, title), ...marks], height: startY + em * 8 };
}

/** @param {number} ms */
function end(ms) {
  return ENDS_MS.find((size) => size >= ms) ?? ms;
}

/** @param {Readings} errors of the burst that is shown @param {Readings} typical */
export function filterSentence(errors, typical) {
  if (Object.values(typical).every((value) => value < 0.005)) return "Nobody waits, and all three are right.";
  const [mean, minimum, strip] = [errors.mean, errors.minimum, errors.strip].map(durationText);
  const usual = [typical.mean, typical.minimum, typical.strip].map(durationText);
  return `In this burst the mean is ${mean} wrong, the quickest probe ${minimum}, the strip ${strip}. Typical, over ${RUNS} bursts: ${usual[0]}, ${usual[1]} and ${usual[2]}.`;
}

/** @param {Readings} estimates @param {number} count */
export function ownSentence({ mean, minimum, strip }, count) {
  return `Your last ${count} probes: their mean lies ${durationText(mean - strip)} beside the strip’s estimate, the quickest of them ${durationText(minimum - strip)}. Which is right, nobody can see from here.`;
}
