// @ts-check
/** The pills of the clock pages: synchronised or not, the socket, how many are here, offset with its bound, round trip. */

import { when } from "./banner.js";
import { listen, need, part, say, stopAll } from "./dom.js";
import { boundFigure, count, measuredFigure, signed } from "./format.js";

/** @import { MediaClock } from "../clock/media-clock.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Light } from "./status-words.js" */

const REFRESH_MS = 250;
/** An offset beyond this is read in seconds. */
const SECONDS_FROM_MS = 10_000;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {Party} needs.party
 * @param {Pick<MediaClock, "locked" | "offsetMs" | "boundMs" | "rttMs">} needs.clock
 * @param {() => number} needs.now the clock of retryAtMs
 * @param {() => void} needs.retry connects at once
 * @param {(run: () => void, everyMs: number) => unknown} needs.setInterval
 * @param {(handle: any) => void} needs.clearInterval
 */
export function mountClockBar({ root, party, clock, now, retry, setInterval, clearInterval }) {
  const strip = part(root, "strip");
  const retryButton = need(strip, "button", HTMLButtonElement);

  const draw = () => {
    const { phase, retryAtMs, userCount, gone } = party.state;
    const open = phase === "joined";
    const { locked, offsetMs, boundMs, rttMs } = clock;
    pill(root, "sync", locked ? "good" : "busy", locked ? "Synced" : "Setting");
    pill(root, "socket", open ? "good" : gone ? "lost" : "busy", socketWord(phase));
    say(part(root, "users"), open ? count(userCount, "person", "people") : "–");
    say(part(root, "offset"), locked ? offsetText(offsetMs) : "–");
    say(part(root, "bound"), locked ? `±${boundFigure(boundMs)} ms` : "");
    say(part(root, "rtt"), rttMs === null ? "–" : `${measuredFigure(rttMs)} ms`);
    strip.hidden = phase !== "reconnecting" && !gone;
    retryButton.hidden = Boolean(gone);
    say(part(strip, "words"), gone ? goneSentence(gone.message) : "Connection lost. The clocks run on by the last estimate.");
    // Apart, so that a screen reader hears of the loss and not of every second after it.
    say(part(strip, "when"), gone ? "" : when(retryAtMs, now()));
  };

  const timer = setInterval(draw, REFRESH_MS);
  draw();
  return stopAll([party.subscribe(draw), listen(retryButton, "click", retry), () => clearInterval(timer)]);
}

/**
 * @param {HTMLElement} root
 * @param {string} name
 * @param {Light} light
 * @param {string} word
 */
function pill(root, name, light, word) {
  const element = part(root, name);
  const holder = element.closest("[data-light]");
  if (holder instanceof HTMLElement) holder.dataset.light = light;
  say(element, word);
}

/** @param {string} phase */
function socketWord(phase) {
  switch (phase) {
    case "joined":
      return "Connected";
    case "reconnecting":
      return "Reconnecting";
    case "gone":
      return "Closed";
    default:
      return "Connecting";
  }
}

/** θ = server − yours (RFC 5905). @param {number} offsetMs */
export function offsetText(offsetMs) {
  return Math.abs(offsetMs) < SECONDS_FROM_MS ? `${signed(offsetMs, 2)} ms` : `${signed(offsetMs / 1000, 3)} s`;
}

/** @param {string} message */
function goneSentence(message) {
  return message || "This page is no longer connected. Reload it to come back.";
}
