// @ts-check
/** What a party shows to the page: its state and its events. */

/** @import { Cursor, Reaction, Room, RoomSettings, Status, StatusSummary, User, VideoState } from "../protocol/protocol.js" */
/** @import { ControlKind, Outcome } from "./controls.js" */
/** @import { Refusal } from "./refusals.js" */
/** @import { RoomWait } from "./waiting.js" */

/**
 * @typedef {object} Gone why we stay away
 * @property {number | null} code of the close
 * @property {string | null} errorCode that the server gave, if any
 * @property {string} message for the viewer
 *
 * @typedef {object} PartyState frozen; replaced as a whole at each change
 * @property {"idle" | "connecting" | "joined" | "reconnecting" | "gone"} phase
 * @property {number | null} retryAtMs when the next attempt starts, on the clock of `now`
 * @property {Gone | null} gone
 * @property {User | null} self
 * @property {string | null} ticket readmits this viewer for 24 h
 * @property {Room | null} room
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
 * @typedef {{
 *   cursors: [cursors: Cursor[]],
 *   "cursor-gone": [userId: string],
 *   reactions: [reactions: Reaction[]],
 *   action: [action: Action],
 *   settings: [change: {by: User | null, own: boolean, settings: Readonly<RoomSettings>}],
 *   refusal: [refusal: Refusal],
 *   joined: [how: {self: User | null, again: boolean}],
 *   left: [how: {gone: Gone | null}],
 *   ratelimit: [limited: {action: string, retryInMs: number}],
 *   "user-joined": [user: User],
 *   "user-left": [user: User],
 *   control: [control: {kind: ControlKind, ref: string}],
 *   settled: [control: {ref: string, outcome: Outcome}],
 * }} PartyEvents
 *   `cursors` are the others'; `reactions` include our own; `control` is the instant in which one of
 *   ours was given, `settled` the end of its wait.
 */

/** @type {Readonly<PartyState>} */
export const NOWHERE = Object.freeze({
  phase: "idle",
  retryAtMs: null,
  gone: null,
  self: null,
  ticket: null,
  room: null,
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
