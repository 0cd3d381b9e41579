// @ts-check
/** Takes in passing events (who is here, how they fare, where they point) and heals the list of users. */

import { ServerType } from "../protocol/protocol.js";
import { Roster } from "./roster.js";

/** @import { ServerMessage, User, UsersDigest } from "../protocol/protocol.js" */
/** @import { PartyEvents } from "./party-state.js" */
/** @import { Emitter } from "./emitter.js" */

/** The server answers `users:list` once per 5 s. */
const ASK_PAUSE_MS = 5000;

export class Presence {
  #emitter;
  #now;
  #askUsers;
  #roster = new Roster();
  #askedAtMs = -Infinity;

  /**
   * @param {{
   *   emitter: Emitter<PartyEvents>,
   *   now: () => number,
   *   askUsers: () => void,
   * }} options
   */
  constructor({ emitter, now, askUsers }) {
    this.#emitter = emitter;
    this.#now = now;
    this.#askUsers = askUsers;
  }

  get roster() {
    return this.#roster;
  }

  /** @param {User[]} users of a snapshot */
  replace(users) {
    this.#roster.replace(users);
  }

  /** A person was sent out: their tabs leave without another word. @param {string} person */
  dismiss(person) {
    for (const { id } of this.#roster.tabsOf(person)) {
      this.#roster.remove(id);
      this.#emitter.emit("cursor-gone", id);
    }
  }

  clear() {
    this.#roster = new Roster();
    this.#askedAtMs = -Infinity;
  }

  /**
   * @param {ServerMessage} message
   * @param {string | undefined} selfId
   * @returns {boolean} whether what the party shows has changed
   */
  receive(message, selfId) {
    switch (message.type) {
      case ServerType.USERS_LIST:
        this.#roster.replace(message.users, message.count);
        return true;
      case ServerType.USER_JOINED:
        this.#join(userOf(message));
        return true;
      case ServerType.USER_UPDATED:
        this.#roster.update(userOf(message));
        return true;
      case ServerType.USER_LEFT:
        this.#leave(message.userId);
        return true;
      case ServerType.USERS_DIGEST:
        this.#compare(message);
        return true;
      case ServerType.MEMBERS_STATUS:
        this.#roster.report(message);
        return true;
      case ServerType.CURSORS_BATCH: {
        const others = message.cursors.filter(({ userId }) => userId !== selfId);
        if (others.length > 0) this.#emitter.emit("cursors", others);
        return false;
      }
      case ServerType.CURSOR_REMOVE:
        this.#emitter.emit("cursor-gone", message.userId);
        return false;
      case ServerType.REACTIONS_BATCH:
        this.#emitter.emit("reactions", message.reactions);
        return false;
      default:
        return false;
    }
  }

  /** @param {User} user */
  #join(user) {
    const isNew = !this.#roster.find(user.id);
    this.#roster.add(user);
    if (isNew) this.#emitter.emit("user-joined", user);
  }

  /** @param {string} userId */
  #leave(userId) {
    const user = this.#roster.remove(userId);
    this.#emitter.emit("cursor-gone", userId);
    if (user) this.#emitter.emit("user-left", user);
  }

  /** @param {UsersDigest} digest */
  #compare(digest) {
    if (!this.#roster.differsFrom(digest)) return;
    const nowMs = this.#now();
    if (nowMs - this.#askedAtMs < ASK_PAUSE_MS) return;
    this.#askedAtMs = nowMs;
    this.#askUsers();
  }
}

/**
 * A user whose fields are spread into a message.
 * @param {User & {type: string, ticket?: string}} message
 * @returns {Readonly<User>}
 */
export function userOf({ type, ticket, ...user }) {
  return Object.freeze(user);
}
