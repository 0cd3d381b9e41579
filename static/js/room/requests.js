// @ts-check
/** What a viewer asks of the room beside playback: sent, repeated on a new connection, and ended by its answer, a refusal or silence. */

import { offline, unheard } from "./refusals.js";
import { Timer } from "./timer.js";

/** @import { ChangeSettings, ChatRemove, ChatSend, EndRoom, GiveRole, MemberAnswer, RemoveMember, UnbanMember } from "../protocol/protocol.js" */
/** @import { Outcome } from "./controls.js" */
/** @import { OrderedEvent } from "./ordering.js" */
/** @import { Refusal } from "./refusals.js" */
/** @import { Timers } from "./timer.js" */

/** Longer than a lost connection takes to be noticed and replaced; the server knows a repeat for 60 s. */
export const REQUEST_PATIENCE_MS = 10_000;

/**
 * @typedef {ChangeSettings | ChatRemove | ChatSend | EndRoom | GiveRole | MemberAnswer | RemoveMember | UnbanMember} Request
 */

export class Requests {
  #timers;
  #send;
  #newRef;
  #onSettled;
  #onRefused;
  /** By ref, oldest first. @type {Map<string, {request: Request, deadline: Timer}>} */
  #open = new Map();

  /**
   * @param {Timers & {
   *   send: (request: Request) => boolean,
   *   newRef: () => string,
   *   onSettled: (ref: string, outcome: Outcome) => void,
   *   onRefused: (refusal: Refusal) => void,
   * }} options `send` is false while not joined
   */
  constructor({ send, newRef, onSettled, onRefused, ...timers }) {
    this.#send = send;
    this.#newRef = () => newRef();
    this.#onSettled = onSettled;
    this.#onRefused = onRefused;
    this.#timers = timers;
  }

  /**
   * @param {Request} request
   * @returns {string | null} its ref; null: refused at once, as the room can't be reached
   */
  give(request) {
    const ref = this.#newRef();
    const referred = { ...request, ref };
    if (!this.#send(referred)) {
      this.#onRefused(offline());
      return null;
    }
    const deadline = new Timer(this.#timers, () => this.#expire(ref));
    this.#open.set(ref, { request: referred, deadline });
    deadline.start(REQUEST_PATIENCE_MS);
    return ref;
  }

  /**
   * Takes note of an event that answers one of ours, before its seq is looked at: a repeat's answer is old.
   * @param {Pick<OrderedEvent, "by" | "ref">} event
   * @param {string | undefined} selfId
   */
  note({ by, ref }, selfId) {
    if (by === selfId && ref !== undefined && this.#end(ref)) this.#onSettled(ref, "answered");
  }

  /**
   * @param {string} ref
   * @returns {boolean} whether it was one of ours
   */
  refuse(ref) {
    const ours = this.#end(ref);
    if (ours) this.#onSettled(ref, "refused");
    return ours;
  }

  /** On a new connection: the server answers what it has decided before, and decides the rest. */
  repeat() {
    for (const { request } of this.#open.values()) this.#send(request);
  }

  /** The room was left. */
  clear() {
    for (const { deadline } of this.#open.values()) deadline.stop();
    this.#open.clear();
  }

  /** @param {string} ref */
  #end(ref) {
    this.#open.get(ref)?.deadline.stop();
    return this.#open.delete(ref);
  }

  /** @param {string} ref */
  #expire(ref) {
    this.#end(ref);
    this.#onSettled(ref, "timeout");
    this.#onRefused(unheard(ref));
  }
}
