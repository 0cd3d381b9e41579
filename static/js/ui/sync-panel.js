// @ts-check
/** How good the time is: offset, bound, round trip, skew, the last exchanges, and a button to look again. */

import { isAlone } from "../room/party-state.js";
import { offsetText } from "./clock-bar.js";
import { listen, need, part, say, stopAll } from "./dom.js";
import { boundFigure, count, measuredFigure, signed } from "./format.js";
import { rttHistory } from "./rtt-history.js";
import { axisText } from "./scale.js";
import { set } from "./svg.js";

/** @import { ExchangeLog } from "../clock/exchange-log.js" */
/** @import { MediaClock } from "../clock/media-clock.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Timers } from "../room/timer.js" */
/** @import { FrameLoop } from "./loop.js" */
/** @import { Light } from "./status-words.js" */

/** The seed's measure of a round trip. @type {readonly {belowMs: number, word: string, light: Light}[]} */
const QUALITIES = [
  { belowMs: 50, word: "Excellent", light: "good" },
  { belowMs: 100, word: "Good", light: "good" },
  { belowMs: 200, word: "Fair", light: "busy" },
  { belowMs: Infinity, word: "Poor", light: "lost" },
];
/** Six probes and their answers take a third of it; bursts in quicker succession are not sent. */
const LOOKING_MS = 1500;
const REFRESH_MS = 1000;

/** @typedef {{boundMs: number, rttMs: number | null, offsetMs: number, skewPpm: number, locked: boolean}} Figures */

/**
 * @param {Timers & {
 *   root: HTMLElement,
 *   clock: Pick<MediaClock, keyof Figures>,
 *   exchanges: ExchangeLog,
 *   party: Party,
 *   loop: FrameLoop,
 *   now: () => number,
 *   lookAgain: () => void,
 * }} needs `now` is the clock of the exchanges
 */
export function mountSyncPanel({ root, clock, exchanges, party, loop, now, lookAgain, setTimeout, clearTimeout }) {
  const button = need(root, "[data-part=look]", HTMLButtonElement);
  const feedback = part(root, "feedback");
  /** @type {unknown} */
  let timer = null;

  const draw = () => {
    const atMs = now();
    const quality = qualityOf(clock.rttMs, party.state.phase);
    const shown = clock.rttMs !== null;
    need(root, "[data-light]", HTMLElement).dataset.light = quality.light;
    say(part(root, "quality"), quality.word);
    say(part(root, "words"), qualitySentence(clock, party.state.phase));
    say(part(root, "offset"), shown ? offsetText(clock.offsetMs) : "–");
    say(part(root, "bound"), shown ? `±${boundFigure(clock.boundMs)} ms` : "");
    say(part(root, "rtt"), clock.rttMs === null ? "–" : `${measuredFigure(clock.rttMs)} ms`);
    say(part(root, "skew"), shown ? `${signed(clock.skewPpm, 1)} ppm` : "–");
    say(part(root, "last"), agoWords(exchanges.latest && atMs - exchanges.latest.sample.t4Ms));
    say(part(root, "count"), String(exchanges.count));
    drawHistory();
  };
  const drawHistory = () => {
    const { accepted, refused, scaleMs, words } = rttHistory(exchanges.all);
    set(need(root, "[data-part=accepted]", SVGPathElement), { d: accepted });
    set(need(root, "[data-part=refused]", SVGPathElement), { d: refused });
    set(need(root, "[data-part=bars]", SVGSVGElement), { "aria-label": words });
    say(part(root, "scale"), exchanges.count ? axisText(scaleMs) : "");
  };
  const look = () => {
    if (timer !== null) return;
    const before = { count: exchanges.count, boundMs: clock.boundMs };
    button.setAttribute("aria-disabled", "true");
    say(feedback, "Asking the server…");
    lookAgain();
    timer = setTimeout(() => {
      timer = null;
      button.removeAttribute("aria-disabled");
      say(feedback, lookedSentence(exchanges.count - before.count, before.boundMs, clock.boundMs));
    }, LOOKING_MS);
  };

  return stopAll([
    loop.add(draw, { element: root, everyMs: REFRESH_MS }),
    exchanges.subscribe(() => loop.once(draw)),
    listen(button, "click", look),
    () => timer !== null && clearTimeout(timer),
  ]);
}

/**
 * @param {number | null} rttMs
 * @param {string} phase of the party
 * @returns {{word: string, light: Light}}
 */
export function qualityOf(rttMs, phase) {
  if (rttMs !== null && isAlone(phase)) return { word: "Running on", light: "busy" };
  const found = rttMs === null ? null : QUALITIES.find(({ belowMs }) => rttMs < belowMs);
  return found ?? { word: "Setting", light: "busy" };
}

/**
 * @param {Pick<Figures, "boundMs" | "rttMs" | "locked">} clock
 * @param {string} phase of the party
 */
export function qualitySentence({ boundMs, rttMs, locked }, phase) {
  if (rttMs === null) return "Waiting for the first answer.";
  const bound = `±${boundFigure(boundMs)} ms`;
  if (isAlone(phase)) return `No server to ask. The last estimate still holds within ${bound}.`;
  if (!locked) return `The first answers are in: within ${bound} so far.`;
  return `The quickest answer takes ${measuredFigure(rttMs)} ms there and back, so the time is known within ${bound}.`;
}

/**
 * @param {number | null} ageMs
 */
export function agoWords(ageMs) {
  if (ageMs === null) return "none yet";
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  if (seconds < 1) return "just now";
  if (seconds < 120) return `${seconds} s ago`;
  return `${Math.floor(seconds / 60)} min ago`;
}

/**
 * @param {number} answers
 * @param {number} beforeMs the bound before
 * @param {number} boundMs the bound now
 */
export function lookedSentence(answers, beforeMs, boundMs) {
  if (answers === 0) return "No answer came. The clock runs on by its last estimate.";
  const before = Number.isFinite(beforeMs) ? `, it was ±${boundFigure(beforeMs)} ms` : "";
  return `${count(answers, "answer")}. The bound is ±${boundFigure(boundMs)} ms${before}.`;
}
