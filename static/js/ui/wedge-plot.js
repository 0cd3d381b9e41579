// @ts-check
/** Draws all exchanges of the session by delay and offset, with wedge, estimate and bound. */

import { listen, need, part, say, stopAll } from "./dom.js";
import { term } from "./exchange-words.js";
import { boundFigure } from "./format.js";
import { repeat, set } from "./svg.js";
import { crossesPath, dotsOf, dotsPath, edgesPath, emptierSide, wedgeFrame, wedgeLayout } from "./wedge-geometry.js";
import { wedgeSentence } from "./wedge-words.js";

/** @import { Exchange } from "../clock/time-sync.js" */
/** @import { FrameLoop } from "./loop.js" */
/** @import { Frame, Layout } from "./wedge-geometry.js" */

/** A screen reader's label changes no more often than this. */
const LABEL_EVERY_MS = 10_000;
/** Words beside crosses: more would lie over each other. */
const MOST_WORDS = 3;
/** A click takes the nearest dot within this many ems. */
const REACH_EM = 1.6;
/** Before the first exchange the wedge of a made-up one stands there. */
const EXAMPLE = { delayMs: 1, boundMs: 0.5 };

/** @typedef {Layout["places"][number]} Place */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {{all: readonly Exchange[], count: number, subscribe: (listener: () => void) => () => void}} needs.exchanges
 * @param {() => number | null} needs.shown number of the exchange that the page looks at
 * @param {(number: number) => void} needs.pick
 * @param {FrameLoop} needs.loop
 * @param {() => number} needs.now
 * @param {() => number} needs.emPx
 * @param {(element: Element, run: () => void) => () => void} needs.observeSize
 */
export function mountWedgePlot({ root, exchanges, shown, pick, loop, now, emPx, observeSize }) {
  const svg = need(root, '[data-part="drawing"]', SVGSVGElement);
  const find = (/** @type {string} */ name) => need(svg, `[data-part="${name}"]`, SVGElement);
  let labelledMs = -Infinity;
  /** @type {readonly Place[]} */
  let places = [];

  const draw = () => {
    const dots = dotsOf(exchanges.all, exchanges.count);
    const estimate = exchanges.all.at(-1)?.estimate ?? null;
    const frame = wedgeFrame(svg.clientWidth, emPx());
    const layout = wedgeLayout(frame, dots, estimate ?? EXAMPLE);
    ({ places } = layout);
    svg.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
    svg.setAttribute("height", String(frame.height));
    svg.dataset.state = dots.length > 0 ? "drawn" : "waiting";
    drawAxes(find, frame, layout);
    drawWedge(find, frame, layout, (estimate ?? EXAMPLE).boundMs, estimate !== null);
    drawDots(find, frame, places, shown());
    const words = wedgeSentence(dots, estimate, places.filter(({ beyond }) => beyond).length);
    say(part(root, "sentence"), words);
    if (dots.length < 2 || now() - labelledMs >= LABEL_EVERY_MS) {
      labelledMs = now();
      svg.setAttribute("aria-label", words);
    }
  };
  const redraw = () => loop.once(draw);

  draw();
  return {
    redraw,
    ...stopAll([
      exchanges.subscribe(redraw),
      observeSize(svg, draw),
      listen(svg, "click", (/** @type {MouseEvent} */ event) => {
        const box = svg.getBoundingClientRect();
        const found = nearest(places, event.clientX - box.left, event.clientY - box.top, REACH_EM * emPx());
        if (found) pick(found.number);
      }),
    ]),
  };
}

/**
 * @template {{x: number, y: number}} Kind
 * @param {readonly Kind[]} places
 * @param {number} x
 * @param {number} y
 * @param {number} reach
 */
export function nearest(places, x, y, reach) {
  /** @type {Kind | null} */
  let best = null;
  let least = reach;
  for (const place of places) {
    const away = Math.hypot(place.x - x, place.y - y);
    if (away <= least) [best, least] = [place, away];
  }
  return best;
}

/** @typedef {(name: string) => SVGElement} Find */

