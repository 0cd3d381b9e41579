// @ts-check
/** What this viewer may do here, as far as a page has to know; the server decides. */

/** @import { PartyState } from "./party-state.js" */

/**
 * @typedef {object} May
 * @property {boolean} control the film
 * @property {boolean} write to the room
 * @property {boolean} host others: roles, removals, settings
 * @property {boolean} owner hand the room over, end the party; who only stands in is refused by the server
 */

/** @type {Readonly<May>} */
const NOTHING = Object.freeze({ control: false, write: false, host: false, owner: false });

/**
 * @param {Pick<PartyState, "self" | "settings" | "granted">} state
 * @returns {Readonly<May>} nothing before the room was seen
 */
export function mayOf({ self, settings, granted }) {
  if (!self || !settings) return NOTHING;
  const host = self.role !== "guest";
  const wasGranted = settings.control === "ask" && granted.includes(self.person);
  return Object.freeze({
    control: host || settings.control === "everyone" || wasGranted,
    write: host || settings.chatBy === "everyone",
    host,
    owner: self.role === "owner",
  });
}
