// @ts-check
/** The rules of the house as its ordered events leave them: settings, who was given control, what befell its members. */

import { ServerType } from "../protocol/protocol.js";

/** @import { ControlGiven, MemberRemoved, RoleGiven, RoomClosed, RoomSettings, SettingsChanged } from "../protocol/protocol.js" */
/** @import { OrderedEvent } from "./ordering.js" */

/**
 * What a room is set to, with nothing left out.
 * @typedef {Readonly<Required<RoomSettings>>} Settings
 *
 * @typedef {{kind: "settings", by: string | null, ref: string | undefined, before: Settings | null, settings: Settings}
 *   | {kind: "role", by: string | null, event: RoleGiven}
 *   | {kind: "control-given", by: string | null, before: boolean, event: ControlGiven}
 *   | {kind: "removed", by: string | null, event: MemberRemoved}
 *   | {kind: "closed", by: string | null, event: RoomClosed}} HouseDeed
 */

/** As protocol.js documents what is missing. @type {Settings} */
const DEFAULTS = Object.freeze({
  title: "",
  control: "everyone",
  waitForAll: false,
  locked: false,
  hasPassword: false,
  public: false,
  maxUsers: 100,
  chatBy: "everyone",
  slowModeS: 0,
  onEnd: "stop",
});

export class House {
  /** @type {Settings | null} */
  #settings = null;
  /** @type {readonly string[]} */
  #granted = Object.freeze([]);
  #rightful = "";

  get settings() {
    return this.#settings;
  }

  /** Persons who may control where guests have to ask. */
  get granted() {
    return this.#granted;
  }

  /** The person whose room it is, whoever stands in for them; empty: nobody's. */
  get rightful() {
    return this.#rightful;
  }

  /**
   * As a snapshot has it.
   * @param {RoomSettings} settings
   * @param {readonly string[]} granted
   * @param {string} rightful
   */
  replace(settings, granted, rightful) {
    this.#settings = complete(settings);
    this.#keep(granted);
    this.#rightful = rightful;
  }

  clear() {
    this.#settings = null;
    this.#keep([]);
    this.#rightful = "";
  }

  /**
   * @param {OrderedEvent} event
   * @returns {HouseDeed | null}
   */
  apply(event) {
    switch (event.type) {
      case ServerType.ROOM_SETTINGS:
        return this.#change(/** @type {SettingsChanged} */ (event));
      case ServerType.MEMBER_CONTROL:
        return this.#grant(/** @type {ControlGiven} */ (event));
      case ServerType.MEMBER_REMOVED:
        return this.#dismiss(/** @type {MemberRemoved} */ (event));
      case ServerType.MEMBER_ROLE: {
        const given = /** @type {RoleGiven} */ (event);
        // Who stands in owns it for a while, but it is not theirs.
        if (given.role === "owner" && given.reason === "given") this.#rightful = given.person;
        return { kind: "role", by: given.by, event: given };
      }
      case ServerType.ROOM_CLOSED: {
        const closed = /** @type {RoomClosed} */ (event);
        return { kind: "closed", by: closed.by, event: closed };
      }
      default:
        return null;
    }
  }

  /** @param {SettingsChanged} event @returns {HouseDeed} */
  #change({ type, epoch, seq, by, ref, ...changed }) {
    const before = this.#settings;
    const settings = complete(changed);
    this.#settings = settings;
    return { kind: "settings", by, ref, before, settings };
  }

  /** @param {ControlGiven} event @returns {HouseDeed} */
  #grant(event) {
    const before = this.#granted.includes(event.person);
    const others = this.#granted.filter((person) => person !== event.person);
    this.#keep(event.granted ? [...others, event.person] : others);
    return { kind: "control-given", by: event.by, before, event };
  }

  /** @param {MemberRemoved} event @returns {HouseDeed} */
  #dismiss(event) {
    this.#keep(this.#granted.filter((person) => person !== event.person));
    return { kind: "removed", by: event.by, event };
  }

  /** @param {readonly string[]} granted */
  #keep(granted) {
    this.#granted = Object.freeze([...granted]);
  }
}

/** @param {RoomSettings} settings @returns {Settings} */
function complete(settings) {
  return Object.freeze({ ...DEFAULTS, ...settings });
}
