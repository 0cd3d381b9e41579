// @ts-check
/** The messages of a room: drawn row by row, at their end as long as the reader is, each with what can be done with it. */

import { fillMessage, fillMuted, momentOf } from "./chat-row.js";
import { chatRows } from "./chat-rows.js";
import { copy, listen, part, stopAll } from "./dom.js";
import { nextIndex } from "./roving.js";

/** @import { ChatMessage } from "../protocol/protocol.js" */
/** @import { Muted } from "../room/muted.js" */
/** @import { ChatParty } from "./chat-party.js" */
/** @import { Rights } from "./chat-row.js" */
/** @import { ChatRow, MessageRow } from "./chat-rows.js" */
/** @import { FrameLoop } from "./loop.js" */

/** Rounded heights, and a thumb that did not quite reach the end. */
const END_SLACK_PX = 24;
/** So long a message is marked that somebody went to. */
const POINTED_MS = 1600;
const ACTIONS = "[data-part='reply'], [data-part='more'], [data-part='mute'], [data-part='remove'], [data-part='time'], [data-part='quote'], [data-part='unmute'], a";

/** @typedef {{element: HTMLElement, drawn: string}} Shown a row, and of what it was drawn */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {HTMLTemplateElement} needs.message
 * @param {HTMLTemplateElement} needs.mutedPiece
 * @param {ChatParty} needs.party
 * @param {Muted} needs.muted
 * @param {FrameLoop} needs.loop
 * @param {(message: ChatMessage) => void} needs.reply
 * @param {(sentence: string) => void} needs.tell
 * @param {() => void} needs.onEnd the reader has reached the end
 * @param {(element: Element, run: () => void) => () => void} needs.observeSize
 * @param {(run: () => void, delayMs: number) => unknown} needs.setTimeout
 */
