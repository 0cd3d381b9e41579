// @ts-check
/** Reactions over the picture: each rises where it was sent and when the film is there, many of them painted, and some as counted ones. */

import { Anchored } from "./anchored.js";
import { Crowd } from "./crowd.js";
import { copy, part, say, stopAll } from "./dom.js";
import { fromPercent } from "./geometry.js";
import { areMany } from "./many.js";
import { appear, rise } from "./rise.js";
import { Tally } from "./tally.js";

/** @import { Reaction } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Timers } from "../room/timer.js" */
/** @import { Film } from "./anchored.js" */
/** @import { BurstStamps } from "./burst-stamps.js" */
/** @import { Burst } from "./crowd.js" */
/** @import { FrameLoop } from "./loop.js" */
/** @import { Brush, Painter } from "./sheet.js" */

/** As long as the animation in reactions.css. */
const FLOAT_MS = 3000;
/** How finely those that wait look at the film. */
const LOOK_MS = 50;
/** How far the way up may lead aside, pixels from one side to the other. */
const SWAY_PX = 48;

/** One that is painted. @typedef {{x: number, y: number, emoji: string, sway: number, bornMs: number}} Painted */

/**
 * @param {Timers & {
 *   layer: HTMLElement,
 *   template: HTMLTemplateElement,
 *   stamps: Pick<BurstStamps, "paint">,
 *   sheet: {add: (painter: Painter) => () => void},
 *   size: () => {width: number, height: number},
 *   calm: () => boolean,
 *   party: Party,
 *   loop: FrameLoop,
 *   film: () => Film | null,
 *   now: () => number,
 *   isHidden: () => boolean,
 *   random: () => number,
 *   announce: (sentence: string) => void,
 * }} needs `layer` is as large as the picture, which has this `size`; `calm`: reduced motion; `film` is this viewer's own, null while none is there; nothing rises on a hidden page
 */
export function mountBursts({ layer, template, stamps, sheet, size, calm, party, loop, film, now, isHidden, random, announce, setTimeout, clearTimeout }) {
  /** @type {Anchored<Reaction>} */
  const anchored = new Anchored();
  const crowd = new Crowd({ lifeMs: FLOAT_MS });
  const tally = new Tally({ announce, setTimeout, clearTimeout });
  /** @type {Map<Burst, HTMLElement>} */
  const risen = new Map();
  /** @type {Set<unknown>} */
  const timers = new Set();
  /** @type {(() => void) | null} */
  let looking = null;

  /** @type {Map<Burst, Painted>} */
  const painted = new Map();

  /** @param {Brush} brush @param {number} nowMs */
  const paint = (brush, nowMs) => {
    const [picture, pose] = [{ ...size(), left: 0, top: 0 }, calm() ? appear : rise];
    for (const [burst, { x, y, emoji, sway, bornMs }] of painted) {
      const share = (nowMs - bornMs) / FLOAT_MS;
      if (share >= 1) {
        painted.delete(burst);
        continue;
      }
      const { left, top } = fromPercent(picture, x, y);
      stamps.paint(brush, { x: left, y: top, emoji, count: counted(burst) }, pose(share, sway));
    }
    return painted.size > 0 ? 0 : Infinity;
  };
  const wakeSheet = sheet.add(paint);

  /** @param {Reaction} reaction @param {Burst} burst @param {string} name @param {number} sway */
  const float = ({ x, y, userId, emoji }, burst, name, sway) => {
    const element = copy(template);
    element.style.left = `${x}%`;
    element.style.top = `${y}%`;
    element.style.setProperty("--sway", `${sway}px`);
    element.dataset.userId = userId;
    say(part(element, "emoji"), emoji);
    say(part(element, "name"), name);
    layer.append(element);
    risen.set(burst, element);
    const timer = setTimeout(() => {
      timers.delete(timer);
      risen.delete(burst);
      element.remove();
    }, FLOAT_MS);
    timers.add(timer);
  };
  /** As an element, or on the sheet where there are many: so many names would hide the film. @param {Reaction} reaction @param {Burst} burst @param {string} name */
  const raise = (reaction, burst, name) => {
    const sway = Math.round((random() - 0.5) * SWAY_PX);
    if (!areMany(risen.size + painted.size + 1, painted.size > 0)) return float(reaction, burst, name, sway);
    const { x, y, emoji } = reaction;
    painted.set(burst, { x, y, emoji, sway, bornMs: now() });
    wakeSheet();
  };

  /** @param {Reaction} reaction */
  const show = (reaction) => {
    const { users, self } = party.state;
    const { userId, emoji } = reaction;
    const name = users.find((user) => user.id === userId)?.name ?? null;
    const own = userId === self?.id;
    const burst = crowd.add(emoji, now());
    const element = risen.get(burst);
    if (element) say(part(element, "count"), counted(burst));
    else if (!painted.has(burst)) raise(reaction, burst, own || burst.isCounter ? "" : (name ?? ""));
    if (!own) tally.note({ emoji, userId, name });
  };

  const rest = () => {
    looking?.();
    looking = null;
  };
  const look = () => {
    for (const reaction of anchored.due(film(), now())) show(reaction);
    if (anchored.isEmpty) rest();
  };
  /** @param {readonly Reaction[]} reactions */
  const hear = (reactions) => {
    if (isHidden()) return;
    for (const reaction of reactions) {
      if (reaction.userId === party.state.self?.id || anchored.take(reaction, film(), now())) show(reaction);
    }
    if (!anchored.isEmpty) looking ??= loop.add(look, { everyMs: LOOK_MS });
  };

  return stopAll([
    party.on("reactions", hear),
    // Another film: what was meant for the one before is over.
    party.on("action", ({ kind }) => kind === "source" && anchored.clear()),
    () => tally.stop(),
    () => timers.forEach((timer) => clearTimeout(timer)),
    rest,
  ]);
}

/** @param {Burst} burst */
function counted({ count }) {
  return count > 1 ? `×${count}` : "";
}
