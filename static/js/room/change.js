// @ts-check
/** Names what somebody did, by what it changed: for "Ada paused at 12:04." */

import { fromVideoState, positionAt } from "../playback/playhead.js";

/** @import { VideoState } from "../protocol/protocol.js" */

/** A vector restated by another operation differs by rounding only. */
const SAME_POSITION_S = 0.01;

/**
 * @param {VideoState} before
 * @param {VideoState} after
 * @returns {"source" | "play" | "pause" | "rate" | "seek" | null} null: nothing that a viewer would notice
 */
export function changeBetween(before, after) {
  if (before.source?.id !== after.source?.id) return "source";
  if (before.isPlaying !== after.isPlaying) return after.isPlaying ? "play" : "pause";
  if (before.rate !== after.rate) return "rate";
  const expectedS = positionAt(fromVideoState(before), after.serverTimestamp);
  return Math.abs(expectedS - after.currentTime) > SAME_POSITION_S ? "seek" : null;
}
