// @ts-check
/** What this viewer may do here, as far as a page has to know; the server decides. */

/** @import { PartyState } from "./party-state.js" */

/**
 * @typedef {object} May
 * @property {boolean} control the film
 * @property {boolean} write to the room
 * @property {boolean} host others: roles, removals, settings
 * @property {boolean} rightful hand the room over, end the party, demote or remove a host: only whose room it is, not who stands in for them
 */

/** @type {Readonly<May>} */
const NOTHING = Object.freeze({ control: false, write: false, host: false, rightful: false });

/**
 * @param {Pick<PartyState, "self" | "settings" | "granted" | "rightful">} state
 * @returns {Readonly<May>} nothing before the room was seen
 */
export function mayOf({ self, settings, granted, rightful }) {
  if (!self || !settings) return NOTHING;
  const host = self.role !== "guest";
  const wasGranted = settings.control === "ask" && granted.includes(self.person);
  return Object.freeze({
    control: host || settings.control === "everyone" || wasGranted,
    write: host || settings.chatBy === "everyone",
    host,
    rightful: self.person === rightful,
  });
}
