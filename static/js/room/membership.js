// @ts-check
/** Being in a room: comes in, comes back after every loss, and keeps what the server says as one frozen state. */

import { ClientType, ServerType } from "../protocol/protocol.js";
import { Admission } from "./admission.js";
import { Asks } from "./asks.js";
import { Chronicle } from "./chronicle.js";
import { Controls } from "./controls.js";
import { Emitter } from "./emitter.js";
import { Farewell } from "./farewell.js";
import { Objections } from "./objections.js";
import { NOWHERE } from "./party-state.js";
import { PartyStore } from "./party-store.js";
import { Presence, userOf } from "./presence.js";
import { Requests } from "./requests.js";
import { withRole } from "./roster.js";
import { Timeline } from "./timeline.js";

/** @import { MediaClock } from "../clock/media-clock.js" */
/** @import { ClientMessage, RoomJoined, ServerMessage, User, UserSelf } from "../protocol/protocol.js" */
/** @import { JoinDetails } from "./admission.js" */
/** @import { PartyEvents, PartyState } from "./party-state.js" */
/** @import { SocketPort, SocketState } from "./socket.js" */
/** @import { Deed } from "./timeline.js" */
/** @import { Timers } from "./timer.js" */

/**
 * @typedef {Timers & {
 *   socket: SocketPort,
 *   clock: Pick<MediaClock, "now" | "locked">,
 *   now: () => number,
 *   newRef: () => string,
 *   tab?: () => string,
 * }} PartyParts `now` is the local clock in ms, `tab` the id that this tab keeps across reloads
 */

export class Membership {
  #socket;
  #tab;
  #admission;
  /** @type {Controls} */
  #controls;
  /** @type {Requests} */
  #requests;
  /** @type {Timeline} */
  #timeline;
  #presence;
  #asks = new Asks();
  #chronicle;
  #farewell;
  #objections;
  /** @type {Emitter<PartyEvents>} */
  #emitter = new Emitter();
  #store = new PartyStore();
  #wasJoined = false;

