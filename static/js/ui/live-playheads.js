// @ts-check
/** Playheads of many rooms, moved on by their vectors between two answers of the server. */

import { positionAt } from "../playback/playhead.js";
import { say } from "./dom.js";
import { clockTime } from "./format.js";

/** @import { Playhead } from "../playback/playhead.js" */

/**
 * A vector as the page's template writes it.
 * @param {Readonly<Record<string, string | undefined>>} data
 * @returns {Playhead}
 */
export function readPlayhead({ positionS, atMs, rate, playing, durationS }) {
  return {
    positionS: Number(positionS),
    atMs: Number(atMs),
    rate: Number(rate),
    playing: playing === "1",
    durationS: durationS ? Number(durationS) : null,
    ended: false,
  };
}

/**
 * What was the server's media time when an answer left it, seen from here: the middle of the way.
 * @param {{nowMs: number, askedMs: number, heardMs: number}} answer nowMs: by the media clock; the others by ours
 * @returns {(localMs: number) => number} media time
 */
export function mediaTime({ nowMs, askedMs, heardMs }) {
  const aheadMs = nowMs - (askedMs + heardMs) / 2;
  return (localMs) => localMs + aheadMs;
}

/** Shows where every film is now. @param {ParentNode} root @param {number} mediaMs */
export function paintPlayheads(root, mediaMs) {
  for (const film of root.querySelectorAll("[data-playhead]")) {
    const positionS = positionAt(readPlayhead(/** @type {HTMLElement} */ (film).dataset), mediaMs);
    const clock = film.querySelector("[data-clock]");
    if (clock) say(clock, clockTime(positionS));
    const bar = film.querySelector("[data-bar]");
    if (bar) /** @type {HTMLProgressElement} */ (bar).value = positionS;
  }
}
