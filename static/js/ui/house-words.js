// @ts-check
/** What is said when somebody changes the room or what somebody may do in it; pure. */

import { count } from "./format.js";

/** @import { Role } from "../protocol/protocol.js" */
/** @import { Settings } from "../room/house.js" */
/** @import { May } from "../room/may.js" */

/** More changes at once than this are one sentence. */
const MOST_SENTENCES = 2;

/** By setting: what follows the name of who changed it. @type {Readonly<{[Name in keyof Settings]: (value: Settings[Name]) => string}>} */
const CHANGES = Object.freeze({
  title: (title) => `named the room “${title}”.`,
  control: (control) => `${{ everyone: "lets everyone control the film", hosts: "lets only hosts control the film", ask: "wants guests to ask before they control the film" }[control]}.`,
  waitForAll: (waits) => (waits ? "lets the film wait for whoever has to load." : "no longer lets the film wait for whoever has to load."),
  locked: (locked) => (locked ? "locked the door: nobody new comes in." : "unlocked the door."),
  hasPassword: (has) => (has ? "set a password for whoever comes anew." : "took the password away."),
  public: (isPublic) => (isPublic ? "put the room on the public list." : "took the room off the public list."),
  maxUsers: (most) => `lets in ${count(most, "viewer")} at most.`,
  chatBy: (writers) => (writers === "everyone" ? "lets everyone write." : "lets only hosts write."),
  slowModeS: (seconds) => (seconds ? `turned slow mode on: one message every ${seconds} s.` : "turned slow mode off."),
  onEnd: (onEnd) => (onEnd === "loop" ? "lets the film begin again at its end." : "lets the film stop at its end."),
});

/**
 * Which settings differ.
 * @param {Settings} before
 * @param {Settings} after
 */
export function changedSettings(before, after) {
  const names = /** @type {(keyof Settings)[]} */ (Object.keys(CHANGES));
  return names.filter((name) => before[name] !== after[name]);
}

/**
 * "Ada locked the door: nobody new comes in."
 * @param {string | null} name null: the room, or somebody not in the list
 * @param {Settings | null} before
 * @param {Settings} after
 * @returns {string} empty where nothing differs that can be seen
 */
export function settingsSentence(name, before, after) {
  if (!before) return "";
  const who = name ?? "The room";
  const changed = changedSettings(before, after);
  if (changed.length > MOST_SENTENCES) return `${who} changed ${changed.length} of the room’s settings.`;
  return changed.map((setting) => `${who} ${changeOf(setting, after)}`).join(" ");
}

/**
 * @template {keyof Settings} Name
 * @param {Name} name
 * @param {Settings} after
 */
function changeOf(name, after) {
  return CHANGES[name](after[name]);
}

/**
 * "Ada made Ben a host."
 * @param {{by: string | null, own: boolean, name: string | null, ofSelf: boolean, role: Role, reason: "given" | "succession" | "return", before: string | null}} change
 *   names of who did it, of whose role it is, and of who owned the room before; null: not known here
 */
export function roleSentence({ by, own, name, ofSelf, role, reason, before }) {
  const whom = ofSelf ? "You" : (name ?? "Somebody");
  if (reason === "succession") {
    const owns = `${whom} ${ofSelf ? "own" : "owns"} the room until`;
    return before ? `${before} has left. ${owns} ${before} is back.` : `The owner has left. ${owns} they are back.`;
  }
  if (reason === "return") return ofSelf ? "You own the room again." : `${whom} is back and owns the room again.`;
  const who = doer(by, own);
  const object = ofSelf ? "you" : (name ?? "somebody");
  if (role === "owner") return `${who} handed the room over to ${object}.`;
  return `${who} made ${object} a ${role}.`;
}

/**
 * "Ada lets Ben control the film."
 * @param {{by: string | null, own: boolean, name: string | null, ofSelf: boolean, granted: boolean, before: boolean}} answer `before`: they had control
 * @returns {string} empty where a stranger's ask was put off
 */
export function controlSentence({ by, own, name, ofSelf, granted, before }) {
  const who = doer(by, own);
  const whom = ofSelf ? "you" : (name ?? "somebody");
  if (granted) return `${who} ${own ? "let" : "lets"} ${whom} control the film.`;
  if (before) return `${who} took control back from ${whom}.`;
  return ofSelf ? `${who} asks you to leave the controls for now.` : "";
}

/**
 * "Ada banned Ben."
 * @param {{by: string | null, own: boolean, name: string | null, ban: boolean}} removal
 */
export function removalSentence({ by, own, name, ban }) {
  return `${doer(by, own)} ${ban ? "banned" : "removed"} ${name ?? "somebody"}.`;
}

/**
 * Why the controls are not for this viewer.
 * @param {Settings | null} settings
 * @param {Pick<May, "control">} may
 * @returns {string | null} null: they are
 */
export function controlReason(settings, may) {
  if (!settings || may.control) return null;
  return settings.control === "ask" ? "Guests ask before they control this film." : "Only hosts control this film.";
}

/** @param {string | null} name @param {boolean} own */
function doer(name, own) {
  return own ? "You" : (name ?? "The room");
}
