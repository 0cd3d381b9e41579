// @ts-check
/** Other people's cursors over the picture: small, named, smooth, fading when idle; ours is sent. */

import { copy, listen, part, say, stopAll } from "./dom.js";
import { fromPercent, toPercent } from "./geometry.js";

/** @import { Cursor } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Rect } from "./geometry.js" */
/** @import { FrameLoop } from "./loop.js" */

/** Reaches a new place in about as long as the next one takes to arrive. */
const SMOOTHING_MS = 60;
const IDLE_MS = 3000;
const GONE_MS = 10_000;

/**
 * @typedef {object} Pointer
 * @property {HTMLElement} element
 * @property {number} x percent, as drawn
 * @property {number} y
 * @property {number} toX percent, as heard
 * @property {number} toY
 * @property {number} heardMs
 */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.film where the hand is followed
 * @param {HTMLElement} needs.layer where cursors are drawn
 * @param {HTMLTemplateElement} needs.template
 * @param {Party} needs.party
 * @param {FrameLoop} needs.loop
 * @param {() => Rect} needs.picture from the layer's own corner
 * @param {() => number} needs.now same clock as the loop's
 * @param {() => boolean} needs.calm reduced motion: cursors jump
 */
export function mountCursors({ film, layer, template, party, loop, picture, now, calm }) {
  /** @type {Map<string, Pointer>} */
  const pointers = new Map();
  /** @type {(() => void) | null} */
  let resting = null;
  let drawnMs = now();

  /** @param {string} userId */
  const remove = (userId) => {
    pointers.get(userId)?.element.remove();
    pointers.delete(userId);
  };

  /** @param {number} nowMs */
  const draw = (nowMs) => {
    const share = calm() ? 1 : 1 - Math.exp(-Math.max(0, nowMs - drawnMs) / SMOOTHING_MS);
    drawnMs = nowMs;
    const rect = picture();
    for (const [userId, pointer] of pointers) {
      const silentMs = nowMs - pointer.heardMs;
      if (silentMs > GONE_MS) {
        remove(userId);
        continue;
      }
      pointer.x += (pointer.toX - pointer.x) * share;
      pointer.y += (pointer.toY - pointer.y) * share;
      const { left, top } = fromPercent(rect, pointer.x, pointer.y);
      pointer.element.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
      pointer.element.classList.toggle("cursor--idle", silentMs > IDLE_MS);
      pointer.element.classList.toggle("cursor--left", pointer.x > 80);
    }
    if (pointers.size === 0) rest();
  };

  const rest = () => {
    resting?.();
    resting = null;
  };

  /** @param {readonly Cursor[]} cursors */
  const hear = (cursors) => {
    const { self, users } = party.state;
    for (const { userId, x, y } of cursors) {
      if (userId === self?.id) continue;
      const user = users.find((one) => one.id === userId);
      if (!user) continue;
      let pointer = pointers.get(userId);
      if (!pointer) {
        const element = copy(template);
        element.dataset.userId = userId;
        layer.append(element);
        pointer = { element, x, y, toX: x, toY: y, heardMs: now() };
        pointers.set(userId, pointer);
      }
      Object.assign(pointer, { toX: x, toY: y, heardMs: now() });
      pointer.element.style.setProperty("--person", user.color);
      say(part(pointer.element, "name"), user.name);
    }
    if (pointers.size > 0 && resting === null) {
      drawnMs = now();
      resting = loop.add(draw);
    }
  };

  const hand = followHand({ film, party, picture, layer });
  return stopAll([
    party.on("cursors", hear),
    party.on("cursor-gone", remove),
    party.on("user-left", (user) => remove(user.id)),
    hand,
    rest,
  ]);
}

/**
 * Tells the party where our own mouse is; it sends what the limit allows, and the last place always.
 * @param {{film: HTMLElement, layer: HTMLElement, party: Party, picture: () => Rect}} needs
 */
function followHand({ film, layer, party, picture }) {
  const stopMove = listen(film, "pointermove", (/** @type {PointerEvent} */ event) => {
    if (event.pointerType !== "mouse") return;
    const box = layer.getBoundingClientRect();
    const place = toPercent(picture(), event.clientX - box.left, event.clientY - box.top);
    if (place === null) party.leaveCursor();
    else party.moveCursor(place.x, place.y);
  });
  const stopLeave = listen(film, "pointerleave", () => party.leaveCursor());
  return () => {
    stopMove();
    stopLeave();
  };
}
