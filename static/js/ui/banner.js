// @ts-check
/** The strip that says that the room can't be reached, when it will be tried again, and that the film goes on. */

import { listen, part, say, stopAll } from "./dom.js";
import { keepKeyboard } from "./keep-keyboard.js";

/** @import { Party } from "../room/party.js" */

/** Most losses last less than this; a strip that flashes helps nobody. */
const PATIENCE_MS = 700;

const LOST = "Connection lost. The film goes on.";
const DEGRADED = "The room is catching its breath. The film goes on.";

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {Party} needs.party
 * @param {() => number} needs.now the clock of retryAtMs
 * @param {() => void} needs.retry
 * @param {(sentence: string) => void} needs.announce once each time; the seconds that count down are only for the eye
 * @param {() => void} needs.release gives the keyboard back to the film when the button leaves with it
 * @param {(run: () => void, everyMs: number) => unknown} needs.setInterval
 * @param {(handle: any) => void} needs.clearInterval
 */
export function mountBanner({ root, party, now, retry, announce, release, setInterval, clearInterval }) {
  const title = part(root, "title");
  const words = part(root, "words");
  const button = part(root, "retry");
  /** @type {number | null} */
  let lostMs = null;
  /** What was said last; it changes once for each loss and each return. */
  let said = "";

  /** @param {string} sentence */
  const tell = (sentence) => {
    if (sentence === said) return;
    const before = said;
    said = sentence;
    if (sentence) announce(sentence);
    else if (party.state.phase === "joined") announce(before === LOST ? "Connected again." : "The room is well again.");
  };

  const draw = () => {
    const { phase, retryAtMs, degraded } = party.state;
    const lost = phase === "reconnecting";
    lostMs = lost ? (lostMs ?? now()) : null;
    const visible = (lostMs !== null && now() - lostMs >= PATIENCE_MS) || Boolean(degraded);
    root.hidden = !visible;
    tell(visible ? (lost ? LOST : DEGRADED) : "");
    if (!visible) return;
    button.hidden = !lost;
    say(title, lost ? "Connection lost." : "The room is catching its breath.");
    say(words, lost ? `The film goes on. ${when(retryAtMs, now())}` : "The film goes on; controls will be back in a moment.");
  };

  const redraw = () => keepKeyboard(root, draw, release);

  const timer = setInterval(redraw, 250);
  return stopAll([party.subscribe(redraw), listen(button, "click", retry), () => clearInterval(timer)]);
}

/**
 * @param {number | null} retryAtMs
 * @param {number} nowMs
 */
export function when(retryAtMs, nowMs) {
  const leftS = retryAtMs === null ? 0 : Math.ceil((retryAtMs - nowMs) / 1000);
  return leftS > 0 ? `Next try in ${leftS} s.` : "Trying now…";
}
