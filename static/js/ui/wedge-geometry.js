// @ts-check
/** The wedge of huff-n'-puff: each exchange by its delay and its distance from the estimate of its moment, to scale; pure. */

import { beginsAnew } from "../clock/exchange-log.js";
import { scale, ticks } from "./plot-axis.js";
import { sumOf } from "./exchange-sum.js";
import { verdictWords } from "./exchange-words.js";
import { quantile } from "./scale.js";

/** @import { Exchange } from "../clock/time-sync.js" */

/** So much of the exchanges decides the scale; slower ones stand at the edge. */
const SHOWN_SHARE = 0.9;
/** Delays that differ by less are not worth a whole axis. */
const LEAST_SPAN_MS = 0.05;
/** Room around what is shown. */
const MARGIN = 1.12;

/** Width of a letter, in ems, and a little more. */
const LETTER_EM = 0.6;

/** An exchange is judged by the estimate of half a minute later: it knows more, and the clocks have hardly drifted. */
const JUDGED_AFTER_MS = 30_000;

/**
 * aboveMs: its offset minus the estimate, of half a minute later or of now.
 * @typedef {{number: number, delayMs: number, aboveMs: number, used: boolean, word: string}} Dot
 */

/**
 * @param {readonly Exchange[]} exchanges oldest first
 * @param {number} count all there have been
 * @returns {Dot[]}
 */
export function dotsOf(exchanges, count) {
  let judge = exchanges.length - 1;
  return exchanges
    .map((exchange, index) => ({ exchange, index, number: count - exchanges.length + index + 1 }))
    .reverse()
    .flatMap(({ exchange, index, number }) => {
      const { sample, verdict } = exchange;
      while (judge > index && exchanges[judge].sample.t4Ms - sample.t4Ms > JUDGED_AFTER_MS) judge -= 1;
      const { estimate, sample: at } = exchanges[judge];
      // What came before a step or a sleep was wrong by another estimate than what came after it.
      if (beginsAnew(exchange)) judge = index - 1;
      if (!estimate || verdict === "invalid") return [];
      const { delayMs, offsetMs } = sumOf(sample);
      const thenMs = estimate.offsetMs - estimate.skewPpm * 1e-6 * (at.t4Ms - sample.t4Ms);
      return [{ number, delayMs, aboveMs: offsetMs - thenMs, ...verdictWords(verdict) }];
    })
    .reverse();
}

/** How far from the truth a wait moves an offset at most, as all of it may lie on one way. @param {number} delayMs @param {number} leastMs δmin */
export function wedgeHalf(delayMs, leastMs) {
  return Math.max(delayMs - leastMs, 0) / 2;
}

/**
 * @param {readonly Dot[]} dots
 * @param {number} leastMs δmin
 * @param {number} boundMs
 * @returns {{fromMs: number, toMs: number, halfMs: number}} the axes: delays from … to, offsets ± half
 */
export function extentOf(dots, leastMs, boundMs) {
  const large = dots.length > 0 ? quantile(dots.map(({ delayMs }) => delayMs), SHOWN_SHARE) : leastMs * 2;
  const spanMs = Math.max(large - leastMs, leastMs * 0.6, LEAST_SPAN_MS) * MARGIN;
  const toMs = leastMs + spanMs;
  // From zero where the wedge then still has most of the width.
  const fromMs = leastMs < spanMs ? 0 : leastMs - spanMs * 0.2;
  return { fromMs, toMs, halfMs: Math.max(wedgeHalf(toMs, leastMs), Number.isFinite(boundMs) ? boundMs : 0) * MARGIN };
}

/** @typedef {{width: number, height: number, left: number, right: number, top: number, bottom: number, emPx: number}} Frame */

/** @param {number} width @param {number} emPx @returns {Frame} */
export function wedgeFrame(width, emPx) {
  const height = Math.min(Math.max(width * 0.42, 19 * emPx), 28 * emPx);
  return { width, height, left: 4.4 * emPx, right: width - 0.6 * emPx, top: 2.2 * emPx, bottom: height - 3.6 * emPx, emPx };
}

/**
 * @param {Frame} frame
 * @param {readonly Dot[]} dots
 * @param {{delayMs: number, boundMs: number}} estimate
 */
export function wedgeLayout({ left, right, top, bottom, emPx }, dots, { delayMs: leastMs, boundMs }) {
  const { fromMs, toMs, halfMs } = extentOf(dots, leastMs, boundMs);
  const x = scale(fromMs, toMs, left, right);
  const y = scale(halfMs, -halfMs, top, bottom);
  const half = wedgeHalf(toMs, leastMs);
  const apex = { x: x(leastMs), y: y(0) };
  const places = dots.map((dot) => {
    const beyond = dot.delayMs > toMs || Math.abs(dot.aboveMs) > halfMs;
    const inside = {
      x: Math.min(x(Math.max(dot.delayMs, fromMs)), right - 0.5 * emPx),
      y: Math.min(Math.max(y(dot.aboveMs), top + 0.5 * emPx), bottom - 0.5 * emPx),
    };
    return { ...dot, ...inside, beyond };
  });
  return {
    x,
    y,
    apex,
    places,
    wedge: `M${px(right)} ${px(y(half))}L${px(apex.x)} ${px(apex.y)}L${px(right)} ${px(y(-half))}`,
    band: { top: y(Math.min(boundMs, halfMs)), bottom: y(Math.max(-boundMs, -halfMs)) },
    delays: ticks(fromMs, toMs, Math.floor((right - left) / (5 * emPx))),
    offsets: ticks(-halfMs, halfMs, Math.floor((bottom - top) / (3 * emPx))),
  };
}

/** @typedef {ReturnType<typeof wedgeLayout>} Layout */

/** Dots of no length, drawn by the round ends of a stroke. @param {readonly {x: number, y: number}[]} places */
export function dotsPath(places) {
  return places.map(({ x, y }) => `M${px(x)} ${px(y)}h0`).join("");
}

/** @param {readonly {x: number, y: number}[]} places @param {number} arm */
export function crossesPath(places, arm) {
  const both = 2 * arm;
  return places.map(({ x, y }) => `M${px(x - arm)} ${px(y - arm)}l${both} ${both}m${-both} 0l${both} ${-both}`).join("");
}

/** Beyond the edge: pointing to where it would be. @param {readonly {x: number, y: number}[]} places @param {number} arm */
export function edgesPath(places, arm) {
  return places.map(({ x, y }) => `M${px(x - arm)} ${px(y - arm)}l${px(arm * 1.4)} ${arm}l${px(-arm * 1.4)} ${arm}`).join("");
}

/**
 * The height of a word at the right end of a band: above or below it, where fewer dots are.
 * @param {readonly {x: number, y: number}[]} places
 * @param {{top: number, bottom: number}} band
 * @param {{right: number, emPx: number}} frame
 * @param {number} letters
 */
export function emptierSide(places, { top, bottom }, { right, emPx }, letters) {
  const left = right - letters * LETTER_EM * emPx;
  const within = (/** @type {number} */ from, /** @type {number} */ to) => places.filter(({ x, y }) => x > left && y > from && y < to).length;
  const tall = 2 * emPx;
  return within(bottom, bottom + tall) < within(top - tall, top) ? bottom + 1.3 * emPx : top - 0.5 * emPx;
}

/** @param {number} value */
function px(value) {
  return value.toFixed(1);
}
