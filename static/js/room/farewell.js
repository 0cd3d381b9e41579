// @ts-check
/** Why a viewer has to stay away: the close itself, and what was said shortly before it. */

import { ErrorCode } from "../protocol/protocol.js";

/** @import { RateLimited, User } from "../protocol/protocol.js" */
/** @import { Gone } from "./party-state.js" */
/** @import { SocketState } from "./socket.js" */
/** @import { Deed } from "./timeline.js" */

/** So long a person who was removed stays out (people.py). */
const REMOVED_MS = 60_000;

export class Farewell {
  #now;
  /** @type {Partial<Gone>} */
  #said = {};

  /** @param {{now: () => number}} options the local clock in ms */
  constructor({ now }) {
    this.#now = now;
  }

  /**
   * @param {Deed} deed
   * @param {User | null} self
   */
  note(deed, self) {
    if (deed.kind === "removed" && deed.event.person === self?.person) {
      this.#said = { ...this.#removal(deed.event.ban), reason: deed.event.reason ?? null };
    }
    if (deed.kind === "closed") this.#said = { message: deed.event.reason };
  }

  /** @param {RateLimited} limited too many tries at the password */
  noteLimit({ retryIn }) {
    const message = "Those were too many tries at the password.";
    this.#said = { errorCode: ErrorCode.WRONG_PASSWORD, message, retryAtMs: this.#now() + retryIn };
  }

  /** Asked to come in again. */
  forget() {
    this.#said = {};
  }

  /**
   * @param {number | null} code of the close
   * @param {SocketState["error"]} error that the server gave with it
   * @returns {Gone}
   */
  goneFor(code, error) {
    const told = { code, errorCode: error?.code ?? null, message: error?.message ?? "" };
    const retryAtMs = error?.retryIn === undefined ? null : this.#now() + error.retryIn;
    return { reason: null, retryAtMs, ...told, ...this.#said };
  }

  /** @param {boolean} ban @returns {Partial<Gone>} */
  #removal(ban) {
    if (ban) return { errorCode: ErrorCode.BANNED, message: "You may not come into this room any more." };
    return { message: "You were removed from this room.", retryAtMs: this.#now() + REMOVED_MS };
  }
}