export function mountChatList({ root, message: piece, mutedPiece, party, muted, loop, reply, tell, onEnd, observeSize, setTimeout }) {
  const scroller = part(root, "scroll");
  const list = part(root, "list");
  const empty = part(root, "empty");
  const newer = part(root, "newer");
  /** @type {Map<string, Shown>} */
  const shown = new Map();
  /** @type {ChatRow[]} */
  let rows = [];
  let isAtEnd = true;
  /** Of the newest message drawn, on the media clock. */
  let newestMs = -Infinity;
  /** What the last drawing was made of. @type {readonly unknown[]} */
  let drawnOf = [];

  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
    isAtEnd = true;
    newer.hidden = true;
    onEnd();
  };

  const draw = () => {
    const { chat, self, phase } = party.state;
    const { control, host } = party.may;
    const made = [chat, self?.person, control, host, phase, muted.version];
    if (made.every((one, index) => one === drawnOf[index])) return;
    drawnOf = made;
    rows = chatRows(chat, { selfPerson: self?.person ?? null, isMuted: (person) => muted.has(person) });
    show();
    empty.hidden = rows.length > 0 || phase !== "joined";
    const last = rows.at(-1);
    const isNews = last?.kind === "message" && last.message.timestamp > newestMs;
    newestMs = chat.at(-1)?.timestamp ?? newestMs;
    if (isAtEnd || (isNews && last.isOwn)) toEnd();
    else if (isNews) newer.hidden = false;
  };

  const show = () => {
    const keys = new Set(rows.map((row) => row.key));
    for (const [key, { element }] of shown) {
      if (keys.has(key)) continue;
      const hadFocus = element.contains(root.ownerDocument.activeElement);
      element.remove();
      shown.delete(key);
      if (hadFocus) scroller.focus({ preventScroll: true });
    }
    const may = party.may;
    rows.forEach((row, index) => {
      const element = elementOf(row, may);
      if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
    });
    // Tab finds the newest, unless somebody is reading with the keyboard.
    if (!list.contains(root.ownerDocument.activeElement)) reach(shownRows().at(-1) ?? null);
  };

  /**
   * @param {ChatRow} row
   * @param {ChatParty["may"]} may
   */
  const elementOf = (row, { control, host }) => {
    const rights = { canSeek: control, canRemove: host || (row.kind === "message" && row.isOwn) };
    const drawn = row.kind === "muted" ? `${row.name} ${row.count}` : signature(row, rights);
    let found = shown.get(row.key);
    if (found?.drawn === drawn) return found.element;
    if (!found) {
      found = { element: copy(row.kind === "muted" ? mutedPiece : piece), drawn };
      found.element.dataset.key = row.key;
      found.element.tabIndex = -1;
      shown.set(row.key, found);
    }
    found.drawn = drawn;
    if (row.kind === "muted") fillMuted(found.element, row);
    else fillMessage(found.element, row, rights);
    if (found.element.tabIndex !== 0) setReachable(found.element, false);
    return found.element;
  };

  const shownRows = () => /** @type {HTMLElement[]} */ ([...list.children]);

  /** Makes one row, and what can be done with it, the list's stop for Tab. @param {HTMLElement | null} row */
  const reach = (row) => {
    for (const element of shownRows()) if (element !== row && element.tabIndex === 0) setReachable(element, false);
    if (row) setReachable(row, true);
  };

  /** @param {HTMLElement} row */
  const closeMenu = (row) => {
    part(row, "menu").hidden = true;
    part(row, "more").setAttribute("aria-expanded", "false");
  };

  /** @param {string} key */
  const goTo = (key) => {
    const element = shown.get(key)?.element;
    if (!element) return;
    reach(element);
    element.scrollIntoView({ block: "nearest" });
    element.focus({ preventScroll: true });
    element.dataset.pointed = "";
    setTimeout(() => delete element.dataset.pointed, POINTED_MS);
  };

  /** @type {Record<string, (message: ChatMessage, element: HTMLElement) => void>} */
  const deeds = {
    reply: (message, element) => {
      closeMenu(element);
      reply(message);
    },
    mute: ({ person }) => muted.set(person, true),
    remove: ({ id }, element) => {
      closeMenu(element);
      element.focus({ preventScroll: true }); // Its menu is gone; once it is gone too, the list has the keyboard.
      party.takeBack(id);
    },
    quote: ({ replyTo }) => replyTo !== null && goTo(replyTo),
    time: ({ videoTime }) => {
      if (videoTime === null) return;
      if (party.may.control) party.seek(videoTime);
      else tell(`This was written ${momentOf(videoTime)}.`);
    },
    more: (_, element) => {
      const menu = part(element, "menu");
      menu.hidden = !menu.hidden;
      part(element, "more").setAttribute("aria-expanded", String(!menu.hidden));
      if (!menu.hidden) menu.scrollIntoView({ block: "nearest" });
    },
  };

  /** @param {MouseEvent} event */
  const click = (event) => {
    const target = /** @type {Element} */ (event.target);
    const element = /** @type {HTMLElement | null} */ (target.closest("[data-key]"));
    const row = rows.find(({ key }) => key === element?.dataset.key);
    if (!element || !row) return;
    reach(element);
    const deed = /** @type {HTMLElement | null} */ (target.closest("[data-part]"))?.dataset.part ?? "";
    if (row.kind === "muted") {
      if (deed === "unmute") muted.set(row.person, false);
    } else if (Object.hasOwn(deeds, deed)) deeds[deed]?.(row.message, element);
  };

  /** @param {KeyboardEvent} event */
  const key = (event) => {
    const element = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-key]"));
    if (!element) return;
    if (event.key === "Escape" && element !== event.target) {
      if (element.querySelector("[data-part='menu']")) closeMenu(element);
      element.focus();
    } else {
      const all = shownRows();
      const isMove = event.target === element && !["ArrowLeft", "ArrowRight"].includes(event.key);
      const to = isMove ? nextIndex(event.key, all.indexOf(element), all.length, 1) : null;
      if (to === null) return;
      reach(all[to] ?? null);
      all[to]?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  };

  draw();
  return {
    goTo,
    get isAtEnd() {
      return isAtEnd;
    },
    ...stopAll([
      party.subscribe(() => loop.once(draw)),
      muted.subscribe(() => loop.once(draw)),
      listen(list, "click", click),
      listen(list, "keydown", key),
      listen(newer, "click", () => {
        toEnd();
        scroller.focus({ preventScroll: true });
      }),
      listen(scroller, "scroll", () => {
        isAtEnd = atEnd(scroller);
        if (!isAtEnd) return;
        newer.hidden = true;
        onEnd();
      }),
      // Another height, say for the keyboard of a phone, is no scrolling.
      observeSize(scroller, () => isAtEnd && toEnd()),
    ]),
  };
}

/**
 * Whether the end is in view.
 * @param {{scrollTop: number, clientHeight: number, scrollHeight: number}} scroller
 */
export function atEnd({ scrollTop, clientHeight, scrollHeight }) {
  return scrollHeight - clientHeight - scrollTop <= END_SLACK_PX;
}

/**
 * @param {HTMLElement} row
 * @param {boolean} reachable by Tab
 */
function setReachable(row, reachable) {
  for (const element of [row, ...row.querySelectorAll(ACTIONS)]) /** @type {HTMLElement} */ (element).tabIndex = reachable ? 0 : -1;
}

/**
 * Everything of a row that may change while it stands there.
 * @param {MessageRow} row
 * @param {Rights} rights
 */
function signature({ message, isFirst, isOwn, quote }, { canSeek, canRemove }) {
  return JSON.stringify([message.videoTime, isFirst, isOwn, quote, canSeek, canRemove]);
}
