// @ts-check
/** Chapters 2 and 3: one exchange on two lines of time, and what another split of the same delay would mean; pure. */

import { offsetAndDelay } from "../../clock/exchange-log.js";
import { durationText, roundDuration, signedDuration } from "../format.js";
import { scale } from "../plot-axis.js";
import { axisBelow, bar, dot, fitting, frame, label, labelOver, line, ticks } from "./marks.js";

/** @import { Box, Drawing, Frame, Mark } from "./marks.js" */
/** @typedef {{t1Ms: number, t2Ms: number, t3Ms: number, t4Ms: number}} Stamps */

/** Chapter 3's probe; a server far away that took a millisecond to answer. */
export const SPLIT_STAMPS = Object.freeze({ t1Ms: 0, t2Ms: 520, t3Ms: 521, t4Ms: 41 });

/** Drawn until the visitor's first own probe is answered. */
export const EXAMPLE_STAMPS = Object.freeze({ t1Ms: 1000, t2Ms: 1031.5, t3Ms: 1031.6, t4Ms: 1018.1 });

/** @param {{stamps: Stamps, own: boolean}} state own: the visitor's, not the example @param {Box} box @returns {Drawing} */
export function drawExchange({ stamps, own }, box) {
  const { t1Ms, t2Ms, t3Ms, t4Ms } = stamps;
  const { offsetMs, delayMs } = offsetAndDelay(stamps);
  const { place, marks } = lanes(stamps, delayMs / 2, box, 16);
  const middle = (place.top + place.bottom) / 2;
  const center = (place.left + place.right) / 2;
  const half = durationText(delayMs / 2);
  const whose = own ? "Your newest probe" : "The probe of this example";
  return {
    marks: [
      ...marks,
      label("name", place.left + box.em * 0.2, middle - box.em * 1.2, `there ${half}`),
      label("name", place.right - box.em * 0.2, middle - box.em * 1.2, `back ${half}`, "end"),
      label("value", center, middle + box.em * 2.2, `δ ${durationText(delayMs)}`, "middle"),
    ],
    height: place.height,
    now: `${whose} was under way for ${durationText(delayMs)}. ${offsetSentence(offsetMs, own)}`,
    shown: {
      t1: stampText(t1Ms, t1Ms),
      t2: stampText(t2Ms, t1Ms),
      t3: stampText(t3Ms, t1Ms),
      t4: stampText(t4Ms, t1Ms),
      delta: `${plain(t4Ms - t1Ms)} − ${plain(t3Ms - t2Ms)} = ${plain(delayMs)} ms`,
      theta: `(${plain(t2Ms - t1Ms)} ${t3Ms < t4Ms ? "−" : "+"} ${plain(Math.abs(t3Ms - t4Ms))}) / 2 = ${plain(offsetMs)} ms`,
    },
  };
}

/** The true offset, if of the delay this much was spent on the way there. @param {Stamps} stamps @param {number} thereMs */
export function offsetBySplit({ t1Ms, t2Ms }, thereMs) {
  return t2Ms - t1Ms - thereMs;
}

/** @param {{thereMs: number}} state @param {Box} box @returns {Drawing} */
export function drawSplit({ thereMs }, box) {
  const { em } = box;
  const { offsetMs, delayMs } = offsetAndDelay(SPLIT_STAMPS);
  const trueMs = offsetBySplit(SPLIT_STAMPS, thereMs);
  const { place, marks } = lanes(SPLIT_STAMPS, thereMs, box, 13.5);
  const ruler = { ...place, top: place.bottom + em * 9, bottom: place.bottom + em * 10, height: place.bottom + em * 13.2 };
  const x = scale(offsetMs - delayMs / 2, offsetMs + delayMs / 2, ruler.left, ruler.right);
  return {
    marks: [
      ...marks,
      bar("fill-time", ruler.left, ruler.top, ruler.right - ruler.left, ruler.bottom - ruler.top),
      ...axisBelow(ruler, box, x, ticks(offsetMs - delayMs / 2, offsetMs + delayMs / 2, Math.min(5, fitting(ruler.right - ruler.left, box))), "offset θ, ms"),
      line("stroke-quiet", x(offsetMs), ruler.top - em * 0.5, x(offsetMs), ruler.bottom),
      labelOver("name", x(offsetMs), ruler.top - em * 0.9, `the formula: ${offsetMs} ms`, ruler, box),
      dot("fill-solid-time", x(trueMs), (ruler.top + ruler.bottom) / 2, em * 0.5),
      labelOver("value", x(trueMs), ruler.top - em * 2.4, `the truth: ${roundDuration(trueMs)}`, ruler, box),
    ],
    height: ruler.height,
    now: splitSentence(thereMs, delayMs - thereMs, trueMs, offsetMs),
    spoken: { there: `${thereMs} ms there, ${delayMs - thereMs} ms back` },
  };
}

