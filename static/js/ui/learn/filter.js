// @ts-check
/** Chapter 4: probes by their delay, and what mean, minimum and strip make of them; pure. */

import { offsetAndDelay } from "../../clock/exchange-log.js";
import { axisBelow, axisLeft, dot, fitting, frame, label, line, plotEms, polyline, scale, spread, ticks } from "./marks.js";
import { RUNS, readings } from "./probes.js";
import { duration } from "./words.js";

/** @import { Sample } from "../../clock/estimator.js" */
/** @import { Readings } from "./probes.js" */
/** @import { Box, Drawing } from "./marks.js" */

/** Fewer say nothing. */
export const LEAST_PROBES = 8;
/** Half the height of the plot: a round figure above the worst probe. */
const HALVES_MS = Object.freeze([0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1500]);

/** @param {{samples: readonly Sample[], typical: Readings | null, jitterMs: number}} state typical: null for the visitor's own probes, whose truth nobody knows @param {Box} box @returns {Drawing} */
export function drawFilter({ samples, typical, jitterMs }, box) {
  const { em } = box;
  const own = typical === null;
  const estimates = readings(samples);
  const zeroMs = own ? estimates.strip : 0;
  const points = samples.map(offsetAndDelay).map(({ offsetMs, delayMs }) => ({ delayMs, asideMs: offsetMs - zeroMs }));
  const delays = points.map(({ delayMs }) => delayMs);
  const [least, most] = [Math.min(...delays), Math.max(...delays)];
  const worst = Math.max(...points.map(({ asideMs }) => Math.abs(asideMs)), (most - least) / 4, 0.02);
  const half = HALVES_MS.find((size) => size >= worst) ?? worst;
  const place = frame(box, { left: 3.6, right: 5.2, top: 2.4, bottom: 3.6, height: plotEms(box) });
  const reach = Math.max(most - least, half);
  const x = scale(least, least + reach * 1.04, place.left + em, place.right);
  const y = scale(half, -half, place.top, place.bottom);
  const wedge = Math.min(reach, half * 2);
  const names = /** @type {const} */ (["mean", "minimum", "strip"]);
  const heights = spread(names.map((name) => clamp(y(estimates[name] - zeroMs), place) + em * 0.35), em * 1.35, place.top + em * 0.5, place.bottom);
  return {
    marks: [
      ...axisLeft(place, box, y, [-half, 0, half], own ? "offset beside the strip's, ms" : "error of the offset, ms"),
      ...axisBelow(place, box, x, ticks(least, least + reach, Math.min(5, fitting(place.right - place.left, box, 4.5))).filter((value) => x(value) >= place.left), "round trip δ, ms"),
      polyline("wedge", [[x(least + wedge), y(wedge / 2)], [x(least), y(0)], [x(least + wedge), y(-wedge / 2)]]),
      ...points.map(({ delayMs, asideMs }) => dot("probe", x(delayMs), y(asideMs), em * 0.26)),
      ...names.flatMap((name, index) => [
        line(`estimate estimate--${name}`, place.left, clamp(y(estimates[name] - zeroMs), place), place.right, clamp(y(estimates[name] - zeroMs), place)),
        label(`word--${name}`, place.right + em * 0.5, heights[index] ?? 0, name),
      ]),
    ],
    height: place.height,
    now: typical ? filterSentence(estimates, typical) : ownSentence(estimates, samples.length),
    spoken: { jitter: jitterMs === 0 ? "none" : `${jitterMs} ms, on average` },
  };
}

/** @param {Readings} errors of the burst that is shown @param {Readings} typical */
export function filterSentence(errors, typical) {
  if (Object.values(typical).every((value) => value < 0.005)) return "Nobody waits, and all three are right.";
  const [mean, minimum, strip] = [errors.mean, errors.minimum, errors.strip].map(duration);
  const usual = [typical.mean, typical.minimum, typical.strip].map(duration);
  return `In this burst the mean is ${mean} wrong, the quickest probe ${minimum}, the strip ${strip}. Typical, over ${RUNS} bursts: ${usual[0]}, ${usual[1]} and ${usual[2]}.`;
}

/** @param {Readings} estimates @param {number} count */
export function ownSentence({ mean, minimum, strip }, count) {
  return `Your last ${count} probes: their mean lies ${duration(mean - strip)} beside the strip’s estimate, the quickest of them ${duration(minimum - strip)}. Which is right, nobody can see from here.`;
}

/** @param {number} value @param {{top: number, bottom: number}} place */
function clamp(value, { top, bottom }) {
  return Math.min(bottom, Math.max(top, value));
}
