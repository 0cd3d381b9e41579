// @ts-check
/** Reactions over the picture: each rises where it was sent and when the film is there, many of them as counted ones. */

import { Anchored } from "./anchored.js";
import { Crowd } from "./crowd.js";
import { copy, part, say, stopAll } from "./dom.js";
import { Tally } from "./tally.js";

/** @import { Reaction } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Timers } from "../room/timer.js" */
/** @import { Film } from "./anchored.js" */
/** @import { Burst } from "./crowd.js" */
/** @import { FrameLoop } from "./loop.js" */

/** As long as the animation in reactions.css. */
const FLOAT_MS = 3000;
/** How finely those that wait look at the film. */
const LOOK_MS = 50;

/**
 * @param {Timers & {
 *   layer: HTMLElement,
 *   template: HTMLTemplateElement,
 *   party: Party,
 *   loop: FrameLoop,
 *   film: () => Film | null,
 *   now: () => number,
 *   isHidden: () => boolean,
 *   random: () => number,
 *   announce: (sentence: string) => void,
 * }} needs `layer` is as large as the picture; `film` is this viewer's own, null while none is there; nothing rises on a hidden page
 */
export function mountBursts({ layer, template, party, loop, film, now, isHidden, random, announce, setTimeout, clearTimeout }) {
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

  /** @param {Reaction} reaction @param {Burst} burst @param {string} name */
  const raise = ({ x, y, userId, emoji }, burst, name) => {
    const element = copy(template);
    element.style.left = `${x}%`;
    element.style.top = `${y}%`;
    element.style.setProperty("--sway", `${Math.round((random() - 0.5) * 48)}px`);
    element.dataset.userId = userId;
    say(part(element, "emoji"), emoji);
    say(part(element, "name"), burst.isCounter ? "" : name);
    layer.append(element);
    risen.set(burst, element);
    const timer = setTimeout(() => {
      timers.delete(timer);
      risen.delete(burst);
      element.remove();
    }, FLOAT_MS);
    timers.add(timer);
  };

  /** @param {Reaction} reaction */
  const show = (reaction) => {
    const { users, self } = party.state;
    const { userId, emoji } = reaction;
    const name = users.find((user) => user.id === userId)?.name ?? null;
    const own = userId === self?.id;
    const burst = crowd.add(emoji, now());
    const element = risen.get(burst);
    if (element) say(part(element, "count"), `×${burst.count}`);
    else raise(reaction, burst, own ? "" : (name ?? ""));
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
