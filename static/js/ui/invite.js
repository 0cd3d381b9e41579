// @ts-check
/** The invite link: shown, copied, confirmed. */

import { listen, need, say, stopAll } from "./dom.js";

/**
 * @param {object} needs
 * @param {HTMLDialogElement} needs.dialog
 * @param {HTMLElement[]} needs.openers
 * @param {(text: string) => Promise<void>} needs.copy rejects where the browser forbids it
 */
export function mountInvite({ dialog, openers, copy }) {
  const link = need(dialog, "#invite-link", HTMLInputElement);
  const button = need(dialog, "#invite-copy", HTMLButtonElement);
  const said = need(dialog, "#invite-said", HTMLElement);

  const copyLink = async () => {
    link.select();
    try {
      await copy(link.value);
      say(said, "Copied. Send it to whoever should watch with you.");
      say(button, "Copied");
    } catch {
      // Pages without TLS may not touch the clipboard; the link is selected for the hand.
      say(said, "The link is selected: copy it with Ctrl+C or ⌘C.");
    }
  };
  const open = () => {
    say(said, "");
    say(button, "Copy");
    if (!dialog.open) dialog.showModal();
    link.select();
  };
  return stopAll([
    ...openers.map((opener) => listen(opener, "click", open)),
    listen(button, "click", () => void copyLink()),
    mountBackdrop(dialog),
  ]);
}

/**
 * A click beside a dialog closes it, as everybody expects.
 * @param {HTMLDialogElement} dialog
 * @returns {() => void}
 */
export function mountBackdrop(dialog) {
  return listen(dialog, "click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}
