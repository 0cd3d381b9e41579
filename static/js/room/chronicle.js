// @ts-check
/** Tells a page what was done in the room, in its order, and keeps the list of viewers in step with it. */

/** @import { User } from "../protocol/protocol.js" */
/** @import { Asks } from "./asks.js" */
/** @import { PartyEvents } from "./party-state.js" */
/** @import { Presence } from "./presence.js" */
/** @import { Deed } from "./timeline.js" */

/**
 * @template {string} Kind
 * @typedef {Extract<Deed, {kind: Kind}>} DeedOf
 */

export class Chronicle {
  #presence;
  #asks;
  #self;
  #tell;

  /**
   * @param {{
   *   presence: Presence,
   *   asks: Asks,
   *   self: () => User | null,
   *   tell: <Name extends keyof PartyEvents>(name: Name, ...args: PartyEvents[Name]) => void,
   * }} options
   */
  constructor({ presence, asks, self, tell }) {
    this.#presence = presence;
    this.#asks = asks;
    this.#self = self;
    this.#tell = tell;
  }

  /** @param {Deed} deed applied */
  report(deed) {
    const who = this.#who(deed.by);
    switch (deed.kind) {
      case "settings":
        if (deed.settings.control !== "ask") this.#asks.clear();
        return this.#tell("settings", { ...who, before: deed.before, settings: deed.settings });
      case "chat":
        return this.#tell("chat", { ...who, message: deed.message, ref: deed.ref });
      case "chat-removed":
        return this.#tell("chat-removed", { ...who, messageId: deed.messageId });
      case "role":
        return this.#changeRole(deed);
      case "control-given":
        return this.#giveControl(deed);
      case "removed":
        return this.#remove(deed);
      case "closed":
        return; // The sockets close and say so: membership.js.
      default:
        return this.#tell("action", { ...who, kind: deed.kind, video: deed.video });
    }
  }

  /** @param {DeedOf<"role">} deed */
  #changeRole({ by, event }) {
    const { role, reason } = event;
    const before = role === "owner" ? this.#presence.roster.owner : null;
    const told = { ...this.#who(by), ...this.#whom(event), role, reason, before };
    this.#presence.roster.giveRole(event);
    if (role !== "guest") this.#forgetAsksOf(event);
    this.#tell("role", told);
  }

  /** @param {DeedOf<"control-given">} deed */
  #giveControl({ by, before, event }) {
    this.#forgetAsksOf(event);
    this.#tell("control-given", { ...this.#who(by), ...this.#whom(event), granted: event.granted, before });
  }

  /** @param {DeedOf<"removed">} deed */
  #remove({ by, event }) {
    const { ban, reason = null } = event;
    const told = { ...this.#who(by), ...this.#whom(event), ban, reason };
    this.#forgetAsksOf(event);
    this.#presence.dismiss(event.person);
    this.#tell("removed", told);
  }

  /** @param {{userId: string, person: string}} asker */
  #forgetAsksOf({ userId, person }) {
    const tabs = this.#presence.roster.tabsOf(person).map(({ id }) => id);
    this.#asks.drop((id) => id === userId || tabs.includes(id));
  }

  /** @param {string | null} byId */
  #who(byId) {
    const self = this.#self();
    return { by: this.#presence.roster.find(byId), own: self !== null && byId === self.id };
  }

  /** @param {{userId: string, person: string}} event */
  #whom({ userId, person }) {
    const { roster } = this.#presence;
    const user = roster.find(userId) ?? roster.tabsOf(person)[0] ?? null;
    return { user, person, ofSelf: this.#self()?.person === person };
  }
}
