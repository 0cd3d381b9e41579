// @ts-check
/** Keys for the whole page, outside fields. */

import { listen, stopAll } from "./dom.js";
import { commandFor, placeOf } from "./keys.js";

/** @import { Command } from "./keys.js" */

/**
 * @param {object} needs
 * @param {EventTarget} needs.target
 * @param {() => boolean} needs.active
 * @param {Readonly<Record<Command, () => void>>} needs.commands
 */
export function mountKeyboard({ target, active, commands }) {
  return stopAll([
    listen(target, "keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.defaultPrevented || !active()) return;
      const command = commandFor(event, placeOf(event.target));
      if (command === null) return;
      event.preventDefault();
      commands[command]();
    }),
  ]);
}
