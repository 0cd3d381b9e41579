// @ts-check
/** Mounts the rail: its tabs, and the chat with what leads to it. */

import { mountChat } from "../ui/chat.js";
import { listen } from "../ui/dom.js";
import { mountRail } from "../ui/rail.js";
import { mountRailTabs } from "../ui/rail-tabs.js";
import { mountSeenHeight } from "../ui/seen-height.js";
import { byId, now, observeSeen, observeSize, timers } from "./browser.js";

/** @import { Party } from "../room/party.js" */
/** @import { Refusal } from "../room/refusals.js" */
/** @import { FrameLoop } from "../ui/loop.js" */

/** Something of it in the middle of the window: a strip at an edge is not being looked at. */
const WELL_IN_VIEW = Object.freeze({ rootMargin: "-20% 0px" });

/**
 * @param {object} parts
 * @param {string} parts.slug of the room
 * @param {Party} parts.party
 * @param {FrameLoop} parts.loop
 * @param {Storage | null} parts.local
 * @param {(sentence: string) => void} parts.tell over the film
 * @param {(sentence: string) => void} parts.announce
 * @returns {{focus: () => void, tells: (refusal: Refusal) => boolean}} `focus`: to the box one writes in; in full
 *   screen it comes to the film; `tells`: whether the box says itself that a message was refused
 */
export function mountRailUi({ slug, party, loop, local, tell, announce }) {
  const stage = byId("stage", HTMLElement);
  const root = byId("chat", HTMLElement);
  const toggle = byId("rail-toggle", HTMLElement);
  const opener = byId("chat-open", HTMLElement);
  const inView = { rail: false, chat: false };
  const isFull = () => document.fullscreenElement !== null;

  const rail = mountRail({ button: toggle, room: byId("main", HTMLElement), storage: local });
  const tabs = mountRailTabs({ row: byId("rail-tabs", HTMLElement), panel: (id) => byId(id, HTMLElement), storage: local });
  const chat = mountChat({
    root,
    tab: byId("tab-chat", HTMLElement),
    openers: [toggle, opener],
    over: byId("chat-over", HTMLElement),
    away: { place: byId("chat-over-box", HTMLElement), isWanted: isFull },
    pieces: {
      message: byId("piece-message", HTMLTemplateElement),
      muted: byId("piece-muted", HTMLTemplateElement),
      over: byId("piece-over", HTMLTemplateElement),
    },
    party,
    slug,
    storage: local,
    loop,
    now,
    isSeen: () => inView.chat && !isFull() && document.visibilityState === "visible",
    isRailSeen: () => inView.rail && !isFull(),
    release: () => stage.focus({ preventScroll: true }),
    tell,
    announce,
    observeSize,
    ...timers,
  });

  for (const [name, element] of /** @type {const} */ ([["rail", byId("rail", HTMLElement)], ["chat", root]])) {
    observeSeen(
      element,
      (seen) => {
        inView[name] = seen;
        chat.look();
      },
      WELL_IN_VIEW,
    );
  }
  listen(document, "fullscreenchange", chat.look);
  listen(document, "visibilitychange", chat.look);
  if (window.visualViewport) {
    mountSeenHeight({
      viewport: window.visualViewport,
      root: document.documentElement,
      windowHeight: () => window.innerHeight,
      toTop: () => window.scrollTo(0, 0),
    });
  }
  const focus = () => {
    if (!isFull()) {
      rail.open();
      tabs.choose("chat");
    }
    chat.focus();
  };
  listen(opener, "click", focus);
  return { focus, tells: chat.tells };
}
