// @ts-check
/** What a filled form of settings asks of the room, and what is wrong with it; pure. */

import { HIGHEST_MAX_USERS } from "../protocol/protocol.js";

/** @import { ChangeSettings } from "../protocol/protocol.js" */
/** @import { Settings } from "../room/house.js" */

/**
 * A form as filled: the settings, and a password that is new or empty.
 * @typedef {Settings & {password: string}} Filled
 * @typedef {{field: keyof Filled, message: string}} Problem
 */

/**
 * @param {Settings} base what the room is set to
 * @param {Filled} filled
 * @returns {Omit<ChangeSettings, "type" | "ref"> | null} only what differs; null: nothing does
 */
export function changesOf(base, { password, hasPassword, ...filled }) {
  const names = /** @type {(keyof typeof filled)[]} */ (Object.keys(filled));
  const changed = names.filter((name) => filled[name] !== base[name]).map((name) => [name, filled[name]]);
  if (!hasPassword && base.hasPassword) changed.push(["password", ""]);
  if (hasPassword && password !== "") changed.push(["password", password]);
  return changed.length > 0 ? Object.fromEntries(changed) : null;
}

/**
 * @param {Settings} base
 * @param {Filled} filled
 * @returns {Problem | null} the first field that the room would not take
 */
export function problemOf(base, { title, maxUsers, hasPassword, password }) {
  if (title === "") return { field: "title", message: "Give the room a name." };
  if (hasPassword && !base.hasPassword && password === "") {
    return { field: "password", message: "Type the password that others will need." };
  }
  if (Number.isInteger(maxUsers) && maxUsers >= 1 && maxUsers <= HIGHEST_MAX_USERS) return null;
  return { field: "maxUsers", message: `A whole number, from 1 to ${HIGHEST_MAX_USERS}.` };
}
