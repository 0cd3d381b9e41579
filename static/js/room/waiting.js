// @ts-check
/** While the room waits for somebody, its film stands: where, and what ends it. */

/** @import { VideoState, Waiting } from "../protocol/protocol.js" */
/** @import { Position } from "./ordering.js" */

/**
 * What the room waits for, since when in its order.
 * @typedef {Waiting & Position & {again: boolean}} RoomWait `again`: a while has passed, and only those who are late are named now
 */

/**
 * @param {Waiting} waiting of an event or a snapshot
 * @param {Position} position of either
 * @param {RoomWait | null} before
 * @returns {Readonly<RoomWait>}
 */
export function waitOf({ reason, userIds, deadline, currentTime, serverTimestamp, rate, duration }, { epoch, seq }, before) {
  const again = before?.reason === reason && before.deadline === deadline;
  return Object.freeze({ reason, userIds, deadline, currentTime, serverTimestamp, rate, duration, epoch, seq, again });
}

/**
 * The room's video while it waits: it stands from `serverTimestamp` on, whatever it did before.
 * @param {VideoState} video
 * @param {Waiting} waiting
 * @returns {VideoState}
 */
export function standing(video, { currentTime, serverTimestamp, rate, duration }) {
  return { ...video, isPlaying: false, currentTime, serverTimestamp, rate, duration };
}

/**
 * What a viewer would notice of the state that ends a wait.
 * @param {VideoState} after
 * @returns {"play" | "pause" | null} null: the room itself goes on, as all of them have seen it coming
 */
export function endOfWait({ isPlaying, by }) {
  if (by === null) return null;
  return isPlaying ? "play" : "pause";
}
