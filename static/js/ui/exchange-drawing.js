// @ts-check
/** Puts one exchange into the drawing: two time lines, four stamps, the ways between them, and the message under way. */

import { need, say } from "./dom.js";
import { along, asClocksSay, between, frameFor, layOut, messageAt, onOneClock, progress, segment } from "./exchange-geometry.js";
import { explain } from "./exchange-sum.js";
import { lengthText, term } from "./exchange-words.js";
import { repeat, set } from "./svg.js";

/** @import { Explanation, Sum } from "./exchange-sum.js" */
/** @import { Frame, Instants, Layout, Point } from "./exchange-geometry.js" */

/** How far along its way a way's label stands: nearer to its sender, so that two labels never meet. */
const LABEL_AT = 0.36;
const STAMPS = /** @type {const} */ (["t1", "t2", "t3", "t4"]);
/** Without an exchange the lines of a made-up one are drawn faintly. @type {Sum} */
const EXAMPLE = { t1Ms: 0, t2Ms: 4, t3Ms: 5, t4Ms: 9, roundMs: 9, heldMs: 1, delayMs: 8, offsetMs: 0, upperMs: 4, lowerMs: -4 };

/**
 * @typedef {object} Shown
 * @property {Sum | null} sum null: no exchange yet
 * @property {Explanation | null} explanation null: no exchange yet
 * @property {Explanation | null} estimated drawn faintly where it differs
 * @property {number} apart 0: both lines on one clock, 1: each as its own clock says
 * @property {boolean} refused by the estimator
 * @property {number | null} passedMs since T1, for the message; null: no message under way
 */

/**
 * @param {object} needs
 * @param {SVGSVGElement} needs.svg
 * @param {() => number} needs.emPx size of the drawing's type
 */
export function exchangeDrawing({ svg, emPx }) {
  const find = (/** @type {string} */ name) => need(svg, `[data-part="${name}"]`, SVGElement);

  /** @param {Shown} shown */
  return function draw({ sum: known, explanation, estimated, apart, refused, passedMs }) {
    const sum = known ?? EXAMPLE;
    const legs = onOneClock(sum, explanation ?? explain(EXAMPLE, 0));
    const instants = between(legs, asClocksSay(sum), apart);
    const frame = frameFor(svg.clientWidth, emPx());
    const layout = layOut(frame, instants);
    set(svg, { viewBox: `0 0 ${frame.width} ${frame.height}`, height: frame.height });
    svg.dataset.state = known ? (refused ? "refused" : "used") : "waiting";
    drawLines(find, frame);
    drawAxis(find, frame, layout);
    const done = progress(legs, passedMs ?? Infinity);
    drawWays(find, layout, done);
    drawLabels(find, frame, layout, instants);
    for (const name of STAMPS) drawStamp(find(name), frame, layout, name, known && instants[`${name}Ms`]);
    markReached(find, done);
    drawRange(find("range"), layout, legs, known !== null && apart === 0);
    drawGhost(find("ghost"), frame, sum, apart === 0 && estimated ? estimated : null);
    drawMessage(find("message"), passedMs === null ? null : messageAt(layout, done));
  };
}

/** @typedef {(name: string) => SVGElement} Find */

/** @param {Find} find @param {Frame} frame */
function drawLines(find, { width, left, serverY, ownY, wide, emPx }) {
  const from = wide ? left - 1.4 * emPx : 0;
  set(find("server-line"), { d: segment({ x: from, y: serverY }, { x: width, y: serverY }) });
  set(find("own-line"), { d: segment({ x: from, y: ownY }, { x: width, y: ownY }) });
  set(find("server-name"), { x: 0, y: wide ? serverY + 0.35 * emPx : 1.1 * emPx });
  set(find("own-name"), { x: 0, y: wide ? ownY + 0.35 * emPx : ownY - 0.7 * emPx });
}

/** @param {Find} find @param {Frame} frame @param {Layout} layout */
function drawAxis(find, { left, right, axisY, emPx }, { x, ticks }) {
  set(find("axis"), { d: segment({ x: left, y: axisY }, { x: right, y: axisY }) });
  set(find("unit"), { x: (left + right) / 2, y: axisY + 3 * emPx });
  const marks = repeat(find("ticks"), ticks.values.length);
  ticks.values.forEach((value, index) => {
    set(need(marks[index], "path", SVGElement), { d: `M${x(value).toFixed(1)} ${axisY}v${0.35 * emPx}` });
    const label = need(marks[index], "text", SVGElement);
    set(label, { x: x(value), y: axisY + 1.45 * emPx });
    say(label, term(value, ticks.digits));
  });
}

