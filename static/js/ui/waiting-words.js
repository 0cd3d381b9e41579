// @ts-check
/** For whom the room waits and what can be done about it, in words; pure. */

import { together } from "./company.js";

/** @import { User } from "../protocol/protocol.js" */
/** @import { RoomWait } from "../room/waiting.js" */

/**
 * @typedef {object} WaitingWords
 * @property {string} title
 * @property {string} words
 * @property {string} goOn on the button that goes on without them
 * @property {string} cancel
 */

/**
 * @param {Pick<RoomWait, "reason" | "again" | "userIds">} waiting
 * @param {readonly Pick<User, "id" | "name">[]} users
 * @param {string | null} selfId
 * @returns {WaitingWords}
 */
export function waitingWords({ reason, again, userIds }, users, selfId) {
  const buffers = reason === "buffering";
  const cancel = buffers ? "Pause here" : "Cancel";
  if (!buffers && !again) {
    return { title: "Getting everyone ready", words: "The film starts in one instant on every screen.", goOn: "Start now", cancel };
  }
  const own = selfId !== null && userIds.includes(selfId);
  const names = othersOf(userIds, users, selfId);
  if (own && names.length === 0) return { title: "Waiting for you", words: ownWords(buffers), goOn: "Go on without me", cancel };
  const who = together(own ? ["you", ...names] : names);
  const goOn = own || names.length > 1 ? "Continue without them" : `Continue without ${who}`;
  return { title: `Waiting for ${who}`, words: theirWords(buffers, own ? [] : names), goOn, cancel };
}

/**
 * Who is not in our list of a large room has no name here, and counts all the same.
 * @param {readonly string[]} userIds
 * @param {readonly Pick<User, "id" | "name">[]} users
 * @param {string | null} selfId
 */
function othersOf(userIds, users, selfId) {
  const names = new Map(users.map(({ id, name }) => [id, name]));
  return userIds.filter((id) => id !== selfId).map((id) => names.get(id) ?? "somebody");
}

/** @param {boolean} buffers */
function ownWords(buffers) {
  return buffers
    ? "Your film has run dry. All go on once you have a few seconds in hand."
    : "Your film is still loading. All start in one instant once it is there.";
}

/** @param {boolean} buffers @param {readonly string[]} names */
function theirWords(buffers, names) {
  const whose = names.length === 1 ? `${names[0]}’s film` : "Their film";
  return buffers
    ? `${whose} has run dry. All go on together once it is loaded.`
    : `${whose} is still loading. All start in one instant once it is there.`;
}
