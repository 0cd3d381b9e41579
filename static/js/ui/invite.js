// @ts-check
/** The invite link: shown, copied, confirmed. */

import { listen, need, part, say, stopAll } from "./dom.js";

/** @import { Settings } from "../room/house.js" */
/** @import { Party } from "../room/party.js" */

/**
 * @param {object} needs
 * @param {HTMLDialogElement} needs.dialog
 * @param {HTMLElement[]} needs.openers
 * @param {(text: string) => Promise<void>} needs.copy rejects where the browser forbids it
 * @param {Pick<Party, "state">} needs.party
 */
export function mountInvite({ dialog, openers, copy, party }) {
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
    say(part(dialog, "words"), inviteWords(party.state.settings));
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
 * What the link is worth.
 * @param {Settings | null} settings of the room
 */
export function inviteWords(settings) {
  if (settings?.locked) return "The room is locked: this link lets nobody new in until a host unlocks it.";
  if (settings?.hasPassword) return "Whoever opens this link and knows the password can come in.";
  return "Whoever opens this link can come in.";
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
