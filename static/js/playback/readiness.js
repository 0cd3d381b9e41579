// @ts-check
/** Whether a player stands where the room waits, with enough of the film to go on; pure. */

/** @import { MediaPlayer } from "./html-player.js" */

/** Browsers that seek to key frames stand a little beside; the follower leaves them there, too. */
const STANDS_WITHIN_S = 0.25;
/** HAVE_FUTURE_DATA: the next pictures are there. */
const ENOUGH_TO_START = 3;
/** Who ran dry goes on only with some seconds in hand, or everybody would wait again at once. */
const RESERVE_S = 2;
/** Buffered ranges end a frame or two before the film does. */
const END_S = 0.1;

/**
 * @param {{reason: string, currentTime: number}} waiting
 * @param {Pick<MediaPlayer, "paused" | "seeking" | "readyState" | "positionS" | "bufferAheadS" | "durationS">} player
 */
export function isReadyFor({ reason, currentTime }, player) {
  const stands = player.paused && !player.seeking && Math.abs(player.positionS - currentTime) <= STANDS_WITHIN_S;
  if (!stands || player.readyState < ENOUGH_TO_START) return false;
  return reason !== "buffering" || player.bufferAheadS >= reserveS(player);
}

/** @param {Pick<MediaPlayer, "positionS" | "durationS">} player */
function reserveS({ positionS, durationS }) {
  return Math.min(RESERVE_S, Math.max((durationS ?? Infinity) - positionS - END_S, 0));
}
