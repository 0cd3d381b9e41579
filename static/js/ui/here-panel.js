// @ts-check
/** Who reads these clocks now, under which name we are among them, and whether they see our city. */

import { shortName } from "../room/identity.js";
import { listen, need, part, say, stopAll } from "./dom.js";

/** @import { Profile } from "../room/identity.js" */
/** @import { Party } from "../room/party.js" */
/** @import { PartyState } from "../room/party-state.js" */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {Party} needs.party
 * @param {Profile} needs.profile as remembered
 * @param {string} needs.city that our time zone tells, or ""
 * @param {(name: string) => void} needs.rename
 * @param {(shareCity: boolean) => void} needs.share
 */
export function mountHerePanel({ root, party, profile, city, rename, share }) {
  const form = need(root, "form", HTMLFormElement);
  const field = need(root, "input[name=name]", HTMLInputElement);
  const box = need(root, "input[name=shareCity]", HTMLInputElement);
  const feedback = part(root, "feedback");
  /** The name that we asked for and that the room has not confirmed. @type {string | null} */
  let asked = null;

  /** @param {string} sentence @param {boolean} wrong */
  const tell = (sentence, wrong) => {
    feedback.dataset.wrong = String(wrong);
    field.setAttribute("aria-invalid", String(wrong));
    say(feedback, sentence);
  };
  const draw = () => {
    const { state } = party;
    const notice = hereNotice(state);
    say(part(root, "notice"), notice);
    part(root, "notice").hidden = notice === "";
    if (asked === null || state.self?.name !== asked) return;
    tell(`The others see you as ${asked}.`, false);
    asked = null;
  };
  const save = (/** @type {Event} */ event) => {
    event.preventDefault();
    const name = shortName(field.value);
    if (name === "") {
      tell("Tell the others what to call you.", true);
      field.focus();
      return;
    }
    tell("", false);
    asked = name;
    rename(name);
  };

  field.value = profile.name;
  box.checked = profile.shareCity;
  say(part(root, "guess"), city ? `(${city}, from your time zone)` : "(from your time zone)");
  draw();
  return stopAll([
    party.subscribe(draw),
    party.on("refusal", ({ message }) => {
      if (asked === null) return;
      asked = null;
      tell(message, true);
    }),
    listen(form, "submit", save),
    listen(field, "input", () => tell("", false)),
    listen(box, "change", () => share(box.checked)),
  ]);
}

/**
 * What has to be said about the list, if anything.
 * @param {Pick<PartyState, "phase" | "users" | "userCount">} state
 */
export function hereNotice({ phase, users, userCount }) {
  if (phase === "reconnecting") return "Reconnecting. This is who was here a moment ago.";
  if (phase === "idle" || phase === "connecting") return "Looking who is here…";
  if (phase === "joined" && userCount > users.length) return `Too many to list: ${users.length} of ${userCount} are shown.`;
  return "";
}
