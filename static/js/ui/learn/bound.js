// @ts-check
/** Chapter 9: what the visitor's own bound is made of; pure. */

import { scale } from "../plot-axis.js";
import { axisBelow, bar, fitting, frame, label, labelOver, line, ticks } from "./marks.js";
import { boundFigure, durationText } from "../format.js";

/** @import { Box, Drawing } from "./marks.js" */

/** An ordinary path over a town, until the visitor's own is known. */
export const EXAMPLE_BOUND = Object.freeze({ boundMs: 9.4, delayMs: 18, resolutionMs: 0.005 });

/**
 * Half the shortest round trip, half a tick of the clock, and the rest: what ageing probes and the server's own error add.
 * @param {{boundMs: number, delayMs: number, resolutionMs: number}} estimate
 */
export function boundParts({ boundMs, delayMs, resolutionMs }) {
  const tickMs = Math.min(resolutionMs / 2, boundMs);
  const pathMs = Math.min(delayMs / 2, boundMs - tickMs);
  return { pathMs, tickMs, restMs: boundMs - tickMs - pathMs };
}

/** @param {{estimate: {boundMs: number, delayMs: number, resolutionMs: number}, own: boolean}} state @param {Box} box @returns {Drawing} */
export function drawBound({ estimate, own }, box) {
  const { em } = box;
  const { pathMs, tickMs, restMs } = boundParts(estimate);
  const place = frame(box, { left: 0.4, right: 1.2, top: 2.6, bottom: 3.4, height: 15.5 });
  const x = scale(0, estimate.boundMs, place.left, place.right);
  const parts = [
    { kind: "fill-solid-time", name: "half the round trip", ms: pathMs },
    { kind: "fill-faint", name: "age, and the server", ms: restMs },
    { kind: "fill-ink", name: "half a tick", ms: tickMs },
  ];
  let fromMs = 0;
  const row = (place.bottom - place.top) / parts.length;
  return {
    marks: [
      ...axisBelow(place, box, x, ticks(0, estimate.boundMs, Math.min(6, fitting(place.right - place.left, box, 5))), "± ms"),
      line("hair", place.left, place.top - em, place.left, place.bottom),
      line("stroke-time stroke-dashed", place.right, place.top - em, place.right, place.bottom),
      label("value", place.right, place.top - em * 1.4, `±${boundFigure(estimate.boundMs)} ms`, "end"),
      ...parts.flatMap(({ kind, name, ms }, index) => {
        const y = place.top + row * index;
        const start = x(fromMs);
        fromMs += ms;
        return [
          bar(kind, start, y + em * 1.1, Math.max(x(fromMs) - start, 1.5), em * 0.9),
          labelOver("name", (start + x(fromMs)) / 2, y + em * 0.7, `${name}: ${durationText(ms)}`, place, box),
        ];
      }),
    ],
    height: place.height,
    now: boundSentence(estimate, own),
  };
}

/** @param {{boundMs: number, delayMs: number, resolutionMs: number}} estimate @param {boolean} own */
export function boundSentence(estimate, own) {
  const { pathMs } = boundParts(estimate);
  const whose = own ? "Your clock here may be wrong by" : "In this example the clock may be wrong by";
  const share = Math.round((pathMs / estimate.boundMs) * 100);
  return `${whose} ${boundFigure(estimate.boundMs)} ms at most; ${share} % of that is half the shortest round trip, which no clever arithmetic takes away.`;
}