/** What is behind the message is drawn, what lies ahead of it only hinted at. @param {Find} find @param {Layout} layout @param {ReturnType<typeof progress>} done */
function drawWays(find, { thereHead, backHead, stamps: { t1, t2, t3, t4 } }, done) {
  set(find("track"), { d: `${segment(t1, t2)}${segment(t2, t3)}${segment(t3, t4)}` });
  set(find("there"), { d: segment(t1, along(t1, t2, done.there)) });
  set(find("there-head"), { d: done.there < 1 ? "" : thereHead });
  set(find("held"), { d: done.there < 1 ? "" : segment(t2, along(t2, t3, done.held)) });
  set(find("back"), { d: done.held < 1 ? "" : segment(t3, along(t3, t4, done.back)) });
  set(find("back-head"), { d: done.back < 1 ? "" : backHead });
}

/** @param {Find} find @param {ReturnType<typeof progress>} done */
function markReached(find, { there, held, back }) {
  find("t2").toggleAttribute("data-ahead", there < 1);
  find("t3").toggleAttribute("data-ahead", held < 1);
  find("t4").toggleAttribute("data-ahead", back < 1);
}

/** @param {Find} find @param {Frame} frame @param {Layout} layout @param {Instants} instants */
function drawLabels(find, { emPx, width }, { stamps }, { t1Ms, t2Ms, t3Ms, t4Ms }) {
  const half = 2.7 * emPx;
  /** @param {string} name @param {Point} middle @param {number} ms */
  const label = (name, middle, ms) => {
    const element = find(name);
    const [, figure] = [...element.querySelectorAll("text")];
    const x = Math.min(Math.max(middle.x, half), width - half);
    set(element, { transform: `translate(${x.toFixed(1)} ${middle.y.toFixed(1)})` });
    set(need(element, "rect", SVGElement), { x: -half, y: -1.3 * emPx, width: 2 * half, height: 2.5 * emPx });
    set(figure, { y: 0.95 * emPx });
    say(figure, lengthText(ms));
  };
  label("there-label", along(stamps.t1, stamps.t2, LABEL_AT), t2Ms - t1Ms);
  label("back-label", along(stamps.t3, stamps.t4, LABEL_AT), t4Ms - t3Ms);
}

/**
 * @param {SVGElement} group
 * @param {Frame} frame
 * @param {Layout} layout
 * @param {"t1" | "t2" | "t3" | "t4"} name
 * @param {number | null} atMs after T1
 */
function drawStamp(group, { emPx }, { stamps, labels }, name, atMs) {
  const { x, y } = stamps[name];
  const below = name === "t1" || name === "t4";
  const reach = (below ? 0.8 : -0.8) * emPx;
  set(need(group, "circle", SVGElement), { cx: x, cy: y, r: 0.3 * emPx });
  set(need(group, "path", SVGElement), { d: segment({ x, y }, { x: labels[name], y: y + reach }) });
  const [title, figure] = [...group.querySelectorAll("text")];
  set(title, { x: labels[name], y: y + (below ? 1.75 : -2.15) * emPx });
  set(figure, { x: labels[name], y: y + (below ? 2.95 : -1) * emPx });
  say(figure, atMs === null ? "" : term(atMs));
}

/** Between here and there the server's two stamps may lie. @param {SVGElement} range @param {Layout} layout @param {Instants} legs @param {boolean} shown */
function drawRange(range, { x, stamps }, { t4Ms }, shown) {
  set(range, { d: shown ? segment({ x: x(0), y: stamps.t2.y }, { x: x(t4Ms), y: stamps.t2.y }) : "" });
}

/** @param {SVGElement} ghost @param {Frame} frame @param {Sum} sum @param {Explanation | null} estimated */
function drawGhost(ghost, frame, sum, estimated) {
  if (!estimated) return set(ghost, { d: "" });
  const { t1, t2, t3, t4 } = layOut(frame, onOneClock(sum, estimated)).stamps;
  return set(ghost, { d: `${segment(t1, t2)}${segment(t3, t4)}` });
}

/** @param {SVGElement} message @param {Point | null} place */
function drawMessage(message, place) {
  message.toggleAttribute("hidden", place === null);
  if (place) set(message, { transform: `translate(${place.x.toFixed(1)} ${place.y.toFixed(1)})` });
}
