// @ts-check
/** Says who came and who went. */

import { stopAll } from "./dom.js";

/** @import { Party } from "../room/party.js" */

/** In a crowd comings and goings are noise. */
const CROWD = 20;

/**
 * @param {object} needs
 * @param {Party} needs.party
 * @param {(sentence: string) => void} needs.tell over the film
 * @param {(sentence: string) => void} needs.announce to screen readers
 */
export function mountCompany({ party, tell, announce }) {
  /** @param {string} sentence */
  const say = (sentence) => {
    if (party.state.userCount > CROWD) return;
    tell(sentence);
    announce(sentence);
  };
  return stopAll([
    party.on("user-joined", (user) => {
      if (user.id !== party.state.self?.id) say(`${user.name} came in.`);
    }),
    party.on("user-left", (user) => say(`${user.name} left.`)),
    party.on("joined", ({ again }) => announce(again ? "Connected again." : "You are in the room.")),
    party.on("ratelimit", () => tell("That was a little too fast.")),
  ]);
}
