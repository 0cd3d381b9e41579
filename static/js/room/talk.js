// @ts-check
/** What was written to the room, oldest first, as its ordered events leave it. */

import { ServerType } from "../protocol/protocol.js";

/** @import { ChatMessage, ChatRemoved, ChatSent } from "../protocol/protocol.js" */
/** @import { OrderedEvent } from "./ordering.js" */

/** A long evening; the server hands only the last 100 to who comes anew. */
export const MESSAGES_KEPT = 500;

/**
 * @typedef {{kind: "chat", by: string | null, ref: string | undefined, message: Readonly<ChatMessage>}
 *   | {kind: "chat-removed", by: string | null, ref: string | undefined, messageId: string}} TalkDeed
 */

export class Talk {
  /** @type {readonly Readonly<ChatMessage>[]} */
  #messages = Object.freeze([]);

  get messages() {
    return this.#messages;
  }

  /** @param {readonly ChatMessage[]} messages of a snapshot; what it lacks may have been taken back */
  replace(messages) {
    this.#keep(messages.map((message) => Object.freeze(message)));
  }

  clear() {
    this.replace([]);
  }

  /**
   * @param {OrderedEvent} event
   * @returns {TalkDeed | null}
   */
  apply(event) {
    if (isSent(event)) return this.#add(event);
    return isRemoved(event) ? this.#remove(event) : null;
  }

  /** Another film is there: what was written belongs to moments of the one before. */
  forgetMoments() {
    this.#keep(this.#messages.map((one) => (one.videoTime === null ? one : Object.freeze({ ...one, videoTime: null }))));
  }

  /** @param {ChatSent} event @returns {TalkDeed} */
  #add({ type, epoch, seq, by, ref, ...message }) {
    this.#keep([...this.#messages, Object.freeze(message)]);
    return { kind: "chat", by, ref, message };
  }

  /** @param {ChatRemoved} event @returns {TalkDeed} */
  #remove({ messageId, by, ref }) {
    this.#keep(this.#messages.filter(({ id }) => id !== messageId));
    return { kind: "chat-removed", by, ref, messageId };
  }

  /** @param {Readonly<ChatMessage>[]} messages */
  #keep(messages) {
    this.#messages = Object.freeze(messages.slice(-MESSAGES_KEPT));
  }
}

/**
 * @param {OrderedEvent} event
 * @returns {event is ChatSent}
 */
function isSent(event) {
  return event.type === ServerType.CHAT_MESSAGE;
}

/**
 * @param {OrderedEvent} event
 * @returns {event is ChatRemoved}
 */
function isRemoved(event) {
  return event.type === ServerType.CHAT_REMOVED;
}
