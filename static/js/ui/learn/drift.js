// @ts-check
/** Chapter 1: how far off a clock is after an hour, a day and a week, on three dials of one minute; pure. */

import { durationText, signedDuration } from "../format.js";
import { area, dot, label, line } from "./marks.js";

/** @import { Box, Drawing, Mark } from "./marks.js" */

const SPANS = Object.freeze([
  { name: "an hour", lengthS: 3600 },
  { name: "a day", lengthS: 86_400 },
  { name: "a week", lengthS: 604_800 },
]);
/** One turn of the hand. */
const TURN_MS = 60_000;
/** Three dials and their words side by side need so many letters; else they stand in one column. */
const WIDE_EMS = 19;
const HOUR_MARKS = 12;
/** The top is under the hand that is right. */
const QUARTERS = Object.freeze(["15", "30", "45"]);
/** Numerals need a dial of this radius, in letters. */
const NUMERALS_FROM_EMS = 4;

/** What a clock gains in a time by running ppm too fast, in milliseconds. @param {number} ppm @param {number} lengthS */
export function gainMs(ppm, lengthS) {
  return ppm * 1e-6 * lengthS * 1000;
}

/** @param {{ppm: number}} state positive: fast @param {Box} box @returns {Drawing} */
export function drawDrift({ ppm }, box) {
  const { width, em } = box;
  const columns = width >= WIDE_EMS * em ? SPANS.length : 1;
  const cell = width / columns;
  const radius = Math.min(cell / 2 - em * 0.6, em * 5.6);
  const rowHeight = radius * 2 + em * 4.6;
  const marks = SPANS.flatMap(({ name, lengthS }, index) => {
    const x = cell * ((index % columns) + 0.5);
    const y = Math.floor(index / columns) * rowHeight + radius + em * 0.6;
    return [...dial(x, y, radius, gainMs(ppm, lengthS), em), ...caption(x, y + radius, name, gainMs(ppm, lengthS), em)];
  });
  return { marks, height: rowHeight * (SPANS.length / columns), now: driftSentence(ppm), spoken: { ppm: ppmWords(ppm) } };
}

/** @param {number} ppm */
export function driftSentence(ppm) {
  if (ppm === 0) return "At 0 ppm a clock would stay right for ever. Nobody has built one yet.";
  const [hour, day, week] = SPANS.map(({ lengthS }) => durationText(gainMs(ppm, lengthS)));
  const way = ppm > 0 ? "fast" : "slow";
  const side = ppm > 0 ? "ahead" : "behind";
  return `A clock that runs ${Math.abs(ppm)} ppm ${way} is ${hour} ${side} after an hour, ${day} after a day and ${week} after a week.`;
}

/** @param {number} ppm */
function ppmWords(ppm) {
  if (ppm === 0) return "0 ppm";
  return `${Math.abs(ppm)} ppm ${ppm > 0 ? "fast" : "slow"}`;
}

/** @param {number} x @param {number} y @param {number} radius @param {number} offMs @param {number} em @returns {Mark[]} */
function dial(x, y, radius, offMs, em) {
  const hourMarks = Array.from({ length: HOUR_MARKS }, (_, index) => {
    const [outerX, outerY] = onDial(x, y, radius, index / HOUR_MARKS);
    const [innerX, innerY] = onDial(x, y, radius * (index % 3 === 0 ? 0.86 : 0.92), index / HOUR_MARKS);
    return line("axis", outerX, outerY, innerX, innerY);
  });
  const numerals = QUARTERS.map((words, index) => {
    const [numeralX, numeralY] = onDial(x, y, radius * 0.86 - em * 0.8, (index + 1) / 4);
    return label("tick", numeralX, numeralY + em * 0.35, words, "middle");
  });
  const [handX, handY] = onDial(x, y, radius * 0.94, offMs / TURN_MS);
  return [
    dot("dial", x, y, radius),
    ...hourMarks,
    area("fill-time", sector(x, y, radius * 0.94, offMs)),
    ...(radius >= NUMERALS_FROM_EMS * em ? numerals : []),
    line("stroke-quiet", x, y, x, y - radius * 0.94),
    line("stroke-time", x, y, handX, handY),
    dot("fill-solid", x, y, em * 0.22),
  ];
}

/** @param {number} x @param {number} y @param {string} name @param {number} offMs @param {number} em @returns {Mark[]} */
function caption(x, y, name, offMs, em) {
  return [
    label("value", x, y + em * 1.9, signedDuration(offMs), "middle"),
    label("name", x, y + em * 3.3, `after ${name}`, "middle"),
  ];
}

/** A share of a turn, from the top, clockwise. @param {number} x @param {number} y @param {number} radius @param {number} turn @returns {[number, number]} */
function onDial(x, y, radius, turn) {
  const angle = turn * 2 * Math.PI;
  return [x + radius * Math.sin(angle), y - radius * Math.cos(angle)];
}

/** What lies between the right hand and the wrong one; at most a whole turn. @param {number} x @param {number} y @param {number} radius @param {number} offMs */
function sector(x, y, radius, offMs) {
  const turn = Math.max(-1, Math.min(1, offMs / TURN_MS));
  const steps = 48;
  const rim = Array.from({ length: steps + 1 }, (_, index) => onDial(x, y, radius, (turn * index) / steps));
  return /** @type {Array<[number, number]>} */ ([[x, y], ...rim]);
}
