// @ts-check
/** Which rows a list of messages is shown as: grouped by author, answers with what they answer, the muted put together; pure. */

import { firstLine } from "./chat-words.js";

/** @import { ChatMessage } from "../protocol/protocol.js" */

/** After a longer silence the name is said again. */
const GROUP_MS = 5 * 60_000;

/**
 * @typedef {object} Quote
 * @property {string | null} id of the message answered; null: it can't be gone to
 * @property {string} name
 * @property {string} text
 *
 * @typedef {object} MessageRow
 * @property {"message"} kind
 * @property {string} key
 * @property {ChatMessage} message
 * @property {boolean} isFirst of its author's group: shows the name
 * @property {boolean} isOwn
 * @property {Quote | null} quote
 *
 * @typedef {object} MutedRow neighbouring messages of one muted person
 * @property {"muted"} kind
 * @property {string} key
 * @property {string} person
 * @property {string} name
 * @property {number} count
 *
 * @typedef {MessageRow | MutedRow} ChatRow
 */

/**
 * @param {readonly ChatMessage[]} messages oldest first
 * @param {{selfPerson: string | null, isMuted: (person: string) => boolean}} viewer
 * @returns {ChatRow[]}
 */
export function chatRows(messages, { selfPerson, isMuted }) {
  const byId = new Map(messages.map((message) => [message.id, message]));
  /** @type {ChatRow[]} */
  const rows = [];
  for (const message of messages) {
    const last = rows.at(-1);
    if (isMuted(message.person)) {
      if (last?.kind === "muted" && last.person === message.person) last.count += 1;
      else rows.push({ kind: "muted", key: `muted-${message.id}`, person: message.person, name: message.name, count: 1 });
      continue;
    }
    rows.push({
      kind: "message",
      key: message.id,
      message,
      isFirst: !(last?.kind === "message" && continues(last.message, message)),
      isOwn: message.person === selfPerson,
      quote: message.replyTo === null ? null : quoteOf(byId.get(message.replyTo), isMuted),
    });
  }
  return rows;
}

/**
 * How many messages of others came after an instant.
 * @param {readonly ChatMessage[]} messages
 * @param {{seenMs: number, selfPerson: string | null, isMuted: (person: string) => boolean}} viewer `seenMs`: media clock
 */
export function unreadCount(messages, { seenMs, selfPerson, isMuted }) {
  return messages.filter(({ timestamp, person }) => timestamp > seenMs && person !== selfPerson && !isMuted(person)).length;
}

/**
 * @param {ChatMessage} before
 * @param {ChatMessage} message
 */
function continues(before, message) {
  return (
    before.person === message.person &&
    before.name === message.name &&
    before.color === message.color &&
    message.timestamp - before.timestamp < GROUP_MS
  );
}

/**
 * @param {ChatMessage | undefined} message undefined: taken back, or of long ago
 * @param {(person: string) => boolean} isMuted
 * @returns {Quote}
 */
function quoteOf(message, isMuted) {
  if (!message) return { id: null, name: "", text: "A message that is not here any more" };
  if (isMuted(message.person)) return { id: null, name: message.name, text: "Muted" };
  return { id: message.id, name: message.name, text: firstLine(message.text) };
}
