// @ts-check
/** Where the film is not for everyone to control: says who does, and lets a guest ask. */

import { listen, part, say, stopAll } from "./dom.js";
import { controlReason } from "./house-words.js";
import { keepKeyboard } from "./keep-keyboard.js";

/** @import { Party } from "../room/party.js" */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root the sentence above the controls, with the button that asks
 * @param {Party} needs.party
 * @param {(sentence: string, act?: (() => void) | null, label?: string) => void} needs.tell over the film
 * @param {(sentence: string) => void} needs.announce
 * @param {() => void} needs.release gives the keyboard back to the film once there is nothing to ask for
 */
export function mountControlGate({ root, party, tell, announce, release }) {
  const button = part(root, "ask");
  const reason = () => controlReason(party.state.settings, party.may);
  const hasAsked = () => party.state.self !== null && party.state.asked.includes(party.state.self.id);
  const mayAsk = () => party.state.settings?.control === "ask" && !hasAsked();
  const ask = () => {
    party.askForControl();
    if (hasAsked()) announce("You have asked for control.");
  };
  const draw = () => {
    const why = reason();
    root.hidden = why === null;
    say(part(root, "words"), hasAsked() ? "You asked. A host will answer." : (why ?? ""));
    button.hidden = party.state.settings?.control !== "ask";
    root.toggleAttribute("data-button-says-it", mayAsk());
    say(button, hasAsked() ? "Ask again" : "Ask for control");
  };
  const redraw = () => keepKeyboard(root, draw, release);
  redraw();
  return {
    reason,
    /**
     * The same action, or where it is not ours the reason over the film.
     * @template {unknown[]} Args
     * @param {(...args: Args) => void} run
     * @returns {(...args: Args) => void}
     */
    guarded: (run) => (...args) => {
      const why = reason();
      if (why === null) return run(...args);
      tell(why, mayAsk() ? ask : null, "Ask for control");
      announce(why);
    },
    ...stopAll([party.subscribe(redraw), listen(button, "click", ask)]),
  };
}
