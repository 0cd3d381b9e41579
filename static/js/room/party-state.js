// @ts-check
/** What a party shows to the page: its state and its events. */

/** @import { Ban, ChatMessage, Cursor, Reaction, Role, Room, RoleGiven, Status, StatusSummary, User, VideoState } from "../protocol/protocol.js" */
/** @import { ControlKind, Outcome } from "./controls.js" */
/** @import { Settings } from "./house.js" */
/** @import { Refusal } from "./refusals.js" */
/** @import { RoomWait } from "./waiting.js" */

/**
 * @typedef {object} Gone why we stay away
 * @property {number | null} code of the close
 * @property {string | null} errorCode that the server gave, if any
 * @property {string} message for the viewer
 * @property {string | null} reason in a host's own words
 * @property {number | null} retryAtMs not before this does it make sense to try again, on the clock of `now`
 *
 * @typedef {object} PartyState frozen; replaced as a whole at each change
 * @property {"idle" | "connecting" | "joined" | "reconnecting" | "gone"} phase
 * @property {number | null} retryAtMs when the next attempt starts, on the clock of `now`
 * @property {Gone | null} gone
 * @property {User | null} self
 * @property {string | null} ticket readmits this viewer for 24 h
 * @property {Room | null} room
 * @property {Settings | null} settings of the room, the newest
 * @property {readonly string[]} granted persons who may control where guests have to ask
 * @property {string} rightful the person whose room it is; empty: nobody's
 * @property {readonly string[]} asked user ids of who asks for control, until answered or gone; hosts know all, a guest only that they asked themselves
 * @property {readonly Readonly<Ban>[]} bans who is banned, the latest first, as owner and hosts are told
 * @property {readonly Readonly<ChatMessage>[]} chat oldest first, at most 500
 * @property {VideoState | null} video as the room has confirmed it; while it waits, the film stands
 * @property {Readonly<RoomWait> | null} waiting for whom, and until when, before the film goes on
 * @property {readonly User[]} users owner, hosts, guests, each by name
 * @property {number} userCount more than `users.length` in a large room
 * @property {Readonly<Record<string, Status>>} statuses by user id
 * @property {StatusSummary | null} statusSummary in place of `statuses` in a large room
 * @property {{reason: string, since: number} | null} degraded
 * @property {number} pendingControls ours that the room has not answered yet
 *
 * @typedef {object} Action what somebody did, told once the room has decided it
 * @property {User | null} by null: the room itself, or somebody not in the list
 * @property {ControlKind} kind
 * @property {VideoState} video
 * @property {boolean} own
 *
 * @typedef {object} Doing who did something to the room
 * @property {User | null} by null: the room itself, or somebody not in the list
 * @property {boolean} own we did
 *
 * @typedef {object} Fate what befell a person
 * @property {User | null} user a tab of theirs as it was before; null: nobody in the list
 * @property {string} person
 * @property {boolean} ofSelf we are that person
 *
 * @typedef {Doing & Fate & {role: Role, reason: RoleGiven["reason"], before: User | null}} RoleTold
 *   `before`: who owned the room until then, where `role` is owner
 *
 * @typedef {{
 *   cursors: [cursors: Cursor[]],
 *   "cursor-gone": [userId: string],
 *   reactions: [reactions: Reaction[]],
 *   action: [action: Action],
 *   settings: [change: Doing & {before: Settings | null, settings: Settings}],
 *   chat: [said: Doing & {message: Readonly<ChatMessage>, ref: string | undefined}],
 *   "chat-removed": [removal: Doing & {messageId: string}],
 *   role: [change: RoleTold],
 *   "control-given": [answer: Doing & Fate & {granted: boolean, before: boolean}],
 *   removed: [removal: Doing & Fate & {ban: boolean, reason: string | null}],
 *   asked: [user: User],
 *   refusal: [refusal: Refusal],
 *   joined: [how: {self: User | null, again: boolean}],
 *   left: [how: {gone: Gone | null}],
 *   ratelimit: [limited: {action: string, retryInMs: number}],
 *   "user-joined": [user: User],
 *   "user-left": [user: User],
 *   control: [control: {kind: ControlKind, ref: string}],
 *   settled: [control: {ref: string, outcome: Outcome}],
 *   answered: [request: {ref: string, outcome: Outcome}],
 * }} PartyEvents
 *   `cursors` are the others'; `reactions` include our own; `control` is the instant in which one of
 *   ours was given, `settled` the end of its wait, `answered` that of any other request. A refusal
 *   that carries its `ref` follows where the outcome is another than "answered".
 */

/** @type {Readonly<PartyState>} */
export const NOWHERE = Object.freeze({
  phase: "idle",
  retryAtMs: null,
  gone: null,
  self: null,
  ticket: null,
  room: null,
  settings: null,
  granted: Object.freeze([]),
  rightful: "",
  asked: Object.freeze([]),
  bans: Object.freeze([]),
  chat: Object.freeze([]),
  video: null,
  waiting: null,
  users: Object.freeze([]),
  userCount: 0,
  statuses: Object.freeze({}),
  statusSummary: null,
  degraded: null,
  pendingControls: 0,
});

/** Whether we run on without the server. @param {string} phase */
export function isAlone(phase) {
  return phase === "reconnecting" || phase === "gone";
}
