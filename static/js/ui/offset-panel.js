// @ts-check
/** The live plot of offset and delay, with axes, labels and a sentence that says what it shows now. */

import { isAlone } from "../room/party-state.js";
import { need, part, say, stopAll } from "./dom.js";
import { boundFigure, count, measuredFigure } from "./format.js";
import { offsetPlot } from "./offset-plot.js";
import { axisText } from "./scale.js";
import { set } from "./svg.js";

/** @import { ExchangeLog } from "../clock/exchange-log.js" */
/** @import { MediaClock } from "../clock/media-clock.js" */
/** @import { Party } from "../room/party.js" */
/** @import { FrameLoop } from "./loop.js" */
/** @import { Plot } from "./offset-plot.js" */

/** A minute moves by a pixel or two in this time. */
const REDRAW_MS = 250;
const CALM_REDRAW_MS = 2000;
/** Slower than anyone reads: what is told in words changes no more often. */
const RETELL_MS = 5000;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {Pick<MediaClock, "offsetMs" | "skewPpm" | "boundMs">} needs.clock
 * @param {ExchangeLog} needs.exchanges
 * @param {Party} needs.party
 * @param {FrameLoop} needs.loop
 * @param {() => number} needs.now the clock of the exchanges
 * @param {() => boolean} needs.calm for who wants less motion
 */
export function mountOffsetPanel({ root, clock, exchanges, party, loop, now, calm }) {
  const image = need(root, "[role=img]", HTMLElement);
  let toldMs = -Infinity;

  const draw = () => {
    const atMs = now();
    const { offsetMs, skewPpm, boundMs } = clock;
    const plot = offsetPlot(exchanges.all, atMs, { offsetMs, skewPpm, boundMs });
    drawPaths(root, plot);
    drawLabels(root, plot, boundMs);
    if (atMs - toldMs < RETELL_MS) return;
    toldMs = atMs;
    const sentence = plotSentence(plot, boundMs, party.state.phase);
    say(part(root, "sentence"), sentence);
    image.setAttribute("aria-label", `Plot of offset and delay. ${sentence}`);
  };

  return stopAll([
    loop.add(draw, { element: root, everyMs: () => (calm() ? CALM_REDRAW_MS : REDRAW_MS) }),
    party.subscribe(() => (toldMs = -Infinity)),
    exchanges.subscribe(() => {
      if (exchanges.count <= 1) toldMs = -Infinity;
    }),
  ]);
}

/**
 * @param {HTMLElement} root
 * @param {Plot} plot
 */
function drawPaths(root, plot) {
  const floor = `M0 ${plot.floorY}H1000`;
  const paths = { ...plot, floor: plot.count ? floor : "" };
  for (const name of /** @type {const} */ (["bars", "refusedBars", "band", "line", "dots", "refusedDots", "floor"])) {
    set(need(root, `[data-path="${name}"]`, SVGPathElement), { d: paths[name] });
  }
}

/**
 * @param {HTMLElement} root
 * @param {Plot} plot
 * @param {number} boundMs
 */
function drawLabels(root, { spanMs, offsetScaleMs, delayScaleMs, leastMs, floorY, count: amount }, boundMs) {
  say(part(root, "top"), amount ? `+${axisText(offsetScaleMs)}` : "ms");
  say(part(root, "bottom"), amount ? `−${axisText(offsetScaleMs)}` : "");
  say(part(root, "delay-top"), amount ? axisText(delayScaleMs) : "ms");
  say(part(root, "bound"), Number.isFinite(boundMs) ? `our clock ±${boundFigure(boundMs)} ms` : "");
  say(part(root, "floor"), amount ? `floor ${measuredFigure(leastMs)} ms` : "");
  part(root, "floor").style.setProperty("--at", `${floorY}%`);
  say(part(root, "begin"), `${spanWords(spanMs)} ago`);
}

/** @param {number} spanMs */
export function spanWords(spanMs) {
  return spanMs < 120_000 ? `${spanMs / 1000} s` : `${spanMs / 60_000} min`;
}

/**
 * What the plot shows right now.
 * @param {Pick<Plot, "count" | "refused" | "spanMs" | "leastMs" | "mostMs">} plot
 * @param {number} boundMs
 * @param {string} phase of the party
 */
export function plotSentence({ count: amount, refused, spanMs, leastMs, mostMs }, boundMs, phase) {
  if (isAlone(phase) && !Number.isFinite(boundMs)) return "No server, and no answer yet: there is nothing to draw.";
  if (isAlone(phase)) {
    return `No server, so no new bars: the clock runs on along the line, and the band around it opens, now to ±${boundFigure(boundMs)} ms.`;
  }
  if (amount === 0) return "No answer yet. The first bars come with the first exchange.";
  const doubted = refused ? ` ${count(refused, "exchange")} did not fit and ${refused === 1 ? "was" : "were"} set aside.` : "";
  const trips = amount === 1 ? `Its round trip took ${measuredFigure(leastMs)} ms.` : `Round trips took ${measuredFigure(leastMs)} to ${measuredFigure(mostMs)} ms.`;
  const agreed = amount === 1 ? "So far that is" : `Where all ${amount} of the last ${spanWords(spanMs)} agree is`;
  return `Each bar is one exchange, and the true offset lies on it. ${agreed} within ±${boundFigure(boundMs)} ms of our clock. ${trips}${doubted}`;
}