  /** @param {PartyParts} parts */
  constructor({ socket, clock, now, newRef, tab, ...timers }) {
    this.#socket = socket;
    this.#tab = tab;
    this.#admission = new Admission({
      ...timers,
      send: (join) => socket.send(join),
      resume: () => this.#timeline.position,
      onSilence: () => socket.reopen(),
    });
    this.#controls = new Controls({
      ...timers,
      clock,
      newRef,
      send: (control) => this.send(control),
      room: () => this.#standing(),
      onGiven: (kind, ref) => this.tell("control", { kind, ref }),
      onSettled: (ref, outcome) => this.tell("settled", { ref, outcome }),
      onRefused: (refusal) => this.tell("refusal", refusal),
    });
    this.#requests = new Requests({
      ...timers,
      newRef,
      send: (request) => this.send(request),
      onSettled: (ref, outcome) => this.tell("answered", { ref, outcome }),
      onRefused: (refusal) => this.tell("refusal", refusal),
    });
    this.#timeline = new Timeline({
      ...timers,
      controls: this.#controls,
      requests: this.#requests,
      now,
      askSnapshot: () => this.send({ type: ClientType.ROOM_SYNC }),
      isJoined: () => this.isJoined,
    });
    this.#presence = new Presence({
      emitter: this.#emitter,
      now,
      askUsers: () => this.send({ type: ClientType.USERS_LIST }),
    });
    this.#chronicle = new Chronicle({
      presence: this.#presence,
      asks: this.#asks,
      self: () => this.state.self,
      tell: (name, ...args) => this.tell(name, ...args),
    });
    this.#farewell = new Farewell({ now });
    this.#objections = new Objections({
      admission: this.#admission,
      pending: [this.#controls, this.#requests],
      farewell: this.#farewell,
      isJoined: () => this.isJoined,
      reopen: () => socket.reopen(),
      tell: (name, ...args) => this.tell(name, ...args),
      onJoinRefused: () => this.#giveUpJoining(),
    });
    socket.on("state", (state) => this.#follow(state));
    socket.on("message", (message) => this.#receive(message));
  }

  get state() {
    return this.#store.state;
  }

  get isJoined() {
    return this.state.phase === "joined";
  }

  get controls() {
    return this.#controls;
  }

  get requests() {
    return this.#requests;
  }

  /** @param {(state: Readonly<PartyState>) => void} listener */
  subscribe(listener) {
    return this.#store.subscribe(listener);
  }

  /** @type {Emitter<PartyEvents>["on"]} */
  on(name, listener) {
    return this.#emitter.on(name, listener);
  }

  /** @param {JoinDetails} details */
  join(details) {
    if (details.roomId !== this.#admission.details?.roomId) this.#forget();
    else if (this.isJoined) return;
    this.#admission.want({ tab: this.#tab?.(), ticket: this.state.ticket ?? undefined, ...details });
    this.#farewell.forget();
    this.#store.change({ phase: this.#awayPhase, gone: null });
    if (this.#socket.state.phase !== "open") this.#socket.connect();
    else if (!this.#admission.asking) this.#admission.ask();
  }

  leave() {
    if (this.state.phase === "idle") return;
    this.send({ type: ClientType.ROOM_LEAVE });
    this.#forget();
    this.tell("left", { gone: null });
  }

  /** @returns {boolean} false: not in the room */
  askForControl() {
    const { self } = this.state;
    if (!self || !this.send({ type: ClientType.MEMBER_ASK })) return false;
    this.#asks.add(self.id);
    this.#refresh();
    return true;
  }

  /**
   * While a member; else nothing goes out.
   * @param {ClientMessage} message
   */
  send(message) {
    return this.isJoined && this.#socket.send(message);
  }

  /**
   * @template {keyof PartyEvents} Name
   * @param {Name} name
   * @param {PartyEvents[Name]} args
   */
  tell(name, ...args) {
    this.#refresh();
    this.#emitter.emit(name, ...args);
  }

  /** @returns {PartyState["phase"]} */
  get #awayPhase() {
    return this.#wasJoined ? "reconnecting" : "connecting";
  }

  #standing() {
    const { film, position } = this.#timeline;
    const { video, waiting } = film;
    return video && position ? { video, position, waits: waiting !== null } : null;
  }

  /** @param {Readonly<SocketState>} socketState */
  #follow({ phase, retryAtMs, code, error }) {
    if (phase === "open") {
      this.#admission.ask();
      return;
    }
    this.#disconnect();
    if (phase === "gone") this.#stayAway(this.#farewell.goneFor(code, error));
    else if (phase === "waiting" && !this.#admission.details) this.#socket.close();
    else this.#store.change({ phase: phase === "idle" ? "idle" : this.#awayPhase, retryAtMs, degraded: null });
  }

  #disconnect() {
    this.#admission.settle();
    this.#timeline.disconnect();
  }

  /** @param {NonNullable<PartyState["gone"]>} gone */
  #stayAway(gone) {
    this.#wasJoined = false;
    this.#controls.clear();
    this.#requests.clear();
    this.#store.change({ phase: "gone", retryAtMs: null, gone });
    this.tell("left", { gone });
  }

  #forget() {
    this.#admission.want(null);
    this.#disconnect();
    this.#socket.close();
    this.#controls.clear();
    this.#requests.clear();
    this.#asks.clear();
    this.#timeline.clear();
    this.#presence.clear();
    this.#wasJoined = false;
    this.#store.change(NOWHERE);
  }

  /** @param {ServerMessage} message */
  #receive(message) {
    switch (message.type) {
      case ServerType.USER_SELF:
        return this.#meetSelf(message);
      case ServerType.ROOM_JOINED:
        return this.#takeSnapshot(message);
      case ServerType.SERVER_TIME: // the clock's own: link.js
        return;
      case ServerType.ERROR:
        return this.#objections.takeError(message);
      case ServerType.ERROR_RATELIMIT:
        return this.#objections.slowDown(message);
      case ServerType.SERVER_DEGRADED:
        return this.#store.change({ degraded: message.reason ? { reason: message.reason, since: message.since } : null });
      case ServerType.MEMBER_ASKED:
        return this.#hearAsk(message.userId);
      case ServerType.BANS_LIST:
        return this.#store.change({ bans: Object.freeze(message.bans) });
      case ServerType.USER_LEFT:
        this.#asks.drop((userId) => userId === message.userId);
        break;
      case ServerType.USER_UPDATED:
        if (message.id === this.state.self?.id) this.#renameSelf(userOf(message));
    }
    const selfId = this.state.self?.id;
    if ("epoch" in message) this.#report(this.#timeline.receive(message, selfId));
    else if (this.#presence.receive(message, selfId)) {
      this.#recogniseSelf();
      this.#refresh();
    }
  }

  /** @param {UserSelf} message */
  #meetSelf(message) {
    this.#admission.update({ ticket: message.ticket });
    this.#store.change({ self: userOf(message), ticket: message.ticket });
  }

  /** @param {Readonly<User>} self */
  #renameSelf(self) {
    this.#admission.update({ name: self.name, color: self.color });
    this.#store.change({ self });
  }

  /** A whole list of viewers also says who we are; a cut one may not. */
  #recogniseSelf() {
    const { self } = this.state;
    this.#store.change({ self: this.#presence.roster.find(self?.id) ?? self });
  }

  /** @param {string} userId */
  #hearAsk(userId) {
    const user = this.#presence.roster.find(userId);
    if (user && this.#asks.add(userId)) this.tell("asked", user);
  }

  /** @param {RoomJoined} message */
  #takeSnapshot(message) {
    const enters = !this.isJoined;
    const again = this.#wasJoined;
    this.#admission.settle();
    this.#wasJoined = true;
    this.#presence.replace(message.users);
    if (message.videoState) this.#asks.clear(); // They may have been answered unheard; who still asks asks again.
    this.#recogniseSelf();
    const phase = /** @type {const} */ ("joined");
    const bans = enters ? NOWHERE.bans : this.state.bans; // Owner and hosts are told them next.
    this.#store.change({ phase, room: message.room, retryAtMs: null, gone: null, bans });
    this.#report(this.#timeline.replace(message, this.state.self?.id));
    if (!enters) return;
    this.#controls.repeat();
    this.#requests.repeat();
    this.tell("joined", { self: this.state.self, again });
  }

  #giveUpJoining() {
    this.#admission.want(null);
    this.#admission.settle();
    this.#store.change({ phase: "idle" });
  }

  /** @param {Deed[]} deeds */
  #report(deeds) {
    this.#refresh();
    for (const deed of deeds) {
      const { self } = this.state;
      if (self && deed.kind === "role") this.#store.change({ self: withRole(self, deed.event) });
      this.#farewell.note(deed, self);
      this.#chronicle.report(deed);
    }
  }

  #refresh() {
    const [timeline, { roster }] = [this.#timeline, this.#presence];
    this.#store.gather({ timeline, roster, asks: this.#asks, controls: this.#controls });
  }
}
