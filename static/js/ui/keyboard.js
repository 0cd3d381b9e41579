// @ts-check
/** Keys for the whole page, outside fields. */

import { listen, stopAll } from "./dom.js";
import { commandFor, placeOf, reactionFor } from "./keys.js";

/** @import { Command } from "./keys.js" */

/**
 * @param {object} needs
 * @param {EventTarget} needs.target
 * @param {() => boolean} needs.active
 * @param {Readonly<Record<Command, () => void>>} needs.commands
 * @param {(index: number) => void} needs.react with one of the twelve emoji
 */
export function mountKeyboard({ target, active, commands, react }) {
  return stopAll([
    listen(target, "keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.defaultPrevented || !active()) return;
      const place = placeOf(event.target);
      const command = commandFor(event, place);
      const reaction = command === null ? reactionFor(event, place) : null;
      if (command === null && reaction === null) return;
      event.preventDefault();
      if (command !== null) commands[command]();
      else if (reaction !== null) react(reaction);
    }),
  ]);
}
