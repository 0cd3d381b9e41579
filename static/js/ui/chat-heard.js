// @ts-check
/** Reads new messages out to screen readers: what comes together is one sentence. */

import { stopAll } from "./dom.js";

/** @import { ChatMessage } from "../protocol/protocol.js" */
/** @import { Timers } from "../room/timer.js" */
/** @import { ChatParty } from "./chat-party.js" */

/** A conversation comes in bursts; a film is being listened to as well. */
const GATHER_MS = 1500;
/** Nobody wants a whole page read into a film. */
const LONGEST_HEARD = 160;

/**
 * @param {Timers & {
 *   party: ChatParty,
 *   isMuted: (person: string) => boolean,
 *   announce: (sentence: string) => void,
 * }} needs
 */
export function mountChatHeard({ party, isMuted, announce, setTimeout, clearTimeout }) {
  /** @type {ChatMessage[]} */
  let news = [];
  /** @type {unknown} */
  let timer = null;
  const report = () => {
    timer = null;
    if (news.length > 0) announce(heardSentence(news));
    news = [];
  };
  return stopAll([
    party.on("chat", ({ message, own }) => {
      if (own || isMuted(message.person)) return;
      news.push(message);
      timer ??= setTimeout(report, GATHER_MS);
    }),
    party.on("chat-removed", ({ messageId }) => (news = news.filter(({ id }) => id !== messageId))),
    () => timer !== null && clearTimeout(timer),
  ]);
}

/**
 * "Ada writes: Hello.", or how many and the last of them.
 * @param {readonly Pick<ChatMessage, "name" | "text">[]} news at least one
 */
export function heardSentence(news) {
  const { name, text } = /** @type {Pick<ChatMessage, "name" | "text">} */ (news.at(-1));
  const short = Array.from(text).slice(0, LONGEST_HEARD).join("");
  const last = `${name} writes: ${short}${short === text ? "" : "…"}`;
  return news.length === 1 ? last : `${news.length} new messages. ${last}`;
}
