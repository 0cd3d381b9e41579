// @ts-check
/** Tells the room, once for each time it asks, that this viewer stands ready. */

import { MAX_NAMED } from "../protocol/protocol.js";

/** @import { RoomWait } from "./waiting.js" */

export class ReadyReport {
  #send;
  /** Epoch and seq of the last question that was answered. */
  #answered = "";

  /** @param {{send: (seq: number) => boolean}} options `send` is false while nothing goes out */
  constructor({ send }) {
    this.#send = send;
  }

  /**
   * @param {RoomWait | null} waiting
   * @param {string | undefined} selfId only who is named is asked, and everybody where the list of names was cut
   * @param {(waiting: RoomWait) => boolean} isReady looked at only where an answer is owed
   */
  offer(waiting, selfId, isReady) {
    if (!waiting || selfId === undefined) return;
    if (!waiting.userIds.includes(selfId) && waiting.userIds.length < MAX_NAMED) return;
    const question = `${waiting.epoch} ${waiting.seq}`;
    if (question === this.#answered || !isReady(waiting)) return;
    if (this.#send(waiting.seq)) this.#answered = question;
  }

  /** A new connection: the answer may have been lost with the old one. */
  forget() {
    this.#answered = "";
  }
}
