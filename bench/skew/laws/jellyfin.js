// @ts-check
/**
 * Jellyfin's SyncPlay law, with our clock and our measurement, and with its correction on, which is off by default: written anew from what
 * jellyfin-web's src/plugins/syncPlay/core/PlaybackCore.js does (as of 2026), with its default settings:
 * SpeedToSync from 60 ms up to 3 s of difference: one pulse of rate that closes it in one second (longer where the rate would fall below
 * 0.2); SkipToSync from 400 ms where SpeedToSync does not apply; a look at most every 1.5 s, and none for 1.5 s after a start or a skip.
 *
 * A start to come waits for its instant; one that is over plays at once and then seeks to where the film is. A pause stops, then seeks to
 * its position, as ours does. Its wait for everybody before a seek goes on belongs to its server, and is not here. A pulse ends on the
 * nearest of our ticks (100 ms), which at 6 % is up to 3 ms.
 */

import { Jumps, NONE, Standing, driftS, expectedS, isNearEnd, out, playAt, rateTo } from "./common.js";

/** @import { Action, Input, Output, SyncConfig } from "../../../static/js/playback/follower.js" */

const MIN_DELAY_SPEED_TO_SYNC_MS = 60;
const MAX_DELAY_SPEED_TO_SYNC_MS = 3000;
const SPEED_TO_SYNC_DURATION_MS = 1000;
const MIN_DELAY_SKIP_TO_SYNC_MS = 400;
const SLOWEST = 0.2;
/** How often it looks, and how long it holds still after a start, a seek or a skip. */
const REST_MS = MAX_DELAY_SPEED_TO_SYNC_MS / 2;
const HALF_A_TICK_MS = 50;

export class Follower {
  #standing = new Standing();
  #jumps = new Jumps();
  #lastLookMs = -Infinity;
  #enabledFromMs = -Infinity;
  /** The pulse of rate under way. @type {{rate: number, untilMs: number} | null} */
  #pulse = null;
  /** A start that came too late seeks once it plays. */
  #seekOnceMoving = false;
  allowRate;
  /** It knows nothing of what a start costs. */
  startMs = 0;

  /** @param {{config: SyncConfig, allowRate?: boolean}} options */
  constructor({ allowRate = true }) {
    this.allowRate = allowRate;
  }

  reset() {
    this.#standing.reset();
    this.#jumps.reset();
    this.#lastLookMs = -Infinity;
    this.#enabledFromMs = -Infinity;
    this.#pulse = null;
    this.#seekOnceMoving = false;
  }

  /** @param {Input} input @returns {Output} */
  step(input) {
    const { player, playhead } = input;
    const jumped = this.#jumps.noted(input);
    if (player.readyState < 1) return out(input, NONE, "buffering");
    if (!playhead.playing) return this.#stand(input);
    this.#standing.reset();
    if (player.seeking) return out(input, NONE, "seeking");
    if (player.paused) return this.#unpause(input);
    return this.#follow(input, jumped);
  }

  /** @param {Input} input */
  #stand(input) {
    this.#pulse = null;
    this.#seekOnceMoving = false;
    return this.#standing.step(input);
  }

  /** @param {Input} input */
  #unpause(input) {
    const { playhead, nowMs, localMs, player } = input;
    if (input.blocked) return out(input, NONE, "blocked");
    if (player.ended && isNearEnd(input)) return out(input, NONE, "synced");
    const toCome = playhead.atMs > nowMs;
    if (toCome && -driftS(input) * 1000 > MIN_DELAY_SKIP_TO_SYNC_MS) return out(input, { kind: "seek", positionS: playhead.positionS }, "seeking");
    const action = playAt(input);
    if (action.kind === "play") {
      this.#seekOnceMoving = !toCome;
      this.#holdStill(localMs);
    }
    return out(input, action, "adjusting");
  }

  /** @param {Input} input @param {boolean} jumped */
  #follow(input, jumped) {
    const { player, playhead, localMs } = input;
    if (this.#seekOnceMoving || jumped) {
      this.#seekOnceMoving = false;
      return out(input, this.#skip(input), "seeking");
    }
    if (player.readyState < 3) return out(input, NONE, "buffering");
    if (this.#pulse && localMs < this.#pulse.untilMs - HALF_A_TICK_MS) return out(input, rateTo(input, this.#pulse.rate), "adjusting");
    this.#pulse = null;
    if (!isNearEnd(input) && localMs - this.#lastLookMs >= REST_MS) {
      this.#lastLookMs = localMs;
      if (localMs >= this.#enabledFromMs) return this.#correct(input);
    }
    return out(input, rateTo(input, playhead.rate), "synced");
  }

  /** @param {Input} input */
  #correct(input) {
    const { playhead } = input;
    const diffMs = driftS(input) * 1000;
    const sizeMs = Math.abs(diffMs);
    if (this.allowRate && sizeMs >= MIN_DELAY_SPEED_TO_SYNC_MS && sizeMs < MAX_DELAY_SPEED_TO_SYNC_MS) {
      const tooSlow = diffMs <= -SPEED_TO_SYNC_DURATION_MS * SLOWEST;
      const forMs = tooSlow ? sizeMs / (1 - SLOWEST) : SPEED_TO_SYNC_DURATION_MS;
      this.#pulse = { rate: playhead.rate * (1 + diffMs / forMs), untilMs: input.localMs + forMs };
      return out(input, rateTo(input, this.#pulse.rate), "adjusting");
    }
    if (sizeMs >= MIN_DELAY_SKIP_TO_SYNC_MS) return out(input, this.#skip(input), "seeking");
    return out(input, rateTo(input, playhead.rate), "synced");
  }

  /** To where the film is now, whatever the seek will cost. @param {Input} input @returns {Action} */
  #skip(input) {
    this.#holdStill(input.localMs);
    this.#pulse = null;
    return { kind: "seek", positionS: expectedS(input) };
  }

  /** @param {number} localMs */
  #holdStill(localMs) {
    this.#enabledFromMs = localMs + REST_MS;
  }
}
