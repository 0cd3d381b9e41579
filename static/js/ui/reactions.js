// @ts-check
/** Twelve emoji: sent from the bar or by a double click in the picture, rising where they were sent. */

import { copy, listen, part, say, stopAll } from "./dom.js";
import { fromPercent, toPercent } from "./geometry.js";
import { mountRoving } from "./roving.js";

/** @import { Emoji, Reaction } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Rect } from "./geometry.js" */

const FLOAT_MS = 3000;
/** A storm of reactions must not become a storm of elements. */
const MOST_AT_ONCE = 60;
/** From the bar they rise where nobody's face usually is. */
const BAR_PLACE = Object.freeze({ x: 50, spreadX: 36, y: 82, spreadY: 8 });
const HEART = "❤️";

/**
 * @param {object} needs
 * @param {HTMLElement} needs.film
 * @param {HTMLElement} needs.layer
 * @param {HTMLElement} needs.bar
 * @param {HTMLTemplateElement} needs.template
 * @param {Party} needs.party
 * @param {() => Rect} needs.picture from the layer's own corner
 * @param {() => number} needs.random
 * @param {(run: () => void, delayMs: number) => unknown} needs.setTimeout
 * @param {(handle: any) => void} needs.clearTimeout
 * @param {(sentence: string) => void} needs.announce
 */
export function mountReactions({ film, layer, bar, template, party, picture, random, setTimeout, clearTimeout, announce }) {
  /** @type {Set<unknown>} */
  const timers = new Set();

  /** @param {readonly Reaction[]} reactions */
  const show = (reactions) => {
    const { users, self } = party.state;
    for (const { emoji, userId, x, y } of reactions.slice(-MOST_AT_ONCE)) {
      const element = copy(template);
      const { left, top } = fromPercent(picture(), x, y);
      element.style.left = `${left.toFixed(1)}px`;
      element.style.top = `${top.toFixed(1)}px`;
      element.style.setProperty("--sway", `${Math.round((random() - 0.5) * 48)}px`);
      element.dataset.userId = userId;
      say(part(element, "emoji"), emoji);
      const sender = users.find((user) => user.id === userId);
      say(part(element, "name"), sender && sender.id !== self?.id ? sender.name : "");
      layer.append(element);
      while (layer.childElementCount > MOST_AT_ONCE) layer.firstElementChild?.remove();
      const timer = setTimeout(() => {
        timers.delete(timer);
        element.remove();
      }, FLOAT_MS);
      timers.add(timer);
    }
    const others = reactions.filter((reaction) => reaction.userId !== self?.id);
    if (others.length > 0) announce(burstSentence(others, users));
  };

  return stopAll([
    party.on("reactions", show),
    listen(bar, "click", (/** @type {MouseEvent} */ event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-emoji]") : null;
      if (!(button instanceof HTMLElement)) return;
      const { x, spreadX, y, spreadY } = BAR_PLACE;
      party.react(/** @type {Emoji} */ (button.dataset.emoji), x + (random() - 0.5) * spreadX, y + (random() - 0.5) * spreadY);
    }),
    mountRoving(bar, [...bar.querySelectorAll("button")]),
    listen(film, "dblclick", (/** @type {MouseEvent} */ event) => {
      if (event.target instanceof Element && event.target.closest("button, input, select, .controls, .chat-box")) return;
      const box = layer.getBoundingClientRect();
      const place = toPercent(picture(), event.clientX - box.left, event.clientY - box.top);
      if (place) party.react(HEART, place.x, place.y);
    }),
    () => timers.forEach((timer) => clearTimeout(timer)),
  ]);
}

/**
 * One sentence for a whole burst.
 * @param {readonly Reaction[]} reactions
 * @param {readonly {id: string, name: string}[]} users
 */
export function burstSentence(reactions, users) {
  const signs = [...new Set(reactions.map((reaction) => reaction.emoji))].slice(0, 3).join(" ");
  const senders = new Set(reactions.map((reaction) => reaction.userId));
  const first = users.find((user) => senders.has(user.id))?.name ?? "Somebody";
  if (senders.size === 1) return `${first} reacted ${signs}`;
  return `${first} and ${senders.size - 1} more reacted ${signs}`;
}
