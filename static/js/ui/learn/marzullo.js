// @ts-check
/** Chapter 7: four servers, each with its interval, and where most of them agree; pure. */

import { listed } from "../format.js";
import { scale } from "../plot-axis.js";
import { axisBelow, bar, dot, fitting, frame, label, labelOver, line, tickText, ticks } from "./marks.js";

/** @import { Box, Drawing } from "./marks.js" */
/** @typedef {{name: string, offsetMs: number, boundMs: number}} Source */

const REACH_MS = 60;
const FIXED = Object.freeze([
  { name: "A", offsetMs: 2, boundMs: 12 },
  { name: "B", offsetMs: 8, boundMs: 14 },
  { name: "C", offsetMs: -4, boundMs: 16 },
]);
const MOVED_BOUND_MS = 10;

/**
 * Marzullo's intersection: the narrowest interval that most sources hold to be possible.
 * @param {readonly Source[]} sources
 * @returns {{lowMs: number, highMs: number, names: string[]}}
 */
export function intersection(sources) {
  const lows = sources.map(({ offsetMs, boundMs }) => offsetMs - boundMs);
  const held = (/** @type {number} */ atMs) => sources.filter(({ offsetMs, boundMs }) => Math.abs(atMs - offsetMs) <= boundMs);
  const lowMs = lows.reduce((best, low) => (held(low).length > held(best).length ? low : best));
  const agreeing = held(lowMs);
  const highMs = Math.min(...agreeing.map(({ offsetMs, boundMs }) => offsetMs + boundMs));
  return { lowMs, highMs, names: agreeing.map(({ name }) => name) };
}

/** @param {{offsetMs: number}} state of server D @param {Box} box @returns {Drawing} */
export function drawMarzullo({ offsetMs }, box) {
  const { em } = box;
  const sources = [...FIXED, { name: "D", offsetMs, boundMs: MOVED_BOUND_MS }];
  const { lowMs, highMs, names } = intersection(sources);
  const place = frame(box, { left: 2, right: 0.8, top: 2.2, bottom: 3.4, height: 15.5 });
  const x = scale(-REACH_MS - MOVED_BOUND_MS, REACH_MS + MOVED_BOUND_MS, place.left, place.right);
  const row = (place.bottom - place.top) / sources.length;
  return {
    marks: [
      bar("fill-time", x(lowMs), place.top - em * 0.6, x(highMs) - x(lowMs), place.bottom - place.top + em * 0.6),
      ...axisBelow(place, box, x, ticks(-REACH_MS, REACH_MS, Math.min(7, fitting(place.right - place.left, box, 4))), "offset by each server, ms"),
      ...sources.flatMap((source, index) => {
        const agrees = names.includes(source.name);
        const y = place.top + row * (index + 0.5);
        return [
          label(agrees ? "value" : "word--mean", 0, y + em * 0.35, source.name),
          line(agrees ? "span" : "span span--false", x(source.offsetMs - source.boundMs), y, x(source.offsetMs + source.boundMs), y),
          dot(agrees ? "fill-solid-time" : "fill-lost", x(source.offsetMs), y, em * 0.35),
          ...(agrees ? [] : [labelOver("word--mean", x(source.offsetMs), y - em * 0.8, "falseticker", place, box)]),
        ];
      }),
      labelOver("word--strip", (x(lowMs) + x(highMs)) / 2, place.top - em * 1.1, "agreed", place, box),
    ],
    height: place.height,
    now: marzulloSentence(sources, { lowMs, highMs, names }),
    spoken: { server: `${tickText(offsetMs)} ms, ± ${MOVED_BOUND_MS} ms` },
  };
}

/** @param {readonly Source[]} sources @param {{lowMs: number, highMs: number, names: readonly string[]}} agreed */
export function marzulloSentence(sources, { lowMs, highMs, names }) {
  const where = `between ${tickText(lowMs)} and ${tickText(highMs)} ms`;
  const alone = sources.filter(({ name }) => !names.includes(name)).map(({ name }) => name);
  if (alone.length === 0) return `All ${sources.length} agree: the offset lies ${where}.`;
  return `${listed(names)} agree: the offset lies ${where}. ${listed(alone)} cannot be right and ${alone.length === 1 ? "is" : "are"} not asked any further.`;
}
