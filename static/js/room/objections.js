// @ts-check
/** What the server objects to: a request of ours, a join, or the pace; each leads somewhere else. */

import { ACTIONS, ClientType, ErrorCode } from "../protocol/protocol.js";
import { tooFast } from "./refusals.js";

/** @import { ErrorMessage, RateLimited } from "../protocol/protocol.js" */
/** @import { Admission } from "./admission.js" */
/** @import { Controls } from "./controls.js" */
/** @import { Farewell } from "./farewell.js" */
/** @import { PartyEvents } from "./party-state.js" */
/** @import { Requests } from "./requests.js" */

/** The limit of tries at a room's password (admission.py). */
const PASSWORD_TRIES = "password";

export class Objections {
  #admission;
  #pending;
  #farewell;
  #isJoined;
  #reopen;
  #tell;
  #onJoinRefused;

  /**
   * @param {{
   *   admission: Admission,
   *   pending: readonly Pick<Controls | Requests, "refuse">[],
   *   farewell: Farewell,
   *   isJoined: () => boolean,
   *   reopen: () => void,
   *   tell: <Name extends keyof PartyEvents>(name: Name, ...args: PartyEvents[Name]) => void,
   *   onJoinRefused: () => void,
   * }} options `pending` is what a refusal may be about; `onJoinRefused`: a close may follow and say that it is final
   */
  constructor({ admission, pending, farewell, isJoined, reopen, tell, onJoinRefused }) {
    this.#admission = admission;
    this.#pending = pending;
    this.#farewell = farewell;
    this.#isJoined = isJoined;
    this.#reopen = reopen;
    this.#tell = tell;
    this.#onJoinRefused = onJoinRefused;
  }

  /** @param {ErrorMessage} message */
  takeError({ code, message, ref, field }) {
    const wasAsking = this.#admission.asking;
    if (this.#refuse(ref)) {
      this.#tell("refusal", { code, message, ref, field });
    } else if (code === ErrorCode.NOT_JOINED && this.#isJoined()) {
      this.#reopen(); // The server has forgotten us: come in again.
    } else if (wasAsking && (code === ErrorCode.UNAVAILABLE || code === ErrorCode.INTERNAL)) {
      this.#reopen(); // Nobody's fault: a later attempt may be let in.
    } else if (wasAsking && field === "timezone") {
      this.#admission.update({ timezone: undefined }); // Newer than the server's list: nobody stays out for that.
      this.#admission.ask();
    } else {
      if (wasAsking) this.#onJoinRefused();
      this.#tell("refusal", { code, message, ref, field });
    }
  }

  /** @param {RateLimited} limited */
  slowDown(limited) {
    const { action, retryIn, ref } = limited;
    const wasAsking = this.#admission.asking;
    if (wasAsking && action === PASSWORD_TRIES) this.#farewell.noteLimit(limited);
    else if (this.#refuse(ref)) this.#tell("refusal", tooFast(limited));
    else if (wasAsking && action === ACTIONS[ClientType.ROOM_JOIN]) this.#admission.postpone(retryIn);
    else this.#tell("ratelimit", { action, retryInMs: retryIn });
  }

  /** @param {string | undefined} ref @returns {boolean} whether one of ours was refused */
  #refuse(ref) {
    return ref !== undefined && this.#pending.some((pending) => pending.refuse(ref));
  }
}
