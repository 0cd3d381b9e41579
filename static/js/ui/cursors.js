// @ts-check
/** Other people's pointers over the picture: small, named, smooth, fading when idle; few are elements, many are painted. */

import { CursorElements } from "./cursor-elements.js";
import { CursorPainting } from "./cursor-painting.js";
import { stopAll } from "./dom.js";
import { fromPercent } from "./geometry.js";
import { Glide } from "./glide.js";
import { areMany } from "./many.js";

/** @import { Cursor, User } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Place } from "./glide.js" */
/** @import { FrameLoop } from "./loop.js" */
/** @import { PointerStamps } from "./pointer-stamps.js" */
/** @import { Brush, Painter } from "./sheet.js" */

/** More would hide the film. */
const MOST = 60;
/** Square pixels of picture for each name; whoever has pointed longest has one, so that none flickers. */
const ROOM_FOR_NAME = 9000;
/** From here on a name stands on the other side of its arrow, percent. */
const LEFT_FROM = 80;
const UP_FROM = 90;

/** `user` null: not listed, as in large rooms. @typedef {{user: Readonly<User> | null, glide: Glide}} Pointer */
/** x and y: pixels of the picture; left, up: the side of its name. @typedef {{user: Pointer["user"], x: number, y: number, left: boolean, up: boolean, tapped: boolean, idle: boolean}} Drawn */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.layer as large as the picture
 * @param {HTMLTemplateElement} needs.template
 * @param {Pick<PointerStamps, "paint">} needs.stamps
 * @param {{add: (painter: Painter) => () => void}} needs.sheet
 * @param {Party} needs.party
 * @param {FrameLoop} needs.loop
 * @param {() => {width: number, height: number}} needs.size of the layer
 * @param {() => number} needs.now the loop's clock
 * @param {() => boolean} needs.calm reduced motion: they jump
 * @param {() => boolean} needs.shown whether the viewer wants to see them
 */
export function mountCursors({ layer, template, stamps, sheet, party, loop, size, now, calm, shown }) {
  /** @type {Map<string, Pointer>} */
  const pointers = new Map();
  const elements = new CursorElements({ layer, template });
  const painting = new CursorPainting({ stamps });
  let many = false;
  /** How long the last drawing is good for. */
  let restMs = 0;
  let rest = () => {};

  /** @param {number} nowMs */
  const draw = (nowMs) => {
    forgetGone(pointers, nowMs);
    elements.show(pointers, (pointer) => drawn(pointer, size(), nowMs, calm()));
    restMs = leastRestMs(pointers, nowMs);
    if (pointers.size === 0) rest();
  };
  /** @param {Brush} brush @param {number} nowMs */
  const paint = (brush, nowMs) => {
    if (pointers.size === 0 && !many) return Infinity;
    forgetGone(pointers, nowMs);
    const were = many;
    many = areMany(pointers.size, were);
    if (many) {
      if (!were) elements.clear();
      return paintAll(brush, nowMs);
    }
    // In this very frame: none is missing in between.
    if (were) draw(nowMs);
    if (were) wake();
    return Infinity;
  };
  /** @param {Brush} brush @param {number} nowMs */
  const paintAll = (brush, nowMs) => {
    const [isCalm, picture] = [calm(), size()];
    let moves = false;
    let names = Math.ceil((picture.width * picture.height) / ROOM_FOR_NAME);
    for (const pointer of pointers.values()) {
      const pose = { ...drawn(pointer, picture, nowMs, isCalm), named: names-- > 0 };
      moves = painting.paint(brush, nowMs, pointer, pose, isCalm) || moves;
    }
    return moves ? 0 : leastRestMs(pointers, nowMs);
  };
  const wakeSheet = sheet.add(paint);
  /** Draws from the next frame on, and, once all stand, not before one fades. */
  const wake = () => {
    rest();
    if (areMany(pointers.size, many)) return wakeSheet();
    rest = loop.add(draw, { everyMs: () => restMs });
  };

  /** @param {readonly Cursor[]} cursors */
  const hear = (cursors) => {
    if (!shown()) return;
    const { self, users, userCount } = party.state;
    const listed = new Map(users.map((user) => [user.id, user]));
    const isWhole = users.length === userCount;
    const nowMs = now();
    for (const { userId, x, y } of cursors) {
      const known = pointers.get(userId);
      if (userId === self?.id || (!known && pointers.size >= MOST)) continue;
      const user = listed.get(userId) ?? null;
      // In a large room not everyone is listed; in others an unlisted one has just gone.
      if (!user && isWhole) continue;
      if (known) known.glide.hear({ x, y }, nowMs);
      else pointers.set(userId, { user, glide: new Glide({ x, y }, nowMs) });
      if (known && user) known.user = user;
    }
    wake();
  };

  /** @param {string} userId */
  const leave = (userId) => {
    pointers.get(userId)?.glide.leave(now());
    if (pointers.has(userId)) wake();
  };
  const clear = () => {
    pointers.clear();
    elements.clear();
    rest();
    if (many) wakeSheet();
  };

  return {
    clear,
    /** After the picture has taken another place or size. */
    redraw: () => pointers.size > 0 && wake(),
    ...stopAll([party.on("cursors", hear), party.on("cursor-gone", leave), clear]),
  };
}

/** @param {Map<string, Pointer>} pointers @param {number} nowMs */
function forgetGone(pointers, nowMs) {
  for (const [userId, { glide }] of pointers) if (glide.look(nowMs) === "gone") pointers.delete(userId);
}

/** @param {ReadonlyMap<string, Pointer>} pointers @param {number} nowMs */
function leastRestMs(pointers, nowMs) {
  let restMs = Infinity;
  for (const { glide } of pointers.values()) restMs = Math.min(restMs, glide.restMs(nowMs));
  return restMs;
}

/**
 * @param {Pointer} pointer
 * @param {{width: number, height: number}} picture
 * @param {number} nowMs
 * @param {boolean} calm
 * @returns {Drawn}
 */
function drawn({ user, glide }, picture, nowMs, calm) {
  /** @type {Place} */
  const { x, y } = calm ? glide.goal : glide.at(nowMs);
  const { left, top } = fromPercent({ ...picture, left: 0, top: 0 }, x, y);
  return { user, x: left, y: top, left: x > LEFT_FROM, up: y > UP_FROM, tapped: glide.tapped, idle: glide.look(nowMs) === "idle" };
}
