// @ts-check
/** The chat of a room: messages, box, what is unread, and what is shown over the film to who does not see it. */

import { Muted } from "../room/muted.js";
import { mountChatBox } from "./chat-box.js";
import { mountChatHeard } from "./chat-heard.js";
import { mountChatList } from "./chat-list.js";
import { mountChatOver } from "./chat-over.js";
import { unreadCount } from "./chat-rows.js";
import { need, stopAll } from "./dom.js";
import { mountUnread } from "./unread.js";

/** @import { Store } from "../room/remember.js" */
/** @import { Timers } from "../room/timer.js" */
/** @import { Away } from "./chat-box.js" */
/** @import { ChatParty } from "./chat-party.js" */
/** @import { FrameLoop } from "./loop.js" */

/**
 * @param {Timers & {
 *   root: HTMLElement,
 *   tab: HTMLElement,
 *   openers: readonly HTMLElement[],
 *   over: HTMLElement,
 *   away: Away,
 *   pieces: {message: HTMLTemplateElement, muted: HTMLTemplateElement, over: HTMLTemplateElement},
 *   party: ChatParty,
 *   slug: string,
 *   storage: Store | null,
 *   loop: FrameLoop,
 *   now: () => number,
 *   isSeen: () => boolean,
 *   isRailSeen: () => boolean,
 *   release: () => void,
 *   tell: (sentence: string) => void,
 *   announce: (sentence: string) => void,
 *   observeSize: (element: Element, run: () => void) => () => void,
 * }} needs `isSeen`: the chat is in view; `isRailSeen`: it or another tab beside it is; `tell` speaks over the film
 */
export function mountChat({ root, tab, openers, over, away, pieces, party, slug, storage, loop, now, isSeen, isRailSeen, release, tell, announce, observeSize, ...timers }) {
  const muted = new Muted({ storage, slug });
  const isMuted = (/** @type {string} */ person) => muted.has(person);
  const unread = mountUnread({ figure: need(tab, "[data-part='unread']", HTMLElement), words: need(tab, "[data-part='unread-words']", HTMLElement), openers });
  /** Of the newest message that this viewer has seen; what was written before they came is no news. @type {number | null} */
  let seenMs = null;
  /** @type {readonly unknown[]} */
  let counted = [];

  const count = () => {
    const { chat, self, phase } = party.state;
    if (seenMs === null && phase !== "joined") return;
    seenMs ??= newestOf(chat);
    if (isSeen() && list.isAtEnd) seenMs = Math.max(seenMs, newestOf(chat));
    const of = [chat, seenMs, muted.version, self?.person];
    if (of.every((one, index) => one === counted[index])) return;
    counted = of;
    unread.show(unreadCount(chat, { seenMs, selfPerson: self?.person ?? null, isMuted }));
  };

  const list = mountChatList({
    root,
    message: pieces.message,
    mutedPiece: pieces.muted,
    party,
    muted,
    loop,
    reply: (message) => box.answer(message),
    tell,
    onEnd: () => loop.once(count),
    observeSize,
    setTimeout: timers.setTimeout,
  });
  const box = mountChatBox({ root, party, now, goTo: list.goTo, away, isSeen, release, tell, announce, ...timers });
  const overFilm = mountChatOver({ layer: over, template: pieces.over, party, isMuted, isWanted: () => !isRailSeen(), ...timers });

  count();
  return {
    focus: box.focus,
    tells: box.tells,
    /** Something else is in view now. */
    look() {
      if (isRailSeen()) overFilm.clear();
      box.look();
      count();
    },
    ...stopAll([
      list.stop,
      box.stop,
      overFilm.stop,
      mountChatHeard({ party, isMuted, announce, ...timers }).stop,
      party.subscribe(count),
      muted.subscribe(count),
    ]),
  };
}

/** @param {readonly {timestamp: number}[]} chat @returns {number} on the media clock */
function newestOf(chat) {
  return chat.at(-1)?.timestamp ?? 0;
}
