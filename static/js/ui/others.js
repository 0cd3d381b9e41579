// @ts-check
/** Says over the film who else is buffering, so that nobody wonders why a friend is silent. */

import { together } from "./company.js";
import { say, stopAll } from "./dom.js";

/** @import { Status, User } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {Party} needs.party
 * @param {(sentence: string) => void} needs.announce when somebody begins to buffer, not at each change of the list
 */
export function mountOthers({ root, party, announce }) {
  const draw = () => {
    const { phase, users, statuses, self, waiting } = party.state;
    // While the room waits for them, the card over the film names them.
    const sentence = phase === "joined" && !waiting ? bufferingSentence(users, statuses, self?.id ?? null) : "";
    if (sentence && root.hidden) announce(sentence);
    root.hidden = sentence === "";
    if (sentence) say(root, sentence);
  };
  return stopAll([party.subscribe(draw)]);
}

/**
 * "Ben is buffering.", or nothing.
 * @param {readonly Pick<User, "id" | "name">[]} users
 * @param {Readonly<Record<string, Pick<Status, "state">>>} statuses
 * @param {string | null} selfId
 */
export function bufferingSentence(users, statuses, selfId) {
  const names = users.filter(({ id }) => id !== selfId && statuses[id]?.state === "buffering").map(({ name }) => name);
  if (names.length === 0) return "";
  return `${together(names)} ${names.length === 1 ? "is" : "are"} buffering.`;
}
