// @ts-check
/** What a host or the owner may do with somebody in the list; pure. The server decides. */

/** @import { User } from "../protocol/protocol.js" */
/** @import { PartyState } from "../room/party-state.js" */
/** @import { May } from "../room/may.js" */

/**
 * @typedef {"make-host" | "make-guest" | "let-control" | "take-control" | "hand-over" | "remove" | "ban"} Action
 */

/** In the order of the menu. @type {Readonly<Record<Action, string>>} */
export const LABELS = Object.freeze({
  "let-control": "Let them control the film",
  "take-control": "Take control back",
  "make-host": "Make them a host",
  "make-guest": "Make them a guest",
  "hand-over": "Hand the room over…",
  remove: "Remove…",
  ban: "Ban…",
});

/**
 * @param {User} target
 * @param {Pick<PartyState, "self" | "settings" | "granted" | "rightful">} state
 * @param {Readonly<May>} may
 * @returns {Action[]} in the order of the menu; empty: no menu
 */
export function actionsFor(target, { self, settings, granted, rightful }, may) {
  if (!may.host || !self || target.person === self.person) return [];
  if (target.role === "owner" || target.person === rightful) return [];
  /** @type {Action[]} */
  const actions = [];
  const isGuest = target.role === "guest";
  if (isGuest && settings?.control === "ask") actions.push(granted.includes(target.person) ? "take-control" : "let-control");
  if (isGuest) actions.push("make-host");
  else if (may.rightful) actions.push("make-guest");
  if (may.rightful) actions.push("hand-over");
  if (isGuest || may.rightful) actions.push("remove", "ban");
  return actions;
}

/**
 * What is asked before it is done.
 * @param {Action} action
 * @param {string} name of whom
 * @returns {{title: string, words: string, button: string, reason: boolean} | null} null: done at once; `reason`: a sentence may go with it
 */
export function questionFor(action, name) {
  switch (action) {
    case "hand-over":
      return { title: `Hand the room over to ${name}?`, words: `${name} owns it from then on, and you are a host. Only ${name} can give it back.`, button: `Hand over to ${name}`, reason: false };
    case "remove":
      return { title: `Remove ${name}?`, words: "All their tabs leave. They may come back after a minute.", button: `Remove ${name}`, reason: true };
    case "ban":
      return { title: `Ban ${name}?`, words: "All their tabs leave, and they can’t come into this room again before somebody lets them back in.", button: `Ban ${name}`, reason: true };
    default:
      return null;
  }
}

/** The word beside a name, if any. @param {User} user @param {Pick<PartyState, "settings" | "granted">} state */
export function badgeOf({ role, person }, { settings, granted }) {
  if (role !== "guest") return role;
  return settings?.control === "ask" && granted.includes(person) ? "has control" : "";
}
