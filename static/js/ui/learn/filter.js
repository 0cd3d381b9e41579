// @ts-check
/** Chapter 4: probes by their delay, and what mean, minimum and strip make of them; pure. */

import { offsetAndDelay } from "../../clock/exchange-log.js";
import { axisBelow, axisLeft, dot, fitting, frame, label, line, polyline, scale, spread, ticks } from "./marks.js";
import { meanOffsetMs, minimumOffsetMs, stripOffsetMs } from "./probes.js";
import { duration } from "./words.js";

/** @import { Sample } from "../../clock/estimator.js" */
/** @import { Box, Drawing } from "./marks.js" */

/** Fewer say nothing. */
export const LEAST_PROBES = 8;
/** Half the height of the plot: a round figure above the worst probe. */
const HALVES_MS = Object.freeze([0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1500]);

/** @param {{samples: readonly Sample[], own: boolean, jitterMs: number}} state own: the visitor's, whose truth nobody knows @param {Box} box @returns {Drawing} */
export function drawFilter({ samples, own, jitterMs }, box) {
  const { em } = box;
  const estimates = { mean: meanOffsetMs(samples), minimum: minimumOffsetMs(samples), strip: stripOffsetMs(samples) };
  const zeroMs = own ? estimates.strip : 0;
  const points = samples.map(offsetAndDelay).map(({ offsetMs, delayMs }) => ({ delayMs, asideMs: offsetMs - zeroMs }));
  const delays = points.map(({ delayMs }) => delayMs);
  const [least, most] = [Math.min(...delays), Math.max(...delays)];
  const worst = Math.max(...points.map(({ asideMs }) => Math.abs(asideMs)), (most - least) / 4, 0.02);
  const half = HALVES_MS.find((size) => size >= worst) ?? worst;
  const place = frame(box, { left: 3.6, right: 5.2, top: 2.4, bottom: 3.6, height: 18 });
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
    now: filterSentence(estimates, zeroMs, own, samples.length),
    spoken: { jitter: jitterMs === 0 ? "no waiting" : `${jitterMs} ms of waiting, on average` },
  };
}

/** @param {{mean: number, minimum: number, strip: number}} estimates @param {number} zeroMs @param {boolean} own @param {number} count */
export function filterSentence({ mean, minimum, strip }, zeroMs, own, count) {
  const [meanText, minimumText, stripText] = [mean, minimum, strip].map((value) => duration(value - zeroMs));
  if (own) return `Your last ${count} probes: their mean lies ${meanText} beside the strip's estimate, the quickest of them ${minimumText}. Which is right, nobody can see from here.`;
  if ([mean, minimum, strip].every((value) => Math.abs(value) < 0.005)) return "Nobody waits, and all three are right.";
  return `The mean is ${meanText} wrong, the quickest probe ${minimumText}, the strip ${stripText}.`;
}

/** @param {number} value @param {{top: number, bottom: number}} place */
function clamp(value, { top, bottom }) {
  return Math.min(bottom, Math.max(top, value));
}
