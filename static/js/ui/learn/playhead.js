// @ts-check
/** Chapter 8: one vector, two viewers, and a clock that is wrong by some seconds; pure. */

import { positionAt } from "../../playback/playhead.js";
import { clockTime } from "../format.js";
import { scale } from "../plot-axis.js";
import { axisBelow, dot, fitting, frame, label, line, plotEms, polyline, ticks } from "./marks.js";

/** @import { Box, Drawing, Frame, Mark, Scale } from "./marks.js" */

/** Pressed play at 1:00. */
const VECTOR = Object.freeze({ positionS: 60, atMs: 0, rate: 1, playing: true, durationS: null, ended: false });
const NOW_MS = 45_000;
const SPAN_S = 60;
const FILM_FROM_S = 30;
const FILM_TO_S = 150;

/** Where somebody's film is, if the media clock they go by is wrong. @param {number} errorS positive: ahead @param {number} [mediaMs] */
export function filmS(errorS, mediaMs = NOW_MS) {
  return positionAt(VECTOR, mediaMs + errorS * 1000);
}

/** @param {{errorS: number}} state of Ben's wall clock @param {Box} box @returns {Drawing} */
export function drawPlayhead({ errorS }, box) {
  const { em } = box;
  const place = frame(box, { left: 3.4, right: 1, top: 2.4, bottom: 3.6, height: plotEms(box) });
  const x = scale(0, SPAN_S, place.left, place.right);
  const y = scale(FILM_TO_S, FILM_FROM_S, place.top, place.bottom);
  const nowX = x(NOW_MS / 1000);
  const [adaS, benS] = [filmS(0), filmS(errorS)];
  const above = errorS > 0;
  return {
    marks: [
      ...axisForFilm(place, box, y),
      ...axisBelow(place, box, x, ticks(0, SPAN_S, Math.min(7, fitting(place.right - place.left, box, 4))), "media clock, s since play"),
      line("stroke-quiet stroke-dashed", nowX, place.top, nowX, place.bottom),
      label("name", nowX, place.top - em * 0.4, "now", "middle"),
      polyline("stroke-lost", wrongLine(errorS).map(([atS, positionS]) => [x(atS), y(positionS)])),
      line("stroke-time", x(0), y(filmS(0, 0)), x(SPAN_S), y(filmS(0, SPAN_S * 1000))),
      dot("fill-lost", nowX, y(benS), em * 0.4),
      dot("fill-solid-time", nowX, y(adaS), em * 0.4),
      label("word--strip", nowX + em * 0.8, y(adaS) + em * (above ? 1.6 : -0.5), `Ada ${clockTime(adaS)}`, above ? "start" : "end"),
      ...(errorS === 0 ? [] : [label("word--mean", nowX - em * 0.8, y(benS) + em * (above ? -0.4 : 1.6), `Ben ${clockTime(benS)}`, "end")]),
    ],
    height: place.height,
    now: playheadSentence(errorS),
    spoken: { error: wrongWords(errorS) },
  };
}

/** @param {number} errorS */
export function playheadSentence(errorS) {
  const [adaS, benS] = [filmS(0), filmS(errorS)];
  if (errorS === 0) return `Ben’s clock is right today: both see ${clockTime(adaS)}, by either rule.`;
  return `Ben’s clock is ${wrongWords(errorS)}. Going by it he sees ${clockTime(benS)} while Ada sees ${clockTime(adaS)}: ${Math.abs(benS - adaS)} s of film between them. Going by the media clock both see ${clockTime(adaS)}.`;
}

/** @param {number} errorS */
function wrongWords(errorS) {
  if (errorS === 0) return "right";
  return `${Math.abs(errorS)} s ${errorS > 0 ? "fast" : "slow"}`;
}

/** With the bend where a slow clock still waits for the film to begin. @param {number} errorS @returns {Array<[number, number]>} */
function wrongLine(errorS) {
  const bendS = Math.min(SPAN_S, Math.max(0, -errorS));
  return [0, bendS, SPAN_S].map((atS) => [atS, filmS(errorS, atS * 1000)]);
}

/** @param {Frame} place @param {Box} box @param {Scale} y @returns {Mark[]} */
function axisForFilm({ left, right, top }, { em }, y) {
  return [
    ...[30, 60, 90, 120, 150].flatMap((positionS) => [
      line("hair", left, y(positionS), right, y(positionS)),
      label("tick", left - em * 0.5, y(positionS) + em * 0.35, clockTime(positionS), "end"),
    ]),
    label("name", 0, top - em * 0.9, "film, min:s"),
  ];
}
