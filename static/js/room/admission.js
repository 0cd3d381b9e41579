// @ts-check
/** Gets the viewer into the room on every new connection: asks to join, and asks again when nobody answers. */

import { ClientType } from "../protocol/protocol.js";
import { Timer } from "./timer.js";

/** @import { RoomJoin } from "../protocol/protocol.js" */
/** @import { Position } from "./ordering.js" */
/** @import { Timers } from "./timer.js" */

/** Long enough for a room that comes back from the database, short enough for a viewer who waits. */
const JOIN_PATIENCE_MS = 5000;

/**
 * What is needed to join.
 * @typedef {Pick<RoomJoin, "roomId" | "name"> &
 *   Partial<Pick<RoomJoin, "tab" | "color" | "timezone" | "shareCity" | "password" | "ticket">>} JoinDetails
 */

export class Admission {
  #send;
  #resume;
  #deadline;
  #retry;
  /** @type {JoinDetails | null} */
  #details = null;

  /**
   * @param {Timers & {
   *   send: (join: RoomJoin) => boolean,
   *   resume: () => Position | null,
   *   onSilence: () => void,
   * }} options `onSilence`: this connection does not answer
   */
  constructor({ send, resume, onSilence, ...timers }) {
    this.#send = send;
    this.#resume = resume;
    this.#deadline = new Timer(timers, onSilence);
    this.#retry = new Timer(timers, () => this.ask());
  }

  get details() {
    return this.#details;
  }

  /** Whether an answer is being waited for. */
  get asking() {
    return this.#deadline.running || this.#retry.running;
  }

  /** @param {JoinDetails | null} details null: no more wish to be in a room */
  want(details) {
    this.#details = details;
  }

  /** @param {Partial<JoinDetails>} details which changed since, for the next connection */
  update(details) {
    if (this.#details) this.#details = { ...this.#details, ...details };
  }

  ask() {
    if (!this.#details) return;
    const position = this.#resume();
    const join = withoutBlanks({
      type: ClientType.ROOM_JOIN,
      ...this.#details,
      ...(position && { resume: position }),
    });
    if (this.#send(join)) this.#deadline.start(JOIN_PATIENCE_MS);
  }

  /** @param {number} retryInMs the server wants to be asked later */
  postpone(retryInMs) {
    this.settle();
    this.#retry.start(retryInMs);
  }

  /** Answered, or the connection is gone. */
  settle() {
    this.#deadline.stop();
    this.#retry.stop();
  }
}

/**
 * The server refuses null where a field may only be missing.
 * @template {object} T
 * @param {T} message
 * @returns {T}
 */
function withoutBlanks(message) {
  const fields = Object.entries(message).filter(([, value]) => value !== undefined && value !== null);
  return /** @type {T} */ (Object.fromEntries(fields));
}
