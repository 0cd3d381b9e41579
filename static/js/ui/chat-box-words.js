// @ts-check
/** What stands beneath the box one writes in; pure. */

import { CHAT_LENGTH } from "../protocol/protocol.js";
import { count } from "./format.js";

/** From so many characters on it is told how many are left. */
const COUNTED_FROM = 400;

/**
 * How much of the longest message is written; nothing while there is plenty of room.
 * @param {number} length in characters
 */
export function lengthWords(length) {
  if (length < COUNTED_FROM) return "";
  if (length > CHAT_LENGTH) return `${length - CHAT_LENGTH} too many`;
  return `${length} of ${CHAT_LENGTH}`;
}

/** @param {number} length in characters */
export function isTooLong(length) {
  return length > CHAT_LENGTH;
}

/**
 * @param {object} now
 * @param {boolean} now.isConnected
 * @param {number} now.slowModeS of the room, for this viewer; 0: none
 * @param {number} now.waitMs until the next message is taken
 */
export function footWords({ isConnected, slowModeS, waitMs }) {
  if (!isConnected) return "Not connected just now. What you write stays here.";
  if (waitMs > 0) return waitWords(slowModeS, waitMs);
  if (slowModeS > 0) return `Slow mode: one message every ${count(slowModeS, "second")}.`;
  return "";
}

/**
 * Why a message was not sent, and that nothing is lost.
 * @param {{isConnected: boolean, slowModeS: number, waitMs: number, length: number}} now
 * @returns {string} nothing: it may be sent
 */
export function whyNot({ isConnected, slowModeS, waitMs, length }) {
  if (!isConnected) return "Not sent: the room can’t be reached just now. Your text stays here.";
  if (isTooLong(length)) return `Not sent: ${count(length - CHAT_LENGTH, "character")} too many.`;
  if (waitMs > 0) return `Not sent yet. ${waitWords(slowModeS, waitMs)}`;
  return "";
}

/**
 * @param {number} slowModeS
 * @param {number} waitMs
 */
function waitWords(slowModeS, waitMs) {
  const when = `You can write again in ${waitTime(Math.ceil(waitMs / 1000))}.`;
  return slowModeS > 0 ? `Slow mode. ${when}` : `A little too fast. ${when}`;
}

/** @param {number} seconds */
function waitTime(seconds) {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  return [minutes && count(minutes, "minute"), rest && count(rest, "second")].filter(Boolean).join(" ");
}
