// @ts-check
/** Tells over the film, and to screen readers, who changed the room and what somebody may do in it; with a way back where there is one. */

import { stopAll } from "./dom.js";
import { changedSettings, controlSentence, removalSentence, roleSentence, settingsSentence } from "./house-words.js";

/** @import { ChangeSettings, User } from "../protocol/protocol.js" */
/** @import { Settings } from "../room/house.js" */
/** @import { Party } from "../room/party.js" */

/**
 * @param {object} needs
 * @param {Party} needs.party
 * @param {(sentence: string, back?: (() => void) | null, label?: string) => void} needs.tell over the film, with what a button beside it does
 * @param {(sentence: string) => void} needs.announce to screen readers
 */
export function mountHouseNews({ party, tell, announce }) {
  const owners = new Owners();
  /** @param {string} sentence @param {(() => void) | null} [back] @param {string} [label] */
  const say = (sentence, back = null, label) => {
    if (sentence === "") return;
    tell(sentence, back, label);
    announce(sentence);
  };
  return stopAll([
    party.subscribe(({ users }) => owners.note(users)),
    party.on("settings", ({ by, own, before, settings }) => {
      if (own) return; // The switch has moved under our hand.
      say(settingsSentence(by?.name ?? null, before, settings), party.may.host ? settingsBack(party, before, settings) : null);
    }),
    party.on("role", ({ by, user, before, ...change }) => {
      const names = { by: by?.name ?? null, name: user?.name ?? null, before: before?.name ?? owners.before };
      const mayUndo = party.may.rightful || change.role === "guest";
      const back = change.own && mayUndo && change.reason === "given" && change.role !== "owner" && user;
      say(roleSentence({ ...change, ...names }), back ? () => party.giveRole(back.id, back.role) : null);
    }),
    party.on("control-given", ({ by, user, ...answer }) => {
      const back = answer.own && answer.granted !== answer.before && user;
      const undo = back ? () => party.answerAsk(back.id, answer.before) : null;
      say(controlSentence({ ...answer, by: by?.name ?? null, name: user?.name ?? null }), undo);
    }),
    party.on("removed", ({ by, user, ofSelf, ...removal }) => {
      if (!ofSelf) say(removalSentence({ ...removal, by: by?.name ?? null, name: user?.name ?? null }));
    }),
    party.on("asked", (user) => say(`${user.name} asks for control.`, () => party.answerAsk(user.id, true), "Let them")),
  ]);
}

/**
 * @param {Pick<Party, "changeSettings">} party
 * @param {Settings | null} before
 * @param {Settings} after
 * @returns {(() => void) | null} null: nobody can be given a forgotten password back
 */
export function settingsBack(party, before, after) {
  const names = before ? changedSettings(before, after) : [];
  if (!before || names.length === 0 || names.includes("hasPassword")) return null;
  const back = Object.fromEntries(names.map((name) => [name, before[name]]));
  return () => party.changeSettings(/** @type {Omit<ChangeSettings, "type">} */ (back));
}

/** Who owned the room last: whoever has left is not in the list any more when somebody follows. */
export class Owners {
  /** @type {User | null} */
  #now = null;
  /** @type {User | null} */
  #before = null;

  /** @param {readonly User[]} users */
  note(users) {
    const owner = users.find(({ role }) => role === "owner");
    if (!owner) return;
    if (this.#now && owner.person !== this.#now.person) this.#before = this.#now;
    this.#now = owner;
  }

  /** The name of who owned it before whoever does now. */
  get before() {
    return this.#before?.name ?? null;
  }
}
