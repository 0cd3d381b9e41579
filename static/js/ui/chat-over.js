// @ts-check
/** The last messages over the film for whoever does not see the chat: three of them, for a moment. */

import { copy, part, say, stopAll } from "./dom.js";

/** @import { ChatMessage } from "../protocol/protocol.js" */
/** @import { Timers } from "../room/timer.js" */
/** @import { ChatParty } from "./chat-party.js" */

/** chat-over.css fades them at the end of it. */
const SHOWN_MS = 8000;
const MOST_AT_ONCE = 3;

/**
 * @param {Timers & {
 *   layer: HTMLElement,
 *   template: HTMLTemplateElement,
 *   party: ChatParty,
 *   isMuted: (person: string) => boolean,
 *   isWanted: () => boolean,
 * }} needs `isWanted`: the rail is out of view
 */
export function mountChatOver({ layer, template, party, isMuted, isWanted, setTimeout, clearTimeout }) {
  /** By message id. @type {Map<string, {element: HTMLElement, timer: unknown}>} */
  const shown = new Map();

  /** @param {string} id */
  const take = (id) => {
    const one = shown.get(id);
    if (!one) return;
    clearTimeout(one.timer);
    one.element.remove();
    shown.delete(id);
  };
  const clear = () => [...shown.keys()].forEach(take);

  /** @param {ChatMessage} message */
  const show = ({ id, name, color, text, person }) => {
    if (!isWanted() || isMuted(person)) return;
    take(id);
    const element = copy(template);
    part(element, "dot").style.setProperty("--person", color);
    say(part(element, "name"), name);
    say(part(element, "text"), text);
    layer.append(element);
    shown.set(id, { element, timer: setTimeout(() => take(id), SHOWN_MS) });
    for (const oldest of [...shown.keys()].slice(0, -MOST_AT_ONCE)) take(oldest);
  };

  return {
    clear,
    ...stopAll([party.on("chat", ({ message }) => show(message)), party.on("chat-removed", ({ messageId }) => take(messageId)), clear]),
  };
}
