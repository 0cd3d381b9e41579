// @ts-check
/** "Wait for everyone": the room's setting, for all to see and for those who may to change. */

import { listen, need, say, stopAll } from "./dom.js";

/** @import { Party } from "../room/party.js" */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {Party} needs.party
 */
export function mountWaitSwitch({ root, party }) {
  const box = need(root, "input", HTMLInputElement);
  const words = need(root, "[data-part='words']", HTMLElement);
  const draw = () => {
    const on = party.state.settings?.waitForAll ?? false;
    const mine = maySet(party);
    box.checked = on;
    box.disabled = !mine;
    say(words, `${waitSentence(on)}${mine ? "" : " Hosts decide that here."}`);
  };
  draw();
  return stopAll([
    party.subscribe(draw),
    // What the room answers is shown; a refusal leaves the switch where it was.
    party.on("refusal", draw),
    listen(box, "change", () => party.changeSettings({ waitForAll: box.checked })),
  ]);
}

/**
 * Hosts may, and where nobody owns the room whoever controls the film.
 * @param {Pick<Party, "state" | "may">} party
 */
export function maySet({ state, may }) {
  return may.host || (state.room?.createdBy === "" && may.control);
}

/** @param {boolean} on */
export function waitSentence(on) {
  return on
    ? "When somebody’s film runs dry it stands for all, a few seconds at most."
    : "Whoever is still loading catches up; the film goes on for the others.";
}
