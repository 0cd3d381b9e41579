// @ts-check
/**
 * What every rival law is given, so that laws differ in how they follow and in nothing else: our clock, our measurement, our exact
 * standing still, and the drift.
 */

import { clampToFilm, jumpS, positionAt } from "../../../static/js/playback/playhead.js";

/** @import { Action, Input, Output, SyncState } from "../../../static/js/playback/follower.js" */
/** @import { Playhead } from "../../../static/js/playback/playhead.js" */

/** The same figures as ours (follower.js): what counts as somebody's seek, and as standing elsewhere. */
const JUMP_S = 0.1;
const STANDING_S = 0.25;
const STANDING_RETRY_MS = 1000;
/** No corrections this close to the end (PROTOCOL, rule 7). */
const END_S = 0.5;
/** Nearer than this, a start is left to a timer: two of our ticks. */
const SCHEDULE_MS = 220;
const SAME_RATE = 1e-4;

export const NONE = Object.freeze(/** @type {Action} */ ({ kind: "none" }));

/** Where the film should be now. @param {Input} input */
export const expectedS = ({ playhead, nowMs, player }) => clampToFilm(positionAt(playhead, nowMs), player.durationS);

/** Positive: behind. @param {Input} input */
export const driftS = (input) => positionAt(input.playhead, input.nowMs) - input.measuredPositionS;

/** @param {Input} input @param {Action} action @param {SyncState} state @returns {Output} */
export const out = (input, action, state) => ({ driftMs: driftS(input) * 1000, action, state });

/** Rivals leave the pitch to the browser, which preserves it unless told otherwise. @param {Input} input @param {number} rate @returns {Action} */
export const rateTo = ({ player }, rate) => (Math.abs(player.rate - rate) > SAME_RATE ? { kind: "rate", rate, preservesPitch: true } : NONE);

/** Starts when the playhead does, if that is still to come. @param {Input} input @returns {Action} */
export function playAt({ playhead, nowMs }) {
  const delayMs = Math.max(playhead.atMs - nowMs, 0);
  return delayMs > SCHEDULE_MS ? NONE : { kind: "play", delayMs, rate: playhead.rate };
}

/** @param {Input} input */
export const isNearEnd = (input) =>
  expectedS(input) >= Math.min(input.playhead.durationS ?? Infinity, input.player.durationS ?? Infinity) - END_S;

/** Tells whether the room's vector is another one since the last step. */
export class Jumps {
  /** @type {Playhead | null} */
  #last = null;

  /** @param {Input} input */
  noted({ playhead, nowMs }) {
    const jumped = this.#last !== null && Math.abs(jumpS(this.#last, playhead, nowMs)) > JUMP_S;
    this.#last = playhead;
    return jumped;
  }

  reset() {
    this.#last = null;
  }
}

/** A paused room: everybody stops, then stands at the room's exact position. */
export class Standing {
  /** @type {number | null} */
  #atS = null;
  #sinceMs = 0;

  reset() {
    this.#atS = null;
  }

  /** @param {Input} input @returns {Output} */
  step(input) {
    const { player, playhead, localMs, measuredPositionS } = input;
    const positionS = clampToFilm(playhead.positionS, player.durationS);
    const movedAway = Math.abs(measuredPositionS - positionS) > STANDING_S && localMs - this.#sinceMs > STANDING_RETRY_MS;
    if (player.paused && this.#atS === positionS && (player.seeking || !movedAway)) {
      return out(input, NONE, player.seeking ? "seeking" : "synced");
    }
    this.#atS = positionS;
    this.#sinceMs = localMs;
    return out(input, player.paused ? { kind: "seek", positionS } : { kind: "pause", positionS }, "seeking");
  }
}