/** @param {number} thereMs @param {number} backMs @param {number} trueMs @param {number} offsetMs */
export function splitSentence(thereMs, backMs, trueMs, offsetMs) {
  const wrongMs = Math.abs(trueMs - offsetMs);
  const verdict = wrongMs === 0 ? "Both ways are alike, and the formula is right." : `The formula is ${roundDuration(wrongMs)} wrong.`;
  return `${thereMs} ms there and ${backMs} ms back: the true offset is ${trueMs} ms, the formula says ${offsetMs} ms. ${verdict} The four timestamps are the same as before.`;
}

/**
 * Two lines of time, the server's above, and the message between them; seen from the visitor's clock.
 * @param {Stamps} stamps @param {number} thereMs @param {Box} box @param {number} height in letters
 * @returns {{place: Frame, marks: Mark[]}}
 */
function lanes({ t1Ms, t2Ms, t3Ms, t4Ms }, thereMs, box, height) {
  const { em } = box;
  const place = frame(box, { left: 1, right: 1, top: 3.4, bottom: 5.2, height });
  const totalMs = Math.max(t4Ms - t1Ms, 0.001);
  const x = scale(0, totalMs, place.left, place.right);
  const [arrives, leaves] = [x(thereMs), x(thereMs + t3Ms - t2Ms)];
  const axis = { ...place, bottom: place.bottom + em * 2 };
  return {
    place,
    marks: [
      ...axisBelow(axis, box, x, ticks(0, totalMs, Math.min(6, fitting(place.right - place.left, box))), "your clock since T1, ms"),
      line("lane", place.left, place.top, place.right, place.top),
      line("lane", place.left, place.bottom, place.right, place.bottom),
      line("stroke-time", place.left, place.bottom, arrives, place.top),
      line("stroke-time", leaves, place.top, place.right, place.bottom),
      line("stroke-time", arrives, place.top, leaves, place.top),
      ...[[place.left, place.bottom], [arrives, place.top], [leaves, place.top], [place.right, place.bottom]].map(([cx = 0, cy = 0]) =>
        dot("fill-solid-time", cx, cy, em * 0.3),
      ),
      label("value", place.left, place.bottom + em * 1.4, "T1"),
      label("value", place.right, place.bottom + em * 1.4, "T4", "end"),
      ...serverStamps(place, arrives, leaves, em),
      label("name", place.left, place.top - em * 2.4, "the server"),
      label("name", (place.left + place.right) / 2, place.bottom + em * 1.4, "you", "middle"),
    ],
  };
}

/** T2 and T3 are often one point: the words stand on either side of it, or together at the edge. @param {Frame} place @param {number} arrives @param {number} leaves @param {number} em @returns {Mark[]} */
function serverStamps({ left, right, top }, arrives, leaves, em) {
  const y = top - em * 0.8;
  if (arrives < left + em * 2.5) return [label("value", left, y, "T2 T3")];
  if (leaves > right - em * 2.5) return [label("value", right, y, "T2 T3", "end")];
  return [label("value", arrives - em * 0.2, y, "T2", "end"), label("value", leaves + em * 0.2, y, "T3")];
}

/** @param {number} offsetMs server − yours @param {boolean} own */
function offsetSentence(offsetMs, own) {
  const whose = own ? "your clock" : "the clock";
  if (Math.abs(offsetMs) < 0.005) return `By this probe alone ${whose} and the server’s agree.`;
  return `By this probe alone ${whose} is ${durationText(offsetMs)} ${offsetMs > 0 ? "behind" : "ahead of"} the server’s, so θ is ${signedDuration(offsetMs)}.`;
}

/** Hours of an epoch tell nothing here: only T1 = 0 and what follows. @param {number} ms @param {number} originMs */
function stampText(ms, originMs) {
  return `${plain(ms - originMs)} ms`;
}

/** To the microsecond, where the arithmetic can be followed. @param {number} ms */
function plain(ms) {
  const words = Math.abs(ms).toFixed(3);
  return ms < 0 && Number(words) !== 0 ? `−${words}` : words;
}
