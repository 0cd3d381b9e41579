// @ts-check
/** Drives one player: measures, asks the follower, obeys. */

import { Follower } from "./follower.js";
import { PositionMeter } from "./measure.js";

/** @import { Action, Output, SyncConfig, SyncState } from "./follower.js" */
/** @import { MediaPlayer } from "./html-player.js" */
/** @import { Playhead } from "./playhead.js" */
/** @import { Engine } from "./trim.js" */

/** Hidden pages get one timer a second anyway. */
const HIDDEN_INTERVAL_MS = 1000;

/**
 * @typedef {object} SteeringParts
 * @property {MediaPlayer} player
 * @property {{now: () => number, locked: boolean, boundMs: number, rttMs: number | null}} clock the MediaClock
 * @property {() => Playhead | null} playhead what to follow; null: nothing yet
 * @property {SyncConfig} config
 * @property {() => number} now the local monotonic clock, in milliseconds
 * @property {(callback: () => void, delayMs: number) => number} setTimeout
 * @property {(timer: number) => void} clearTimeout
 * @property {() => boolean} [isHidden]
 * @property {Engine} [engine]
 * @property {boolean} [allowRate]
 * @property {(status: OwnStatus) => void} [onStep] after every step
 */
/**
 * The fields of `member:status`.
 * @typedef {object} Status
 * @property {number} driftMs
 * @property {number} boundMs
 * @property {number} rttMs
 * @property {number} rate
 * @property {number} bufferS
 * @property {number} startMs
 * @property {number} droppedFrames
 * @property {SyncState} state
 */
/** What a viewer may see of the own player besides. rateRefused: it does not do the rates it is asked for. @typedef {Status & {rateRefused: boolean}} OwnStatus */

export class Steering {
  #parts;
  #follower;
  #meter;
  /** @type {number | null} */
  #tickTimer = null;
  /** @type {number | null} */
  #playTimer = null;
  #running = false;
  #quietUntilMs = -Infinity;
  #blocked = false;
  #following = true;
  /** @type {Output} */
  #last = { driftMs: 0, action: { kind: "none" }, state: "adjusting" };
  /** Personal offset (Bluetooth, projector): this viewer's film runs so much ahead. */
  offsetMs = 0;

