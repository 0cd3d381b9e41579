// @ts-check
/** Sends the viewer's playback controls and keeps what they lead to until the room has answered. */

import { ClientType, MAX_POSITION_S } from "../protocol/protocol.js";
import { PendingControls } from "./pending.js";
import { offline, unanswered } from "./refusals.js";

/** @import { MediaClock } from "../clock/media-clock.js" */
/** @import { Source, SourceRequest, VideoState } from "../protocol/protocol.js" */
/** @import { OrderedEvent, Position } from "./ordering.js" */
/** @import { Control } from "./pending.js" */
/** @import { Refusal } from "./refusals.js" */
/** @import { Timers } from "./timer.js" */

/**
 * @typedef {object} Room where the room stands, as far as this client has applied
 * @property {VideoState} video
 * @property {Position} position
 * @property {boolean} waits for somebody, before the film goes on
 *
 * @typedef {"play" | "pause" | "seek" | "rate" | "source"} ControlKind
 * @typedef {"answered" | "refused" | "timeout"} Outcome
 */

export class Controls {
  #clock;
  #send;
  #newRef;
  #room;
  #onGiven;
  #onSettled;
  #onRefused;
  #pending;
  /** @type {() => number | null} */
  #positionS = () => null;

  /**
   * @param {Timers & {
   *   clock: Pick<MediaClock, "now" | "locked">,
   *   send: (control: Control) => boolean,
   *   newRef: () => string,
   *   room: () => Room | null,
   *   onGiven: (kind: ControlKind, ref: string) => void,
   *   onSettled: (ref: string, outcome: Outcome) => void,
   *   onRefused: (refusal: Refusal) => void,
   * }} options `room` is null before the first snapshot; `send` is false while not joined
   */
  constructor({ clock, send, newRef, room, onGiven, onSettled, onRefused, ...timers }) {
    this.#clock = clock;
    this.#send = send;
    this.#newRef = () => newRef();
    this.#room = room;
    this.#onGiven = onGiven;
    this.#onSettled = onSettled;
    this.#onRefused = onRefused;
    this.#pending = new PendingControls({
      ...timers,
      onTimeout: (ref, answered) => this.#timeOut(ref, answered),
    });
  }

  get count() {
    return this.#pending.count;
  }

  /** What the room will probably be when our controls have been decided; null: follow the room. */
  get prediction() {
    return this.#pending.prediction;
  }

  /** @param {() => number | null} positionS where this viewer's player is, in film seconds */
  setPositionSource(positionS) {
    this.#positionS = positionS;
  }

  /** Where the player is, if it knows. */
  ownPosition() {
    const positionS = this.#positionS();
    if (positionS === null || !Number.isFinite(positionS)) return null;
    return Math.min(Math.max(positionS, 0), MAX_POSITION_S);
  }

  /**
   * @param {{leadMs?: number}} [options] `leadMs`: start together, that much later
   */
  play({ leadMs } = {}) {
    const lead = leadMs === undefined ? {} : { leadMs };
    return this.#give("play", (spoken) => ({ type: ClientType.VIDEO_PLAY, ...lead, ...spoken }), true);
  }

  pause() {
    return this.#give("pause", (spoken) => ({ type: ClientType.VIDEO_PAUSE, ...spoken }), true);
  }

  /** @param {number} positionS kept within the film */
  seek(positionS) {
    assertFinite(positionS);
    return this.#give("seek", (spoken, { video }) => {
      const endS = video.duration ?? MAX_POSITION_S;
      const time = Math.min(Math.max(positionS, 0), endS);
      return { type: ClientType.VIDEO_SEEK, time, ...spoken };
    });
  }

  /** @param {number} rate */
  setRate(rate) {
    assertFinite(rate);
    return this.#give("rate", (spoken) => ({ type: ClientType.VIDEO_RATE, rate, ...spoken }));
  }

  /** @param {SourceRequest | Source} source */
  setSource({ kind, url, title, duration, poster }) {
    /** @type {SourceRequest} */
    const source = { kind, url };
    if (title) source.title = title;
    if (duration) source.duration = duration;
    if (poster) source.poster = poster;
    return this.#give("source", ({ ref }) => ({ type: ClientType.VIDEO_SOURCE, source, ref }));
  }

  /**
   * Takes note of an event that answers one of ours, before its seq is looked at.
   * @param {OrderedEvent | VideoState} event
   * @param {string | undefined} selfId
   */
  note(event, selfId) {
    this.#pending.note(event, selfId);
  }

  /**
   * @param {Position | null} applied
   * @param {{bySnapshot?: boolean}} [how]
   */
  settle(applied, how) {
    for (const ref of this.#pending.settle(applied, how)) this.#onSettled(ref, "answered");
  }

  /**
   * @param {string} ref
   * @returns {boolean} whether it was one of ours
   */
  refuse(ref) {
    const ours = this.#pending.refuse(ref, this.#base());
    if (ours) this.#onSettled(ref, "refused");
    return ours;
  }

  /** On a new connection: the server answers what it has decided before, and decides the rest. */
  repeat() {
    for (const control of this.#pending.controls) this.#send(control);
  }

  clear() {
    this.#pending.clear();
  }

  /**
   * @param {ControlKind} kind
   * @param {(
   *   spoken: {ref: string, baseSeq: number, at?: number, currentTime?: number},
   *   room: Room,
   * ) => Control} build
   * @param {boolean} [withPosition]
   * @returns {string | null} its ref; null: refused at once
   */
  #give(kind, build, withPosition = false) {
    const room = this.#room();
    const { locked } = this.#clock;
    const atMs = this.#clock.now();
    const positionS = this.ownPosition();
    const ref = this.#newRef();
    const base = this.#base();
    const spoken = {
      ref,
      baseSeq: room?.position.seq ?? 0,
      ...(locked && { at: round(atMs, 3) }),
      ...(locked && withPosition && positionS !== null && { currentTime: round(positionS, 6) }),
    };
    const control = room && build(spoken, room);
    if (!base || !control || !this.#send(control)) {
      this.#onRefused(offline());
      return null;
    }
    const ownPositionS = locked ? null : positionS;
    this.#pending.add(base, { ref, control, atMs, ownPositionS });
    this.#onGiven(kind, ref);
    return ref;
  }

  /** What a control is decided upon: the video state, numbered as the room stands now. */
  #base() {
    const room = this.#room();
    return room && { ...room.video, seq: room.position.seq, waiting: room.waits };
  }

  /**
   * @param {string} ref
   * @param {boolean} answered
   */
  #timeOut(ref, answered) {
    if (!answered) this.#pending.refuse(ref, this.#base());
    this.#onSettled(ref, answered ? "answered" : "timeout");
    if (!answered) this.#onRefused(unanswered(ref));
  }
}

/** @param {number} value */
function assertFinite(value) {
  if (!Number.isFinite(value)) throw new RangeError(`Not a number to send: ${value}`);
}

/**
 * @param {number} value
 * @param {number} decimals as the wire carries it
 */
function round(value, decimals) {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
