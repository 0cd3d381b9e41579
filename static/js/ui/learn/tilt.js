// @ts-check
/** Chapter 5: the offset as a line that tilts, and what a flat reading of an old probe costs; pure. */

import { mulberry32 } from "../../clock/simulated.js";
import { durationText, roundDuration } from "../format.js";
import { scale } from "../plot-axis.js";
import { axisBelow, axisLeft, dot, fitting, frame, label, labelOver, line, plotEms, ticks } from "./marks.js";

/** @import { Box, Drawing } from "./marks.js" */

const WINDOW_S = 120;
const EVERY_S = 5;
const SEED = 3;
/** Enough for 100 ppm over two minutes, and always the same, so that the tilt can be seen. */
const LOWEST_MS = -13;
const HIGHEST_MS = 5;
const NOISE_MS = 1.6;
/** A younger probe stands so close to the end of the line that words would cover each other. */
const ROOMY_FROM_S = 45;

/** What ppm of skew move an offset in a time, in milliseconds. @param {number} ppm @param {number} ageS */
export function agedMs(ppm, ageS) {
  return ppm * 1e-3 * ageS;
}

/** @param {{ppm: number, ageS: number}} state @param {Box} box @returns {Drawing} */
export function drawTilt({ ppm, ageS }, box) {
  const { em } = box;
  const place = frame(box, { left: 3, right: 0.8, top: 2.4, bottom: 3.6, height: plotEms(box) });
  const x = scale(-WINDOW_S, 0, place.left, place.right);
  const y = scale(HIGHEST_MS, LOWEST_MS, place.top, place.bottom);
  const bestMs = -agedMs(ppm, ageS);
  const wrongMs = agedMs(ppm, ageS);
  const best = /** @type {[number, number]} */ ([x(-ageS), y(bestMs)]);
  const roomy = ageS >= ROOMY_FROM_S;
  return {
    marks: [
      ...axisLeft(place, box, y, [-10, -5, 0, 5], "offset θ against now’s, ms"),
      ...axisBelow(place, box, x, ticks(-WINDOW_S, 0, Math.min(7, fitting(place.right - place.left, box, 4))), "seconds from now"),
      ...otherProbes(ppm).map(([atS, offsetMs]) => dot("probe probe--faint", x(atS), y(offsetMs), em * 0.24)),
      line("stroke-time", x(-WINDOW_S), y(-agedMs(ppm, WINDOW_S)), x(0), y(0)),
      line("stroke-lost", best[0], best[1], x(0), best[1]),
      ...(wrongMs >= 1 ? [line("stroke-lost stroke-gap", x(0), best[1], x(0), y(0))] : []),
      dot("fill-solid-time", best[0], best[1], em * 0.45),
      dot("fill-solid-time", x(0), y(0), em * 0.3),
      label("word--strip", x(0) - em * 0.4, y(0) - em * 0.9, "along the line", "end"),
      ...(roomy && wrongMs >= 1 ? [label("word--mean", x(0) - em * 0.4, best[1] + em * 1.3, `held flat: ${roundDuration(wrongMs)} wrong`, "end")] : []),
      ...(roomy ? [labelOver("value", best[0], best[1] - em * 2.1, "best probe", place, box)] : []),
    ],
    height: place.height,
    now: tiltSentence(ppm, ageS),
    spoken: { skew: `${ppm} ppm`, age: `${ageS} s old` },
  };
}

/** @param {number} ppm @param {number} ageS */
export function tiltSentence(ppm, ageS) {
  const wrongMs = agedMs(ppm, ageS);
  if (wrongMs === 0) return ageS === 0 ? "The best probe came this moment: nothing has had time to go wrong." : "Both clocks run alike, so an old probe is as good as a new one.";
  return `The best probe is ${ageS} s old, and the clocks part by ${ppm} µs each second. Held flat, its offset is ${durationText(wrongMs)} wrong by now; carried along the line, it is right.`;
}

/** Ordinary probes around the line, each a little aside. @param {number} ppm @returns {Array<[number, number]>} seconds and offsets */
function otherProbes(ppm) {
  const random = mulberry32(SEED);
  return Array.from({ length: WINDOW_S / EVERY_S }, (_, index) => {
    const atS = index * EVERY_S + 2.5 - WINDOW_S;
    return [atS, agedMs(ppm, atS) + (random() - random()) * NOISE_MS];
  });
}
