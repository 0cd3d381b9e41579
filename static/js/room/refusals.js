// @ts-check
/** What a viewer is told when something asked for does not happen. */

/** @import { RateLimited } from "../protocol/protocol.js" */

/**
 * @typedef {object} Refusal
 * @property {string} code of the server, or `offline`, `timeout`, `ratelimit`
 * @property {string} message a sentence for the viewer
 * @property {string} [ref] of what was refused
 * @property {string} [field] that the server did not like
 * @property {number} [retryInMs]
 */

/** @returns {Refusal} nothing was sent */
export function offline() {
  return { code: "offline", message: "The room can't be reached just now. Try again in a moment." };
}

/**
 * @param {string} ref
 * @returns {Refusal} nobody knows whether it arrived
 */
export function unanswered(ref) {
  return { code: "timeout", message: "The room did not answer in time. You follow the room again.", ref };
}

/**
 * @param {string} ref
 * @returns {Refusal} nobody knows whether it arrived, and it was no control
 */
export function unheard(ref) {
  return { code: "timeout", message: "The room did not answer in time. Try again.", ref };
}

/**
 * @param {RateLimited} limited
 * @returns {Refusal}
 */
export function tooFast({ retryIn, ref }) {
  const message = "That was a little too fast. Try again in a moment.";
  return { code: "ratelimit", message, ref, retryInMs: retryIn };
}
