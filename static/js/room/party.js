// @ts-check
/** A room as the page uses it: the state it shows, and everything that a viewer can do there. */

import { fromVideoState, positionAt } from "../playback/playhead.js";
import { ACTIONS, ClientType, LIMITS, MAX_POSITION_S } from "../protocol/protocol.js";
import { Allowance } from "./allowance.js";
import { mayOf } from "./may.js";
import { Membership } from "./membership.js";
import { ReadyReport } from "./ready.js";
import { offline } from "./refusals.js";
import { Throttle } from "./throttle.js";

/** @import { ChangeSettings, ClientMessage, Emoji, Role, Source, SourceRequest, Status } from "../protocol/protocol.js" */
/** @import { JoinDetails } from "./admission.js" */
/** @import { Emitter } from "./emitter.js" */
/** @import { PartyParts } from "./membership.js" */
/** @import { PartyEvents, PartyState } from "./party-state.js" */
/** @import { Request } from "./requests.js" */
/** @import { RoomWait } from "./waiting.js" */

/** The server allows 20 cursors and one status a second. */
const CURSOR_INTERVAL_MS = 50;
const STATUS_INTERVAL_MS = 1000;

/** Three, two, one. */
const START_LEAD_MS = 3000;

/** The protocol knows no shorter film: what ends at once would begin again without end. */
const SHORTEST_FILM_S = 1;

export class Party {
  #membership;
  #clock;
  #cursor;
  #status;
  #reactions;
  #ready;
  #isPointing = false;

