// @ts-check
/** Chapter 6: how an error of the clock is removed, by a slew or by a step; pure. */

import { MAX_SLEW, STEP_MS } from "../../clock/media-clock.js";
import { roundDuration } from "../format.js";
import { scale } from "../plot-axis.js";
import { axisBelow, axisLeft, bar, dot, fitting, frame, label, line, plotEms, polyline, ticks } from "./marks.js";

/** @import { Box, Drawing } from "./marks.js" */

const SPAN_S = 14;
const HIGHEST_MS = 90;
/** ntpd's and Linux' usual limit. */
const NTPD_SLEW = 0.0005;

/** How long a slew takes, in seconds; null: it is a step. @param {number} errorMs */
export function slewS(errorMs) {
  return Math.abs(errorMs) > STEP_MS ? null : Math.abs(errorMs) / 1000 / MAX_SLEW;
}

/** @param {{errorMs: number}} state positive: the clock is ahead @param {Box} box @returns {Drawing} */
export function drawSlew({ errorMs }, box) {
  const { em } = box;
  const place = frame(box, { left: 3.2, right: 1, top: 2.4, bottom: 3.6, height: plotEms(box) });
  const x = scale(0, SPAN_S, place.left, place.right);
  const y = scale(HIGHEST_MS, -HIGHEST_MS, place.top, place.bottom);
  const takesS = slewS(errorMs);
  const doneS = takesS ?? 0;
  const ntpdEndMs = errorMs - Math.sign(errorMs) * Math.min(Math.abs(errorMs), NTPD_SLEW * 1000 * SPAN_S);
  const side = errorMs < 0 ? 1 : -1;
  return {
    marks: [
      bar("fill-time", place.left, y(STEP_MS), place.right - place.left, y(-STEP_MS) - y(STEP_MS)),
      ...axisLeft(place, box, y, [-STEP_MS, 0, STEP_MS], "error of the clock, ms"),
      ...axisBelow(place, box, x, ticks(0, SPAN_S, Math.min(8, fitting(place.right - place.left, box, 3))), "seconds"),
      label("name", place.right - em * 0.3, y(STEP_MS) - em * 0.6, "beyond: step", "end"),
      label("name", place.right - em * 0.3, y(-STEP_MS) + em * 1.4, "beyond: step", "end"),
      ...(takesS === null || errorMs === 0
        ? []
        : [
            line("stroke-quiet stroke-dashed", x(0), y(errorMs), place.right, y(ntpdEndMs)),
            label("name", place.right - em * 0.3, y(ntpdEndMs) + side * em * (side > 0 ? 1.3 : 0.6), `at ntpd’s 500 ppm: ${roundDuration(Math.abs(errorMs) / NTPD_SLEW)}`, "end"),
          ]),
      polyline("stroke-time", [[x(0), y(errorMs)], [x(doneS), y(0)], [place.right, y(0)]]),
      dot("fill-solid-time", x(0), y(errorMs), em * 0.4),
      dot("fill-solid-time", x(doneS), y(0), em * 0.3),
    ],
    height: place.height,
    now: slewSentence(errorMs),
    spoken: { error: errorMs === 0 ? "right" : `${Math.abs(errorMs)} ms ${errorMs > 0 ? "ahead" : "behind"}` },
  };
}

/** @param {number} errorMs */
export function slewSentence(errorMs) {
  const takesS = slewS(errorMs);
  const side = errorMs > 0 ? "ahead" : "behind";
  if (errorMs === 0) return "The clock is right, and keeps its pace.";
  if (takesS === null) return `${Math.abs(errorMs)} ms ${side} is beyond ${STEP_MS} ms: the clock steps at once, and says so to all who read it.`;
  const pace = (1 - Math.sign(errorMs) * MAX_SLEW).toFixed(3);
  return `${Math.abs(errorMs)} ms ${side}: the clock runs at ${pace} of its pace for ${roundDuration(takesS * 1000)} and is right again. It never stands still.`;
}
