// @ts-check
/** The control law: where the playhead is and where the player is, in; what the player should do, out. */

import { clampToFilm, endOf, jumpS, positionAt } from "./playhead.js";
import { SeekPolicy } from "./seek-policy.js";
import { END_S, PATIENCE_MS, SCHEDULE_MS, StartUp, SYNCED_S, UNLOCKED_SLACK_MS } from "./start-up.js";
import { Trim } from "./trim.js";

/** @import { Playhead } from "./playhead.js" */
/** @import { Engine } from "./trim.js" */
/** @import { MediaPlayer } from "./html-player.js" */

/**
 * The seed's SYNC_CONFIG: milliseconds for the intervals, seconds for the thresholds.
 * @typedef {object} SyncConfig
 * @property {number} SYNC_INTERVAL
 * @property {number} DRIFT_THRESHOLD_SEEK
 * @property {number} DRIFT_THRESHOLD_ADJUST
 * @property {number} MAX_SPEEDUP
 * @property {number} MAX_SLOWDOWN
 * @property {number} USER_ACTION_COOLDOWN
 */
/** @typedef {Pick<MediaPlayer, "paused" | "seeking" | "readyState" | "ended" | "rate" | "durationS" | "buffered">} PlayerState */
/**
 * nowMs: media clock; localMs: local clock, for the follower's own waiting; quiet: the viewer's own action is fresh, so no corrections;
 * blocked: the browser refused to play without a gesture.
 * @typedef {object} Input
 * @property {number} nowMs
 * @property {number} localMs
 * @property {Playhead} playhead
 * @property {number} measuredPositionS
 * @property {PlayerState} player
 * @property {{locked: boolean, boundMs: number}} clock
 * @property {boolean} [quiet]
 * @property {boolean} [hidden]
 * @property {boolean} [blocked]
 */
/**
 * pause: and stand exactly at positionS. play: after delayMs, at this rate.
 * @typedef {{kind: "none"}
 *   | {kind: "rate", rate: number, preservesPitch: boolean}
 *   | {kind: "seek", positionS: number}
 *   | {kind: "play", delayMs: number, rate: number}
 *   | {kind: "pause", positionS: number}} Action
 */
/**
 * lateS: how much too late a start was known to be. upset: something moved the film that was not us, and may not be done with it.
 * @typedef {{kind: "start" | "seek" | "upset", lateS: number, fromS: number, sinceMs: number | null, movesSinceMs: number | null}} Settling
 */
/** @typedef {"synced" | "adjusting" | "seeking" | "buffering" | "hidden" | "blocked" | "local"} SyncState */
/** @typedef {{driftMs: number, action: Action, state: SyncState}} Output  positive drift: behind */

/** A vector that moves the film by more than this is a seek by somebody, not a correction. */
const JUMP_S = 0.1;
/** A film that is this far from where it was going was moved by something else: a stall, another script, the browser's own controls. */
const UPSET_S = 0.1;
/** How long after movement began the first measurements are trusted. */
const SETTLE_MS = 300;
/** A film that advanced by this is moving. */
const MOVED_S = 0.02;
/** A standing film is put right again if it is further off than this (a browser that seeks to key frames). */
const STANDING_S = 0.25;
const STANDING_RETRY_MS = 1000;
/** Rates closer than this are the same; a learned trim is at least 20 ppm. */
const SAME_RATE = 5e-6;

const NONE = Object.freeze(/** @type {Action} */ ({ kind: "none" }));

export class Follower {
  #config;
  #trim;
  #seeks;
  #start = new StartUp();
  /** @type {Playhead | null} */
  #last = null;
  /** Where the film was and when, as long as it moves. @type {{positionS: number, localMs: number} | null} */
  #going = null;
  /** Where we made the standing player stand. @type {number | null} */
  #standsAtS = null;
  #standsSinceMs = 0;
  /** @type {Settling | null} */
  #settling = null;
  /** @type {SyncState} */
  #shown = "adjusting";
  /** What we last asked for, and what the player then said it does. @type {{rate: number, preservesPitch: boolean, got: number | null} | null} */
  #asked = null;
  #refused = false;

  /** @param {{config: SyncConfig, engine?: Engine, allowRate?: boolean}} options allowRate: false for viewers who opt out of trims; may change */
  constructor({ config, engine = "chromium", allowRate = true }) {
    this.#config = config;
    this.#trim = new Trim(config, engine);
    this.#seeks = new SeekPolicy({ alwaysBeyondS: config.DRIFT_THRESHOLD_SEEK, stutters: engine === "webkit" });
    this.allowRate = allowRate;
  }

  /** Whether this player does not do the rates it is asked for; tried again from time to time. */
  get rateRefused() {
    return this.#refused;
  }