  /** @param {SteeringParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { config, engine, allowRate } = parts;
    this.#follower = new Follower({ config, ...(engine && { engine }), ...(allowRate !== undefined && { allowRate }) });
    this.#meter = new PositionMeter(parts.player, parts.now);
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#meter.start();
    for (const [type, listener] of this.#listeners) this.#parts.player.addEventListener(type, listener);
    this.kick();
  }

  stop() {
    this.#running = false;
    this.#meter.stop();
    for (const [type, listener] of this.#listeners) this.#parts.player.removeEventListener(type, listener);
    this.#cancelPlay();
    if (this.#tickTimer !== null) this.#parts.clearTimeout(this.#tickTimer);
    this.#tickTimer = null;
  }

  /** Acts now and not at the next tick: the playhead changed, or the page became visible. */
  kick() {
    if (!this.#running) return;
    if (this.#tickTimer !== null) this.#parts.clearTimeout(this.#tickTimer);
    const intervalMs = this.#parts.isHidden?.() ? HIDDEN_INTERVAL_MS : this.#parts.config.SYNC_INTERVAL;
    this.#tickTimer = this.#parts.setTimeout(() => this.kick(), intervalMs);
    this.#step();
  }

  /** After the viewer's own action: it is obeyed at once, but nothing is corrected for a while. 0 ends that. @param {number} [ms] */
  cooldown(ms = this.#parts.config.USER_ACTION_COOLDOWN) {
    this.#quietUntilMs = this.#parts.now() + ms;
    this.kick();
  }

  /** Call inside a gesture: plays what the browser had refused. */
  async unblock() {
    const { blocked } = await this.#parts.player.play();
    this.#blocked = blocked;
    this.kick();
  }

  /** How long this player needs from play() to movement: a viewer's own play that is stamped so far ahead starts without drift. */
  get startMs() {
    return this.#follower.startMs;
  }

  get blocked() {
    return this.#blocked;
  }

  /** False leaves the player to the viewer (`local`). */
  get following() {
    return this.#following;
  }

  set following(following) {
    this.#following = following;
    if (!following) this.#cancelPlay();
    this.kick();
  }

  /** Another film is loaded. */
  sourceChanged() {
    this.#follower.reset();
    this.#meter.reset();
    this.#cancelPlay();
    this.kick();
  }

  /**
   * The position for our own play and pause intents, without the personal offset: the middle of the picture that the viewer sees,
   * so that a room that takes it shows this very picture to everybody, whatever their browsers' rounding.
   */
  intentPositionS() {
    const { player } = this.#parts;
    const shiftS = (this.offsetMs / 1000) * player.rate;
    if (player.paused) return player.positionS;
    return Math.max((this.#meter.pictureS ?? this.#meter.read().positionS) - shiftS, 0);
  }

  /** Whether small changes of speed may correct this player: a viewer's own choice. */
  get allowRate() {
    return this.#follower.allowRate;
  }

  set allowRate(allowRate) {
    this.#follower.allowRate = allowRate;
    this.kick();
  }

  /** @returns {OwnStatus} */
  status() {
    const { player, clock } = this.#parts;
    return {
      driftMs: this.#last.driftMs,
      boundMs: clock.boundMs,
      rttMs: clock.rttMs ?? 0,
      rate: player.rate,
      bufferS: player.bufferAheadS,
      startMs: this.#follower.startMs,
      droppedFrames: player.droppedFrames,
      state: this.#following ? this.#last.state : "local",
      rateRefused: this.#follower.rateRefused,
    };
  }

  /** @type {ReadonlyArray<[string, (event: Event) => void]>} */
  #listeners = [
    ["ready", () => this.kick()],
    ["blocked", () => this.#noteBlocked()],
    ["userplay", () => this.#noteUserPlay()],
  ];

  #noteBlocked() {
    this.#blocked = true;
  }

  #noteUserPlay() {
    this.#blocked = false;
    this.#meter.reset();
  }

  #step() {
    const { player, clock, playhead: supply, now, isHidden } = this.#parts;
    const playhead = supply();
    if (!playhead || !this.#following) return;
    const { atMs: localMs, positionS } = this.#meter.read();
    this.#last = this.#follower.step({
      nowMs: clock.now() + this.offsetMs,
      localMs,
      playhead,
      measuredPositionS: positionS,
      player,
      clock: { locked: clock.locked, boundMs: clock.boundMs },
      quiet: now() < this.#quietUntilMs,
      hidden: isHidden?.() ?? false,
      blocked: this.#blocked,
    });
    this.#obey(this.#last.action);
    this.#parts.onStep?.(this.status());
  }

  /** @param {Action} action */
  #obey(action) {
    const { player } = this.#parts;
    this.#cancelPlay();
    switch (action.kind) {
      case "rate":
        this.#setRate(action.rate, action.preservesPitch);
        return;
      case "seek":
        player.seek(action.positionS);
        this.#meter.reset();
        return;
      case "pause":
        player.pause();
        player.seek(action.positionS);
        this.#meter.reset();
        return;
      case "play":
        this.#setRate(action.rate, action.rate !== 1);
        if (action.delayMs > 0) this.#playTimer = this.#parts.setTimeout(() => this.#play(), action.delayMs);
        else this.#play();
    }
  }

  /** @param {number} rate @param {boolean} preservesPitch */
  #setRate(rate, preservesPitch) {
    this.#parts.player.setRate(rate, preservesPitch);
    this.#meter.rateChanged(this.#parts.player.rate);
  }

  async #play() {
    this.#playTimer = null;
    this.#meter.reset();
    const { blocked } = await this.#parts.player.play();
    if (blocked) this.kick();
  }

  #cancelPlay() {
    if (this.#playTimer !== null) this.#parts.clearTimeout(this.#playTimer);
    this.#playTimer = null;
  }
}