  /** @param {PartyParts} parts */
  constructor(parts) {
    const { clock, now, setTimeout, clearTimeout } = parts;
    const membership = new Membership(parts);
    const pass = (/** @type {ClientMessage} */ message) => membership.send(message);
    const throttled = { now, setTimeout, clearTimeout, pass };
    this.#membership = membership;
    this.#clock = clock;
    this.#ready = new ReadyReport({ send: (seq) => membership.send({ type: ClientType.VIDEO_READY, seq }) });
    membership.on("joined", () => this.#ready.forget());
    this.#cursor = new Throttle({ ...throttled, intervalMs: CURSOR_INTERVAL_MS });
    this.#status = new Throttle({ ...throttled, intervalMs: STATUS_INTERVAL_MS });
    this.#reactions = new Allowance({ now, limit: LIMITS.reaction });
  }

  get state() {
    return this.#membership.state;
  }

  /** What this viewer may do here, as far as the page has to know: the server decides. */
  get may() {
    return mayOf(this.state);
  }

  /**
   * @param {(state: Readonly<PartyState>) => void} listener called after each change
   * @returns {() => void} unsubscribes
   */
  subscribe(listener) {
    return this.#membership.subscribe(listener);
  }

  /** @type {Emitter<PartyEvents>["on"]} */
  on(name, listener) {
    return this.#membership.on(name, listener);
  }

  /** The vector to play by: ahead of the room while a control of ours is on its way. */
  playhead() {
    const video = this.#membership.controls.prediction ?? this.state.video;
    return video && fromVideoState(video);
  }

  /** @param {() => number | null} positionS where this viewer's player is, in film seconds */
  setPositionSource(positionS) {
    this.#membership.controls.setPositionSource(positionS);
  }

  /**
   * Joins, and joins again on every new connection, until left or sent away.
   * @param {JoinDetails} details
   */
  join(details) {
    this.#membership.join(details);
  }

  leave() {
    this.#membership.leave();
  }

  /**
   * Controls return their ref, or null when the room cannot be reached (and a `refusal` says so).
   * @param {{leadMs?: number}} [options] `leadMs`: start together, that much later
   */
  play(options) {
    return this.#membership.controls.play(options);
  }

  /** Asks everybody to stand ready, then for a start in one instant after a 3-2-1. */
  startTogether() {
    return this.play({ leadMs: START_LEAD_MS });
  }

  pause() {
    return this.#membership.controls.pause();
  }

  /** @param {number} positionS */
  seek(positionS) {
    return this.#membership.controls.seek(positionS);
  }

  /** @param {number} rate */
  setRate(rate) {
    return this.#membership.controls.setRate(rate);
  }

  /** @param {SourceRequest | Source} source */
  setSource(source) {
    return this.#membership.controls.setSource(source);
  }

  /**
   * @param {number} x percent of the picture
   * @param {number} y percent of the picture
   */
  moveCursor(x, y) {
    if (!this.#membership.isJoined) return;
    this.#isPointing = true;
    this.#cursor.offer({ type: ClientType.CURSOR_MOVE, x: percent(x), y: percent(y) });
  }

  leaveCursor() {
    this.#cursor.cancel();
    if (this.#isPointing) this.#membership.send({ type: ClientType.CURSOR_LEAVE });
    this.#isPointing = false;
  }

  /**
   * Too many a second are not sent, and a `ratelimit` says so.
   * @param {Emoji} emoji
   * @param {number} x percent of the picture
   * @param {number} y percent of the picture
   */
  react(emoji, x, y) {
    const retryInMs = this.#membership.isJoined ? this.#reactions.take() : 0;
    if (retryInMs > 0) {
      this.#membership.tell("ratelimit", { action: ACTIONS[ClientType.REACTION_SEND], retryInMs });
      return;
    }
    const videoTime = this.#filmPosition();
    this.#ask({ type: ClientType.REACTION_SEND, emoji, x: percent(x), y: percent(y), videoTime });
  }

  /**
   * Tells how long the film is, where the room doesn't know yet: without that it has no end.
   * @param {number} durationS
   */
  tellDuration(durationS) {
    const { video } = this.state;
    if (!video?.source || video.duration !== null || !(durationS >= SHORTEST_FILM_S && durationS <= MAX_POSITION_S)) return;
    this.#membership.send({ type: ClientType.VIDEO_READY, seq: video.seq, duration: durationS });
  }

  /** @param {(waiting: RoomWait) => boolean} isReady whether this viewer's player stands there with enough of the film */
  reportReady(isReady) {
    this.#ready.offer(this.state.waiting, this.state.self?.id, isReady);
  }

  /**
   * Requests return their ref, or null when the room cannot be reached (and a `refusal` says so).
   * @param {string} text
   * @param {{replyTo?: string}} [options] `replyTo`: id of the message answered
   */
  write(text, { replyTo } = {}) {
    const answered = replyTo === undefined ? {} : { replyTo };
    return this.#request({ type: ClientType.CHAT_SEND, text, ...answered, videoTime: this.#filmPosition() });
  }

  /** @param {string} messageId of our own, or as a host of anybody's */
  takeBack(messageId) {
    return this.#request({ type: ClientType.CHAT_REMOVE, messageId });
  }

  /**
   * @param {string} userId
   * @param {Role} role of the whole person; `owner` hands the room over
   */
  giveRole(userId, role) {
    return this.#request({ type: ClientType.MEMBER_ROLE, userId, role });
  }

  /**
   * @param {string} userId any tab of the person
   * @param {{ban?: boolean, reason?: string}} [options] `ban`: for the room's life, else for a minute
   */
  removeMember(userId, { ban = false, reason } = {}) {
    return this.#request({ type: ClientType.MEMBER_REMOVE, userId, ban, ...(reason && { reason }) });
  }

  /** @param {string} person as `bans` of the state names them */
  unban(person) {
    return this.#request({ type: ClientType.MEMBER_UNBAN, person });
  }

  /** Asks the hosts, where guests have to ask; our own id is in `asked` until somebody answers. */
  askForControl() {
    if (!this.#membership.askForControl()) this.#membership.tell("refusal", offline());
  }

  /**
   * @param {string} userId
   * @param {boolean} grant control, until it is taken back the same way
   */
  answerAsk(userId, grant) {
    return this.#request({ type: ClientType.MEMBER_ANSWER, userId, grant });
  }

  /** @param {Omit<ChangeSettings, "type" | "ref">} changes what is left out stays; an empty password: none any more */
  changeSettings(changes) {
    return this.#request({ type: ClientType.ROOM_SETTINGS, ...changes });
  }

  /** Ends the party for everybody, for good. */
  endRoom() {
    return this.#request({ type: ClientType.ROOM_CLOSE });
  }

  /** @param {Status} status */
  reportStatus(status) {
    if (this.#membership.isJoined) this.#status.offer({ type: ClientType.MEMBER_STATUS, ...status });
  }

  /**
   * @param {string} name
   * @param {string} color #rrggbb
   */
  rename(name, color) {
    this.#ask({ type: ClientType.MEMBER_RENAME, name, color });
  }

  /** Where this viewer is in the film; the room, while no player of ours knows. */
  #filmPosition() {
    return this.#membership.controls.ownPosition() ?? this.#playheadPosition();
  }

  #playheadPosition() {
    const playhead = this.playhead();
    return playhead ? positionAt(playhead, this.#clock.now()) : 0;
  }

  /** @param {Request} request */
  #request(request) {
    return this.#membership.requests.give(request);
  }

  /** @param {ClientMessage} message that the viewer expects to have an effect */
  #ask(message) {
    if (!this.#membership.send(message)) this.#membership.tell("refusal", offline());
  }
}

/** @param {number} value of the picture's width or height */
function percent(value) {
  return Math.round(Math.min(Math.max(value, 0), 100) * 100) / 100;
}
