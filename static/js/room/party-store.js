// @ts-check
/** The one frozen state of a party: replaced as a whole where something differs, and told then. */

import { Emitter } from "./emitter.js";
import { NOWHERE } from "./party-state.js";

/** @import { Room } from "../protocol/protocol.js" */
/** @import { Asks } from "./asks.js" */
/** @import { Controls } from "./controls.js" */
/** @import { Settings } from "./house.js" */
/** @import { PartyState } from "./party-state.js" */
/** @import { Roster } from "./roster.js" */
/** @import { Timeline } from "./timeline.js" */

export class PartyStore {
  #state = NOWHERE;
  /** @type {Emitter<{change: [state: Readonly<PartyState>]}>} */
  #changes = new Emitter();

  get state() {
    return this.#state;
  }

  /** @param {(state: Readonly<PartyState>) => void} listener */
  subscribe(listener) {
    return this.#changes.on("change", listener);
  }

  /** @param {Partial<PartyState>} patch */
  change(patch) {
    const fields = /** @type {(keyof PartyState)[]} */ (Object.keys(patch));
    if (fields.every((field) => Object.is(patch[field], this.#state[field]))) return;
    this.#state = Object.freeze({ ...this.#state, ...patch });
    this.#changes.emit("change", this.#state);
  }

  /**
   * Brings the state up to what the parts know.
   * @param {{timeline: Timeline, roster: Roster, asks: Asks, controls: Controls}} parts
   */
  gather({ timeline, roster, asks, controls }) {
    const { film, house, talk } = timeline;
    this.change({
      room: withSettings(this.#state.room, house.settings),
      settings: house.settings,
      granted: house.granted,
      rightful: house.rightful,
      asked: asks.userIds,
      chat: talk.messages,
      video: film.video,
      waiting: film.waiting,
      users: roster.users,
      userCount: roster.count,
      statuses: roster.statuses,
      statusSummary: roster.summary,
      pendingControls: controls.count,
    });
  }
}

/**
 * @param {Room | null} room
 * @param {Settings | null} settings the room's newest
 */
function withSettings(room, settings) {
  if (!room || !settings || room.settings === settings) return room;
  const { title, maxUsers, public: isPublic } = settings;
  return Object.freeze({ ...room, title, maxUsers, isPublic, settings });
}
