// @ts-check
/** When a standing player starts, and where it stands until then; what its starts cost, learned. */

import { Latency } from "./latency.js";
import { clampToFilm, endOf, positionAt, reachesAtMs } from "./playhead.js";

/** @import { Input, SyncState } from "./follower.js" */

/** @typedef {{kind: "wait", state: SyncState} | {kind: "seek", positionS: number} | {kind: "play", delayMs: number, lateS: number}} StartDecision */

/** No corrections this close to the end (PROTOCOL, rule 7). */
export const END_S = 0.5;
/** Below this a drift counts as synced (seed); above DRIFT_THRESHOLD_ADJUST as adjusting. */
export const SYNCED_S = 0.02;
/** While the clock is not locked only what is surely wrong is put right. */
export const UNLOCKED_SLACK_MS = 250;
/** A start is scheduled on a timer once it is nearer than this, two ticks. */
export const SCHEDULE_MS = 220;
/** How long a start waits for data or for the clock, before it is better than nothing. */
export const PATIENCE_MS = 2000;
/** A start later than this goes ahead and waits, which lands exactly; a viewer's own start moves at once and is made up by rate. */
const LATE_START_S = 0.05;
const OWN_LATE_START_S = 0.3;
/** Once it went ahead and came too late all the same (a busy machine), rate does the rest, where there are trims. */
const PREPARED_LATE_START_S = 0.15;
/** A standing player that is ahead by more than its preparation explains is not waited for. */
const EARLY_START_S = 0.5;

export class StartUp {
  /** From play() to movement; measured 69–83 ms after a seek. */
  #start = new Latency(0.075, { leastS: -0.05, mostS: 0.5 });
  /** From a seek of a standing player to ready. */
  #prepare = new Latency(0.2, { leastS: 0.1, mostS: 4 });
  #prepared = false;
  /** @type {number | null} */
  #waitingSinceMs = null;

  /** Learned latency from play() to movement. */
  get startS() {
    return this.#start.seconds;
  }

  /** Nothing is waited for any more. */
  cancel() {
    this.#prepared = false;
    this.#waitingSinceMs = null;
  }

  /** It stands where the room stands, not ahead of it. */
  unprepare() {
    this.#prepared = false;
  }

  /** The player moves. */
  moves() {
    this.#waitingSinceMs = null;
  }

  /** Where to stand so that the playhead comes by when the player can start. @param {Input} input @returns {number} */
  prepareAt({ playhead, nowMs, player }) {
    this.#prepared = true;
    return clampToFilm(positionAt(playhead, nowMs + this.#aheadS * 1000), player.durationS);
  }

  /** What a start that was right by all that was known left over. @param {number} residualS positive: took longer */
  landed(residualS) {
    this.#start.learn(residualS);
  }

  /**
   * A standing player starts at the instant at which the playhead comes by; if that is over, it goes ahead first and waits there.
   * @param {Input} input @param {{trims: boolean}} options trims: whether a late start can be made up by rate
   * @returns {StartDecision}
   */
  decide(input, { trims }) {
    const { playhead, player, nowMs, localMs, measuredPositionS } = input;
    if (positionAt(playhead, nowMs) >= endOf(playhead, player) - (player.ended ? END_S : 0)) return { kind: "wait", state: "synced" };
    this.#waitingSinceMs ??= localMs;
    const patient = localMs - this.#waitingSinceMs < PATIENCE_MS;
    if (!Number.isFinite(input.clock.boundMs) && patient) return { kind: "wait", state: "adjusting" };
    if (player.seeking) return { kind: "wait", state: "seeking" };
    const lateS = (nowMs - reachesAtMs(playhead, measuredPositionS)) / 1000 + this.#start.seconds;
    if (this.#isFar(input, lateS, trims)) return this.#goAhead(input, lateS);
    if (player.readyState < 3 && patient) return { kind: "wait", state: "buffering" };
    if (-lateS * 1000 > SCHEDULE_MS) return { kind: "wait", state: "adjusting" };
    return this.#play(Math.max(lateS, 0), Math.max(-lateS * 1000, 0));
  }

  /** @param {Input} input @param {number} lateS @param {boolean} trims */
  #isFar({ playhead, nowMs, measuredPositionS, clock, quiet }, lateS, trims) {
    if (!Number.isFinite(clock.boundMs)) return false;
    const beforeStart = nowMs < playhead.atMs - this.#aheadS * 1000;
    if (beforeStart && Math.abs(measuredPositionS - playhead.positionS) > SYNCED_S) return true;
    const unpreparedSlackS = quiet ? OWN_LATE_START_S : LATE_START_S;
    const preparedSlackS = trims ? PREPARED_LATE_START_S : LATE_START_S;
    const lockedSlackS = this.#prepared ? preparedSlackS : unpreparedSlackS;
    const slackS = clock.locked ? lockedSlackS : (clock.boundMs + UNLOCKED_SLACK_MS) / 1000;
    return lateS > slackS || (!beforeStart && -lateS > this.#aheadS + EARLY_START_S);
  }

  /** @param {Input} input @param {number} lateS @returns {StartDecision} */
  #goAhead(input, lateS) {
    if (this.#prepared) this.#prepare.learn(2 * lateS); // was not ready in time
    return { kind: "seek", positionS: this.prepareAt(input) };
  }

  /** @param {number} lateS @param {number} delayMs @returns {StartDecision} */
  #play(lateS, delayMs) {
    // Waited in vain for a part of it, or was not ready in time.
    if (this.#prepared) this.#prepare.learn(delayMs > 0 ? -delayMs / 2000 : 2 * lateS);
    this.cancel();
    return { kind: "play", delayMs, lateS };
  }

  /** How long before its start a standing player must go where it starts. */
  get #aheadS() {
    return this.#prepare.seconds + this.#start.seconds;
  }
}