/** @param {Find} find @param {Frame} frame @param {Layout} layout */
function drawAxes(find, { left, right, top, bottom, emPx, width }, { x, y, delays, offsets }) {
  set(find("axes"), { d: `M${left} ${top}V${bottom}H${right}` });
  const across = repeat(find("delays"), delays.values.length);
  delays.values.forEach((value, index) => {
    set(need(across[index], "path", SVGElement), { d: `M${x(value)} ${bottom}v${0.35 * emPx}` });
    const label = need(across[index], "text", SVGElement);
    set(label, { x: Math.min(x(value), width - emPx), y: bottom + 1.45 * emPx });
    say(label, term(value, delays.digits));
  });
  const up = repeat(find("offsets"), offsets.values.length);
  offsets.values.forEach((value, index) => {
    set(need(up[index], "path", SVGElement), { d: `M${left} ${y(value)}h${-0.35 * emPx}` });
    const label = need(up[index], "text", SVGElement);
    set(label, { x: left - 0.7 * emPx, y: y(value) + 0.35 * emPx });
    say(label, value > 0 ? `+${term(value, offsets.digits)}` : term(value, offsets.digits));
  });
  set(find("delay-unit"), { x: (left + right) / 2, y: bottom + 3 * emPx });
  set(find("offset-unit"), { x: 0, y: 1.1 * emPx });
}

/** @param {Find} find @param {Frame} frame @param {Layout} layout @param {number} boundMs @param {boolean} known */
function drawWedge(find, frame, { wedge, band, apex, y, places }, boundMs, known) {
  const { left, right, emPx } = frame;
  set(find("wedge"), { d: wedge });
  set(find("wedge-lines"), { d: wedge });
  set(find("band"), { x: left, y: band.top, width: right - left, height: Math.max(band.bottom - band.top, 0) });
  set(find("estimate"), { d: `M${left} ${y(0)}H${right}` });
  set(find("apex"), { cx: apex.x, cy: apex.y, r: 0.28 * emPx });
  const words = known ? `estimate, ±${boundFigure(boundMs)} ms` : "";
  set(find("estimate-word"), { x: right - 0.4 * emPx, y: emptierSide(places, band, frame, words.length) });
  say(find("estimate-word"), words);
}

/** @param {Find} find @param {Frame} frame @param {readonly Place[]} places @param {number | null} shown */
function drawDots(find, { emPx, left, right, bottom }, places, shown) {
  const within = places.filter(({ beyond }) => !beyond);
  set(find("used"), { d: dotsPath(within.filter(({ used }) => used)) });
  set(find("refused"), { d: crossesPath(places.filter(({ used }) => !used), 0.3 * emPx) }); // prettier-ignore
  set(find("beyond"), { d: edgesPath(places.filter(({ beyond, used }) => beyond && used), 0.32 * emPx) }); // prettier-ignore
  const refused = places.filter(({ used }) => !used).slice(-MOST_WORDS);
  const words = repeat(find("refused-words"), refused.length);
  refused.forEach((place, index) => {
    placeWord(words[index], place, 1.3, { emPx, left, right, bottom });
    say(words[index], place.word.toLowerCase());
  });
  const newest = places.at(-1);
  ring(find("newest"), newest, 0.55 * emPx);
  const lookedAt = places.find(({ number }) => number === shown);
  ring(find("looked-at"), lookedAt, 0.85 * emPx);
  const told = lookedAt && lookedAt !== newest ? lookedAt : null;
  find("looked-at-word").toggleAttribute("hidden", !told);
  if (told) placeWord(find("looked-at-word"), told, 1.95, { emPx, left, right, bottom });
  find("newest-word").toggleAttribute("hidden", !newest);
  if (newest) placeWord(find("newest-word"), newest, -1.1, { emPx, left, right, bottom });
}

/**
 * A word above or below its dot, turned inwards at the edges.
 * @param {SVGElement} word
 * @param {Place} place
 * @param {number} away in ems, downwards
 * @param {{emPx: number, left: number, right: number, bottom: number}} frame
 */
function placeWord(word, { x, y }, away, { emPx, left, right, bottom }) {
  const anchor = x > right - 5 * emPx ? "end" : x < left + 5 * emPx ? "start" : "middle";
  set(word, { x, y: Math.min(y + away * emPx, bottom - 0.4 * emPx), "text-anchor": anchor });
}

/** @param {SVGElement} circle @param {{x: number, y: number} | undefined} place @param {number} radius */
function ring(circle, place, radius) {
  circle.toggleAttribute("hidden", !place);
  if (place) set(circle, { cx: place.x, cy: place.y, r: radius });
}
