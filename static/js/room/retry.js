// @ts-check
/** What a browser does after each close code, and how long it waits before it comes back. */

import { CloseCode } from "../protocol/protocol.js";

const SHORTEST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10_000;
/** So gentle that two viewers are both back within 4 s of a network that was gone for 16 s, 99 times of 100. */
const GROWTH = 1.12;
/** Abuse of limits: our own fault, so we stay away for as long as PROTOCOL.md says. */
const PENALTY_MS = 30_000;

/**
 * @typedef {object} Return the socket comes back
 * @property {"return"} kind
 * @property {number | null} delayMs null: by jittered exponential back-off
 *
 * @typedef {{kind: "rest"} | {kind: "stay"} | Return} AfterClose
 *   rest: closed until somebody connects again; stay: away for good, and the viewer is told why
 */

/**
 * @param {number} code
 * @param {{drainRetryMs: number | null, mayReturnAfterBadFrame: boolean}} circumstances
 * @returns {AfterClose}
 */
export function afterClose(code, { drainRetryMs, mayReturnAfterBadFrame }) {
  if (code >= 4400 && code < 4500) return { kind: "stay" };
  switch (code) {
    case CloseCode.NOT_JOINED:
      return { kind: "rest" };
    case CloseCode.BINARY:
    case CloseCode.TOO_LARGE:
      return mayReturnAfterBadFrame ? { kind: "return", delayMs: null } : { kind: "stay" };
    case CloseCode.ABUSE:
      return { kind: "return", delayMs: PENALTY_MS };
    case CloseCode.DRAINING:
    case CloseCode.DRAINING_DAPHNE:
      return { kind: "return", delayMs: drainRetryMs };
    default:
      return { kind: "return", delayMs: null };
  }
}

/**
 * Jitter spans the whole range, so that a room's browsers don't come back in one instant.
 * @param {number} attempt 0 for the first
 * @param {() => number} random 0 ≤ … < 1
 */
export function backoffMs(attempt, random) {
  const ceilingMs = Math.min(LONGEST_RETRY_MS, 2 * SHORTEST_RETRY_MS * GROWTH ** attempt);
  return SHORTEST_RETRY_MS + random() * (ceilingMs - SHORTEST_RETRY_MS);
}

/**
 * Said when the server closes without giving a reason of its own.
 * @type {ReadonlyMap<number, string>}
 */
const REASONS = new Map([
  [CloseCode.BINARY, "The server could not read what this page sent. Reload the page."],
  [CloseCode.TOO_LARGE, "This page sent too much at once. Reload the page."],
  [CloseCode.UNAUTHORISED, "This room needs you to sign in."],
  [CloseCode.REMOVED, "You were removed from this room."],
  [CloseCode.NO_SUCH_ROOM, "There is no such room."],
  [CloseCode.OPEN_ELSEWHERE, "This tab is open elsewhere. The newest one goes on."],
  [CloseCode.ROOM_CLOSED, "This room is closed."],
  [CloseCode.NOT_ADMITTED, "This room is full or locked."],
]);

/** @param {number} code */
export function reasonOfClose(code) {
  return REASONS.get(code) ?? `The server ended the connection (${code}).`;
}
