// @ts-check
/** The quiet dot with its number and word, and the instrument behind it. */

import { copy, listen, need, part, say, stopAll } from "./dom.js";
import { plotPaths } from "./drift-plot.js";
import { boundText, difference, driftSentence, rateText, signed } from "./format.js";
import { isMeasured, wordFor } from "./status-words.js";

/** @import { Status } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Point } from "./drift-plot.js" */

const REFRESH_MS = 250;
const MOST_POINTS = 260;

/** @typedef {{locked: boolean, offsetMs: number, skewPpm: number}} ClockView */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {HTMLTemplateElement} needs.template one line of everyone's drift
 * @param {Party} needs.party
 * @param {() => Status} needs.status of our own playback
 * @param {() => ClockView} needs.clock
 * @param {() => number} needs.now
 * @param {(shown: {state: string, driftMs: number}) => void} needs.onShown for whoever reads the page
 * @param {(run: () => void, everyMs: number) => unknown} needs.setInterval
 * @param {(handle: any) => void} needs.clearInterval
 */
export function mountSyncStatus({ root, template, party, status, clock, now, onShown, setInterval, clearInterval }) {
  const dot = need(root, "#sync-dot", HTMLButtonElement);
  const instrument = need(root, "#instrument", HTMLElement);
  /** @type {Point[]} */
  let points = [];

  const draw = () => {
    const { phase } = party.state;
    root.hidden = phase !== "joined" && phase !== "reconnecting";
    if (root.hidden) return;
    const own = status();
    const state = shownState(phase, clock().locked, own);
    if (isMeasured(own.state) && clock().locked) {
      points = [...points.slice(-MOST_POINTS), { atMs: now(), driftMs: own.driftMs, boundMs: own.boundMs }];
    }
    drawDot(dot, state, own);
    onShown({ state, driftMs: own.driftMs });
    if (!instrument.hidden) drawInstrument(instrument, template, party, own, clock(), plotPaths(points, now()));
  };

  /** @param {boolean} open */
  const open = (open) => {
    instrument.hidden = !open;
    dot.setAttribute("aria-expanded", String(open));
    draw();
  };

  const timer = setInterval(draw, REFRESH_MS);
  return stopAll([
    party.subscribe(draw),
    listen(dot, "click", () => open(Boolean(instrument.hidden))),
    listen(root, "keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape" || instrument.hidden) return;
      open(false);
      dot.focus();
    }),
    listen(root.ownerDocument, "pointerdown", (/** @type {PointerEvent} */ event) => {
      if (!instrument.hidden && event.target instanceof Node && !root.contains(event.target)) open(false);
    }),
    () => clearInterval(timer),
  ]);
}

/**
 * @param {string} phase
 * @param {boolean} locked
 * @param {Status} own
 */
export function shownState(phase, locked, own) {
  if (phase === "reconnecting") return "reconnecting";
  if (!locked && own.state !== "blocked") return "waiting";
  return own.state;
}

/**
 * @param {HTMLElement} dot
 * @param {string} state
 * @param {Status} own
 */
function drawDot(dot, state, own) {
  const { word, light } = wordFor(state);
  dot.dataset.state = state;
  dot.dataset.light = light;
  const { figure, unit } = difference(own.driftMs);
  const measured = isMeasured(state);
  part(dot, "number").hidden = !measured;
  say(part(dot, "number"), `${figure} ${unit}`);
  say(part(dot, "word"), state === "local" ? "On your own" : word);
}

/**
 * @param {HTMLElement} root
 * @param {HTMLTemplateElement} template
 * @param {Party} party
 * @param {Status} own
 * @param {ClockView} clock
 * @param {{line: string, band: string, scaleMs: number}} plot
 */
function drawInstrument(root, template, party, own, clock, plot) {
  const measured = clock.locked && isMeasured(own.state);
  say(part(root, "sentence"), sentenceFor(own, clock));
  say(part(root, "drift"), measured ? signed(own.driftMs, 1) : "–");
  say(part(root, "bound"), clock.locked ? `±${own.boundMs.toFixed(1)} ms` : "–");
  say(part(root, "rtt"), own.rttMs > 0 ? `${own.rttMs.toFixed(1)} ms` : "–");
  say(part(root, "offset"), offsetText(clock.offsetMs));
  say(part(root, "rate"), rateText(own.rate));
  say(part(root, "buffer"), `${own.bufferS.toFixed(1)} s`);
  say(part(root, "dropped"), String(own.droppedFrames));
  need(root, '[data-part="line"]', SVGPathElement).setAttribute("d", plot.line);
  need(root, '[data-part="band"]', SVGPathElement).setAttribute("d", plot.band);
  say(need(root, '[data-part="top"]', SVGTextElement), `+${plot.scaleMs}`);
  say(need(root, '[data-part="bottom"]', SVGTextElement), `−${plot.scaleMs}`);
  drawOthers(root, template, party);
}

/**
 * @param {Status} own
 * @param {ClockView} clock
 */
function sentenceFor(own, clock) {
  if (!clock.locked) return "Your clock is being set by the room’s.";
  switch (own.state) {
    case "synced":
    case "adjusting":
    case "seeking":
      return driftSentence(own.driftMs, own.boundMs);
    case "buffering":
      return "Your player waits for more of the film.";
    case "blocked":
      return "Your browser wants a click before it plays.";
    case "hidden":
      return "In the background nothing is corrected; you rejoin on return.";
    default:
      return "You watch on your own.";
  }
}

/** @param {number} offsetMs */
function offsetText(offsetMs) {
  const size = Math.abs(offsetMs);
  return size < 10_000 ? `${signed(-offsetMs, 1)} ms` : `${signed(-offsetMs / 1000, 1)} s`;
}

/**
 * @param {HTMLElement} root
 * @param {HTMLTemplateElement} template
 * @param {Party} party
 */
function drawOthers(root, template, party) {
  const { users, statuses, self, statusSummary } = party.state;
  const others = users.filter((user) => user.id !== self?.id && statuses[user.id]);
  const list = part(root, "list");
  part(root, "others").hidden = others.length === 0 && statusSummary === null;
  while (list.childElementCount > others.length) list.lastElementChild?.remove();
  while (list.childElementCount < others.length) list.append(copy(template));
  others.forEach((user, index) => {
    const row = list.children[index];
    const theirs = statuses[user.id];
    if (!row || !theirs) return;
    say(part(row, "name"), user.name);
    const words = isMeasured(theirs.state) ? `${signed(theirs.driftMs)} ms, ±${boundText(theirs.boundMs)}` : wordFor(theirs.state).word;
    say(part(row, "value"), words);
  });
}
