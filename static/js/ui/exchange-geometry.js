// @ts-check
/** Two time lines and the ways between them, to scale: milliseconds of one exchange to pixels; pure. */

import { term } from "./exchange-words.js";
import { scale, spread, ticks } from "./plot-axis.js";

/** @import { Explanation, Sum } from "./exchange-sum.js" */

/** From this many ems on the names stand beside their lines, below it above them. */
const WIDE_EM = 44;
/** Width of a figure in the mono font, and the space between two labels. */
const FIGURE_EM = 0.6;
const GAP_EM = 0.8;
const ARROW_EM = 0.62;
/** Seconds that a whole exchange should take in slow motion. */
const RUN_S = 4;
const PACES = [1, 1.5, 2, 3, 5, 7, 10];

/** Where the four instants lie on the axis, in milliseconds after T1. @typedef {{t1Ms: number, t2Ms: number, t3Ms: number, t4Ms: number}} Instants */
/** @typedef {{x: number, y: number}} Point */
/** @typedef {{width: number, height: number, left: number, right: number, serverY: number, ownY: number, axisY: number, wide: boolean, emPx: number}} Frame */

/** @param {Sum} sum @param {Explanation} explanation @returns {Instants} both lines on one clock, by one explanation */
export function onOneClock({ heldMs, delayMs }, { thereMs }) {
  return { t1Ms: 0, t2Ms: thereMs, t3Ms: thereMs + heldMs, t4Ms: Math.max(delayMs, 0) + heldMs };
}

/** @param {Sum} sum @returns {Instants} each line as its own clock says */
export function asClocksSay({ upperMs, heldMs, roundMs }) {
  return { t1Ms: 0, t2Ms: upperMs, t3Ms: upperMs + heldMs, t4Ms: roundMs };
}

/** @param {Instants} from @param {Instants} to @param {number} part 0 … 1 @returns {Instants} */
export function between(from, to, part) {
  const mix = (/** @type {keyof Instants} */ key) => from[key] + (to[key] - from[key]) * part;
  return { t1Ms: mix("t1Ms"), t2Ms: mix("t2Ms"), t3Ms: mix("t3Ms"), t4Ms: mix("t4Ms") };
}

/** @param {number} width in pixels @param {number} emPx @returns {Frame} */
export function frameFor(width, emPx) {
  const wide = width >= WIDE_EM * emPx;
  const serverY = (wide ? 3.6 : 5.2) * emPx;
  const ownY = serverY + (wide ? 13 : 12) * emPx;
  return {
    width,
    emPx,
    wide,
    left: (wide ? 8.5 : 2.6) * emPx,
    right: width - 2.6 * emPx,
    serverY,
    ownY,
    axisY: ownY + 4.1 * emPx,
    height: ownY + 7.6 * emPx,
  };
}

/**
 * @param {Frame} frame
 * @param {Instants} instants
 */
export function layOut(frame, instants) {
  const { left, right, serverY, ownY, emPx } = frame;
  const all = [instants.t1Ms, instants.t2Ms, instants.t3Ms, instants.t4Ms];
  const fromMs = Math.min(...all);
  const toMs = Math.max(...all);
  const x = scale(fromMs, toMs > fromMs ? toMs : fromMs + 1, left, right);
  const stamps = {
    t1: { x: x(instants.t1Ms), y: ownY },
    t2: { x: x(instants.t2Ms), y: serverY },
    t3: { x: x(instants.t3Ms), y: serverY },
    t4: { x: x(instants.t4Ms), y: ownY },
  };
  const figures = Math.max(...all.map((ms) => term(ms).length));
  const width = (figures * FIGURE_EM + GAP_EM) * emPx;
  const own = spread([stamps.t1.x, stamps.t4.x], width, 0, frame.width);
  const server = spread([stamps.t2.x, stamps.t3.x], width, 0, frame.width);
  return {
    x,
    stamps,
    labels: { t1: own[0], t2: server[0], t3: server[1], t4: own[1] },
    ticks: ticks(fromMs, toMs, Math.floor((right - left) / (4.4 * emPx))),
    thereHead: arrowHead(stamps.t1, stamps.t2, emPx),
    backHead: arrowHead(stamps.t3, stamps.t4, emPx),
  };
}

/** @typedef {ReturnType<typeof layOut>} Layout */

/** @param {Point} from @param {Point} to @param {number} emPx */
function arrowHead(from, to, emPx) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const back = { x: ((to.x - from.x) / length) * ARROW_EM * emPx, y: ((to.y - from.y) / length) * ARROW_EM * emPx };
  const barb = (/** @type {number} */ side) =>
    `${px(to.x - back.x - side * back.y * 0.5)} ${px(to.y - back.y + side * back.x * 0.5)}`;
  return `M${barb(1)}L${px(to.x)} ${px(to.y)}L${barb(-1)}Z`;
}

/** @param {Point} from @param {Point} to */
export function segment(from, to) {
  return `M${px(from.x)} ${px(from.y)}L${px(to.x)} ${px(to.y)}`;
}

/** @param {Point} from @param {Point} to @param {number} part @returns {Point} */
export function along(from, to, part) {
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

/**
 * How much of each way is behind the message, so long after T1 as one clock would have it: 0 … 1.
 * @param {Instants} legs on one clock
 * @param {number} passedMs
 */
export function progress({ t2Ms, t3Ms, t4Ms }, passedMs) {
  const done = (/** @type {number} */ fromMs, /** @type {number} */ toMs) =>
    passedMs >= toMs ? 1 : Math.max((passedMs - fromMs) / (toMs - fromMs), 0);
  return { there: done(0, t2Ms), held: done(t2Ms, t3Ms), back: done(t3Ms, t4Ms) };
}

/** Where the message is. @param {Layout} layout @param {ReturnType<typeof progress>} done @returns {Point} */
export function messageAt({ stamps: { t1, t2, t3, t4 } }, done) {
  if (done.there < 1) return along(t1, t2, done.there);
  if (done.held < 1) return along(t2, t3, done.held);
  return along(t3, t4, done.back);
}

/** How many seconds a millisecond takes, so that the whole lasts some four. @param {number} roundMs */
export function secondsPerMs(roundMs) {
  const wanted = RUN_S / Math.max(roundMs, 0.001);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const distance = (/** @type {number} */ pace) => Math.abs(Math.log((pace * power) / wanted));
  const pace = PACES.reduce((best, one) => (distance(one) < distance(best) ? one : best));
  return Number((pace * power).toPrecision(2));
}

/** @param {number} value */
function px(value) {
  return value.toFixed(1);
}
