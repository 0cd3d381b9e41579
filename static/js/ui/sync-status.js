// @ts-check
/** The quiet dot with its number and word, and the instrument behind it. */

import { StuckWatch } from "./causes.js";
import { listen, need, part, say, stopAll } from "./dom.js";
import { difference } from "./format.js";
import { drawInstrument } from "./instrument.js";
import { isMeasured, wordFor } from "./status-words.js";
import { drawViewers, viewersOf } from "./viewers.js";

/** @import { Status } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Point } from "./drift-plot.js" */
/** @import { ClockView } from "./instrument.js" */

const REFRESH_MS = 250;
const MOST_POINTS = 260;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {HTMLTemplateElement} needs.dot one viewer's place among all
 * @param {HTMLTemplateElement} needs.row one viewer's figures
 * @param {Party} needs.party
 * @param {() => Status} needs.status of our own playback
 * @param {() => ClockView} needs.clock
 * @param {() => number} needs.now
 * @param {(shown: {state: string, driftMs: number}) => void} needs.onShown for whoever reads the page
 * @param {(run: () => void, everyMs: number) => unknown} needs.setInterval
 * @param {(handle: any) => void} needs.clearInterval
 */
export function mountSyncStatus({ root, dot: dotPiece, row, party, status, clock, now, onShown, setInterval, clearInterval }) {
  const dot = need(root, "#sync-dot", HTMLButtonElement);
  const instrument = need(root, "#instrument", HTMLElement);
  const minute = new Minute();
  const stuck = new StuckWatch();

  const draw = () => {
    const { phase, statusSummary } = party.state;
    root.hidden = phase !== "joined" && phase !== "reconnecting";
    if (root.hidden) return;
    const own = status();
    const { locked } = clock();
    const roomRate = party.playhead()?.rate ?? 1;
    const nowMs = now();
    const state = shownState(phase, locked, own);
    const viewers = viewersOf(party.state, locked ? own : null);
    minute.note(own, locked, roomRate, nowMs);
    stuck.note(viewers, roomRate, nowMs);
    drawDot(dot, state, own);
    onShown({ state, driftMs: own.driftMs });
    if (instrument.hidden) return;
    drawInstrument({ root: instrument, own, clock: clock(), roomRate, points: minute.points, nowMs });
    drawViewers({ root: instrument, dot: dotPiece, row, viewers, summary: statusSummary, roomRate, stuck, nowMs });
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

/** Our own drift of the last minute, and what was done about it. */
class Minute {
  /** @type {Point[]} */
  points = [];
  #wasSeeking = false;

  /**
   * @param {Status} own
   * @param {boolean} locked
   * @param {number} roomRate
   * @param {number} nowMs
   */
  note({ state, driftMs, boundMs, rate }, locked, roomRate, nowMs) {
    const jumped = state === "seeking" && !this.#wasSeeking;
    this.#wasSeeking = state === "seeking";
    if (!locked || !isMeasured(state)) return;
    this.points = [...this.points.slice(-MOST_POINTS), { atMs: nowMs, driftMs, boundMs, trim: rate / roomRate - 1, jumped }];
  }
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
