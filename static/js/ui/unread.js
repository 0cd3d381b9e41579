// @ts-check
/** Marks that there is something unread: how much on the chat's tab, a dot where the chat is opened. */

import { say } from "./dom.js";
import { count } from "./format.js";

const MOST_COUNTED = 99;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.figure on the tab
 * @param {HTMLElement} needs.words of it, for screen readers
 * @param {readonly HTMLElement[]} needs.openers buttons that lead to the chat; they carry data-unread
 */
export function mountUnread({ figure, words, openers }) {
  /** @param {number} amount */
  const show = (amount) => {
    figure.hidden = amount === 0;
    say(figure, amount > MOST_COUNTED ? `${MOST_COUNTED}+` : String(amount));
    say(words, amount === 0 ? "" : `, ${count(amount, "unread message")}`);
    for (const opener of openers) {
      opener.toggleAttribute("data-unread", amount > 0);
      if (amount > 0) opener.setAttribute("aria-description", count(amount, "unread message"));
      else opener.removeAttribute("aria-description");
    }
  };
  show(0);
  return { show };
}
