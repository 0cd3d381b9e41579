// @ts-check
/** A small set of emoji beside the box: arrows move in the grid, a choice goes where the cursor stands. */

import { listen, stopAll } from "./dom.js";
import { mountRoving } from "./roving.js";

/** chat-box.css draws as many. */
const COLUMNS = 6;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root holds buttons with data-emoji
 * @param {HTMLElement} needs.button opens and closes it
 * @param {(emoji: string) => void} needs.insert
 * @param {() => void} needs.leave gives the keyboard back to the box
 */
export function mountEmojiPicker({ root, button, insert, leave }) {
  const choices = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-emoji]")]);
  /** @param {boolean} open */
  const show = (open) => {
    root.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  const close = () => {
    show(false);
    leave();
  };
  return {
    get isOpen() {
      return !root.hidden;
    },
    close,
    ...stopAll([
      mountRoving(root, choices, { columns: COLUMNS }),
      listen(button, "click", () => {
        if (!root.hidden) return close();
        show(true);
        choices.find((choice) => choice.tabIndex === 0)?.focus();
      }),
      listen(root, "click", (/** @type {MouseEvent} */ event) => {
        const choice = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-emoji]"));
        if (choice?.dataset.emoji) insert(choice.dataset.emoji);
      }),
      listen(root, "keydown", (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }),
    ]),
  };
}
