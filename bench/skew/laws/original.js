// @ts-check
/**
 * The original program's law, with our clock and our measurement: written anew from the project's description of it (the "Video Sync
 * Algorithm" and SYNC_CONFIG): every SYNC_INTERVAL it compares, seeks beyond DRIFT_THRESHOLD_SEEK, changes the rate by 5–8 % beyond
 * DRIFT_THRESHOLD_ADJUST, and plays normally once it is within 20 ms.
 *
 * Where the description leaves a choice, the kinder one is taken: a correction once begun goes on until 20 ms and not only until 50; the
 * rate is the drift in seconds between 5 and 8 %; a start waits for its instant, which the original, having none, could not. What makes the
 * original itself worse (a raw wall clock, latency counted twice) is not here: that is its clock, and this is its law.
 */

import { Jumps, NONE, Standing, driftS, expectedS, isNearEnd, out, playAt, rateTo } from "./common.js";

/** @import { Action, Input, Output, SyncConfig } from "../../../static/js/playback/follower.js" */

/** Within this it counts as synced, and plays at the room's rate. */
const SYNCED_S = 0.02;
/** The least change of rate: "speed up or slow down 5–8 %". */
const LEAST_CHANGE = 0.05;

export class Follower {
  #config;
  #standing = new Standing();
  #jumps = new Jumps();
  #adjusting = false;
  allowRate;
  /** It knows nothing of what a start costs. */
  startMs = 0;

  /** @param {{config: SyncConfig, allowRate?: boolean}} options */
  constructor({ config, allowRate = true }) {
    this.#config = config;
    this.allowRate = allowRate;
  }

  reset() {
    this.#standing.reset();
    this.#jumps.reset();
    this.#adjusting = false;
  }

  /** @param {Input} input @returns {Output} */
  step(input) {
    const { player, playhead } = input;
    const jumped = this.#jumps.noted(input);
    if (player.readyState < 1) return out(input, NONE, "buffering");
    if (!playhead.playing) return this.#stand(input);
    this.#standing.reset();
    if (player.seeking) return out(input, NONE, "seeking");
    if (player.paused) return this.#startUp(input);
    return this.#follow(input, jumped);
  }

  /** @param {Input} input */
  #stand(input) {
    this.#adjusting = false;
    return this.#standing.step(input);
  }

  /** Too far away it goes there first, and then plays at once. @param {Input} input */
  #startUp(input) {
    if (input.blocked) return out(input, NONE, "blocked");
    if (input.player.ended && isNearEnd(input)) return out(input, NONE, "synced");
    if (Math.abs(driftS(input)) > this.#config.DRIFT_THRESHOLD_SEEK) return out(input, this.#toPlayhead(input), "seeking");
    return out(input, playAt(input), "adjusting");
  }

  /** @param {Input} input @param {boolean} jumped */
  #follow(input, jumped) {
    if (input.player.readyState < 3) return out(input, NONE, "buffering");
    if (isNearEnd(input)) return out(input, NONE, "synced");
    if (jumped) return out(input, this.#toPlayhead(input), "seeking");
    if (input.quiet) return out(input, NONE, "adjusting");
    const sizeS = Math.abs(driftS(input));
    if (sizeS > this.#config.DRIFT_THRESHOLD_SEEK) return out(input, this.#toPlayhead(input), "seeking");
    if (sizeS > this.#config.DRIFT_THRESHOLD_ADJUST) this.#adjusting = true;
    if (sizeS < SYNCED_S) this.#adjusting = false;
    const state = this.#adjusting ? "adjusting" : "synced";
    return out(input, rateTo(input, this.#rate(input)), state);
  }

  /** To where the film is now, whatever the seek will cost. @param {Input} input @returns {Action} */
  #toPlayhead(input) {
    this.#adjusting = false;
    return { kind: "seek", positionS: expectedS(input) };
  }

  /** @param {Input} input */
  #rate(input) {
    const { rate } = input.playhead;
    if (!this.#adjusting || !this.allowRate) return rate;
    const driftNowS = driftS(input);
    const { MAX_SPEEDUP, MAX_SLOWDOWN } = this.#config;
    const change = Math.sign(driftNowS) * Math.max(Math.abs(driftNowS), LEAST_CHANGE);
    return rate * Math.min(Math.max(1 + change, MAX_SLOWDOWN), MAX_SPEEDUP);
  }
}