  /** Learned start latency, for `member:status` and the room's lead. */
  get startMs() {
    return this.#start.startS * 1000;
  }

  /** Another film: nothing learned about the position holds. */
  reset() {
    this.#last = null;
    this.#going = null;
    this.#standsAtS = null;
    this.#settling = null;
    this.#start.cancel();
    this.#asked = null;
    this.#trim.reset();
  }

  /** @param {Input} input @returns {Output} */
  step(input) {
    const { playhead, player, nowMs } = input;
    const jumped = this.#last !== null && Math.abs(jumpS(this.#last, playhead, nowMs)) > JUMP_S;
    this.#last = playhead;
    const going = this.#going;
    this.#going = null;
    if (player.readyState < 1) return this.#out(input, NONE, "buffering");
    if (!playhead.playing) return this.#standAt(input, playhead.positionS);
    if (input.blocked && player.paused) return this.#out(input, NONE, "blocked");
    if (player.paused) return this.#startUp(input);
    if (nowMs < playhead.atMs - SCHEDULE_MS) return this.#standAt(input, playhead.positionS);
    this.#going = { positionS: input.measuredPositionS, localMs: input.localMs };
    return this.#follow(input, { jumped, upset: going !== null && isUpset(going, input) });
  }

  /**
   * Everybody stops a little elsewhere, so that everybody seeks, once, to the room's exact position: one position, one picture.
   * @param {Input} input @param {number} filmS
   */
  #standAt(input, filmS) {
    const { player, localMs, measuredPositionS } = input;
    const positionS = clampToFilm(filmS, player.durationS);
    this.#settling = null;
    this.#start.unprepare();
    const movedAway = Math.abs(measuredPositionS - positionS) > STANDING_S && localMs - this.#standsSinceMs > STANDING_RETRY_MS;
    if (player.paused && this.#standsAtS === positionS && (player.seeking || !movedAway)) {
      return this.#out(input, NONE, player.seeking ? "seeking" : "synced");
    }
    this.#standsAtS = positionS;
    this.#standsSinceMs = localMs;
    return this.#out(input, player.paused ? { kind: "seek", positionS } : { kind: "pause", positionS }, "seeking");
  }

  /** @param {Input} input */
  #startUp(input) {
    const decision = this.#start.decide(input, { trims: this.#trims });
    if (decision.kind === "wait") return this.#out(input, NONE, decision.state);
    this.#standsAtS = null;
    if (decision.kind === "seek") return this.#out(input, decision, "seeking");
    const { delayMs, lateS } = decision;
    this.#trim.reset();
    this.#settling = settlingFrom("start", input.measuredPositionS, lateS);
    return this.#out(input, { kind: "play", delayMs, rate: input.playhead.rate }, "adjusting");
  }

  /** @param {Input} input @param {{jumped: boolean, upset: boolean}} seen of the playhead, of the film */
  #follow(input, { jumped, upset }) {
    const { playhead, player, nowMs, localMs, clock } = input;
    this.#start.moves();
    this.#standsAtS = null;
    const driftS = this.#driftS(input);
    const expectedS = positionAt(playhead, nowMs);
    const endS = endOf(playhead, player);
    if (expectedS >= endS - END_S) return this.#out(input, this.#untrimmed(input), "synced");
    if (jumped && Number.isFinite(clock.boundMs)) return input.hidden ? this.#seek(input) : this.#standAhead(input);
    const waits = player.seeking || player.readyState < 3;
    if (waits || upset) {
      this.#trim.reset();
      this.#settling ??= settlingFrom("upset", input.measuredPositionS);
    }
    if (waits) return this.#out(input, NONE, player.seeking ? "seeking" : "buffering");
    const settles = this.#settling !== null;
    if (this.#settling && !this.#settled(input, this.#settling)) return this.#out(input, this.#untrimmed(input), "adjusting");
    const sizeS = Math.abs(driftS);
    if (!clock.locked) {
      if (sizeS * 1000 > clock.boundMs + UNLOCKED_SLACK_MS) return this.#seek(input);
      return this.#out(input, this.#untrimmed(input));
    }
    if (input.quiet) return this.#out(input, this.#untrimmed(input));
    this.#refused = this.#trim.isRefused(localMs);
    const way = this.#seeks.wants({ driftS, velocity: playhead.rate, localMs, trims: this.#trims, live: playhead.live });
    if (way === "seek" || (way === "stand" && input.hidden)) return this.#seek(input);
    if (way === "stand") return this.#standAhead(input);
    if (!this.#trims) return this.#out(input, this.#untrimmed(input));
    const rate = this.#trim.rate({ driftS, velocity: playhead.rate, localMs, hidden: input.hidden ?? false, live: playhead.live, gotRate: player.rate, sure: settles, boundMs: clock.boundMs });
    return this.#out(input, this.#setRate(input, rate));
  }

  /** Whether trims are allowed, and done. */
  get #trims() {
    return this.allowRate && !this.#refused;
  }

  /** A drifting player jumps to where the playhead will be when it moves again, as far as its seeks are known. @param {Input} input */
  #seek(input) {
    const { playhead, player, nowMs, localMs } = input;
    const positionS = clampToFilm(positionAt(playhead, nowMs + this.#seeks.latencyS * 1000), player.durationS);
    const loaded = player.buffered.some(({ startS, endS }) => startS <= positionS && positionS + END_S <= endS);
    if (!loaded) return this.#standAhead(input);
    this.#trim.reset();
    this.#seeks.began(this.#trims, localMs);
    this.#settling = settlingFrom("seek", positionS);
    return this.#out(input, { kind: "seek", positionS }, "seeking");
  }

  /**
   * Somebody sought, or the film is not loaded there: stands ahead and lets the playhead come by, which lands exactly whatever a seek costs.
   * @param {Input} input
   */
  #standAhead(input) {
    this.#settling = null;
    return this.#out(input, { kind: "pause", positionS: this.#start.prepareAt(input) }, "seeking");
  }

  /**
   * Waits until the player has moved for a while, then learns what its start or seek really cost.
   * @param {Input} input @param {Settling} settling
   */
  #settled(input, settling) {
    const { localMs, measuredPositionS, playhead, clock } = input;
    settling.sinceMs ??= localMs;
    if (settling.movesSinceMs === null && measuredPositionS > settling.fromS + MOVED_S) settling.movesSinceMs = localMs;
    const stuck = localMs - settling.sinceMs > PATIENCE_MS;
    const moved = settling.movesSinceMs !== null && localMs - settling.movesSinceMs >= SETTLE_MS;
    if (!moved && !stuck) return false;
    this.#settling = null;
    if (stuck || settling.kind === "upset" || !clock.locked || input.hidden) return true;
    const residualS = this.#driftS(input) / playhead.rate;
    if (settling.kind === "seek") this.#seeks.ended(residualS, localMs);
    else this.#start.landed(residualS - settling.lateS);
    return true;
  }

  /** The room's rate, and whatever correction there was is over. @param {Input} input */
  #untrimmed(input) {
    this.#trim.reset();
    return this.#setRate(input, this.#trim.plain(input.playhead.rate));
  }

  /**
   * Written once: a player that makes something else of it is not asked again and again, unless that changes, too.
   * @param {Input} input @param {{rate: number, preservesPitch: boolean}} wanted @returns {Action}
   */
  #setRate({ player }, wanted) {
    if (this.#asked && isSame(this.#asked.rate, wanted.rate) && this.#asked.preservesPitch === wanted.preservesPitch) {
      this.#asked.got ??= player.rate;
      if (isSame(this.#asked.got, player.rate)) return NONE;
    } else if (isSame(player.rate, wanted.rate)) {
      return NONE;
    }
    this.#asked = { ...wanted, got: null };
    return { kind: "rate", ...wanted };
  }

  /** @param {Input} input */
  #driftS({ playhead, nowMs, measuredPositionS }) {
    return positionAt(playhead, nowMs) - measuredPositionS;
  }

  /** @param {Input} input @param {Action} action @param {SyncState} [state] @returns {Output} */
  #out(input, action, state) {
    const driftS = this.#driftS(input);
    if (Math.abs(driftS) < SYNCED_S) this.#shown = "synced";
    if (Math.abs(driftS) > this.#config.DRIFT_THRESHOLD_ADJUST) this.#shown = "adjusting";
    const quietState = input.hidden ? "hidden" : this.#shown;
    return { driftMs: driftS * 1000, action, state: state ?? quietState };
  }
}

/** @param {Settling["kind"]} kind @param {number} fromS @param {number} [lateS] @returns {Settling} */
function settlingFrom(kind, fromS, lateS = 0) {
  return { kind, lateS, fromS, sinceMs: null, movesSinceMs: null };
}

/** @param {{positionS: number, localMs: number}} going @param {Input} input */
function isUpset({ positionS, localMs }, { measuredPositionS, localMs: nowMs, player, playhead }) {
  const goneS = (player.rate * (nowMs - localMs)) / 1000;
  return Math.abs(measuredPositionS - positionS - goneS) > UPSET_S * Math.max(playhead.rate, 1);
}

/** @param {number} one @param {number} other */
function isSame(one, other) {
  return Math.abs(one - other) < SAME_RATE;
}
