// @ts-check
/** Other people's pointers over the picture: small, named, smooth, fading when idle; a finger's tap is a ring. */

import { copy, part, say, stopAll } from "./dom.js";
import { fromPercent } from "./geometry.js";
import { Glide } from "./glide.js";

/** @import { Cursor, User } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Place } from "./glide.js" */
/** @import { FrameLoop } from "./loop.js" */

/** More would hide the film. */
const MOST = 60;
/** From here on a name stands on the other side of its arrow, percent. */
const LEFT_FROM = 80;
const UP_FROM = 90;

/** @typedef {{element: HTMLElement, glide: Glide}} Pointer */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.layer as large as the picture
 * @param {HTMLTemplateElement} needs.template
 * @param {Party} needs.party
 * @param {FrameLoop} needs.loop
 * @param {() => {width: number, height: number}} needs.size of the layer
 * @param {() => number} needs.now the loop's clock
 * @param {() => boolean} needs.calm reduced motion: they jump
 * @param {() => boolean} needs.shown whether the viewer wants to see them
 */
export function mountCursors({ layer, template, party, loop, size, now, calm, shown }) {
  /** @type {Map<string, Pointer>} */
  const pointers = new Map();
  /** How long the last drawing is good for. */
  let restMs = 0;
  let rest = () => {};

  /** @param {number} nowMs */
  const draw = (nowMs) => {
    restMs = Infinity;
    const picture = { ...size(), left: 0, top: 0 };
    for (const [userId, { element, glide }] of pointers) {
      const look = glide.look(nowMs);
      if (look === "gone") {
        element.remove();
        pointers.delete(userId);
        continue;
      }
      const { x, y } = calm() ? glide.goal : glide.at(nowMs);
      const { left, top } = fromPercent(picture, x, y);
      element.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
      element.classList.toggle("cursor--idle", look === "idle");
      element.classList.toggle("cursor--tap", glide.tapped);
      element.classList.toggle("cursor--left", x > LEFT_FROM);
      element.classList.toggle("cursor--up", y > UP_FROM);
      restMs = Math.min(restMs, glide.restMs(nowMs));
    }
    if (pointers.size === 0) rest();
  };
  /** Draws from the next frame on, and, once all stand, not before one fades. */
  const wake = () => {
    rest();
    rest = loop.add(draw, { everyMs: () => restMs });
  };

  /**
   * @param {string} userId
   * @param {Place} place
   */
  const appear = (userId, place) => {
    const pointer = { element: copy(template), glide: new Glide(place, now()) };
    pointer.element.dataset.userId = userId;
    pointers.set(userId, pointer);
    layer.append(pointer.element);
    return pointer;
  };
  /** @param {readonly Cursor[]} cursors */
  const hear = (cursors) => {
    if (!shown()) return;
    const { self, users, userCount } = party.state;
    const isWhole = users.length === userCount;
    for (const { userId, x, y } of cursors) {
      const known = pointers.get(userId);
      if (userId === self?.id || (!known && pointers.size >= MOST)) continue;
      const user = users.find((one) => one.id === userId);
      // In a large room not everyone is listed; in others an unlisted one has just gone.
      if (!user && isWhole) continue;
      const { element } = known ?? appear(userId, { x, y });
      known?.glide.hear({ x, y }, now());
      if (user) dress(element, user);
    }
    wake();
  };

  /** @param {string} userId */
  const leave = (userId) => {
    pointers.get(userId)?.glide.leave(now());
    if (pointers.has(userId)) wake();
  };
  const clear = () => {
    for (const { element } of pointers.values()) element.remove();
    pointers.clear();
    rest();
  };

  return { clear, ...stopAll([party.on("cursors", hear), party.on("cursor-gone", leave), clear]) };
}

/**
 * @param {HTMLElement} element
 * @param {User} user
 */
function dress(element, { name, color }) {
  element.style.setProperty("--person", color);
  say(part(element, "name"), name);
}
