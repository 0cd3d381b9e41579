// @ts-check
/** The playhead: a vector on the media clock, and what it says at an instant. */

/**
 * positionS at atMs, moving with rate from then on while playing. An atMs ahead of now is a start together: until then the position is held.
 * live: positions are times of the broadcast, and no end is known.
 * @typedef {{positionS: number, atMs: number, rate: number, playing: boolean, durationS: number | null, ended: boolean, live?: boolean}} Playhead
 */
/**
 * What the wire's VideoState says of the playhead.
 * @typedef {{isPlaying: boolean, currentTime: number, serverTimestamp: number, rate: number, duration?: number | null, ended?: boolean, source?: {kind: string} | null}} VideoVector
 */

/** @param {VideoVector} videoState @returns {Playhead} */
export function fromVideoState(videoState) {
  return {
    positionS: videoState.currentTime,
    atMs: videoState.serverTimestamp,
    rate: videoState.rate,
    playing: videoState.isPlaying,
    durationS: videoState.duration ?? null,
    ended: videoState.ended ?? false,
    live: videoState.source?.kind === "live",
  };
}

/** Where the film is at an instant, within the film. @param {Playhead} playhead @param {number} mediaMs */
export function positionAt(playhead, mediaMs) {
  const passedS = playhead.playing ? Math.max(mediaMs - playhead.atMs, 0) / 1000 : 0;
  return clampToFilm(playhead.positionS + playhead.rate * passedS, playhead.durationS);
}

/**
 * When a playing film reaches a position; before atMs it would have, had it always been moving.
 * @param {Playhead} playhead @param {number} positionS
 */
export function reachesAtMs(playhead, positionS) {
  return playhead.atMs + ((positionS - playhead.positionS) / playhead.rate) * 1000;
}

/** How far ahead of one vector another one is at an instant. @param {Playhead} from @param {Playhead} to @param {number} mediaMs */
export function jumpS(from, to, mediaMs) {
  return positionAt(to, mediaMs) - positionAt(from, mediaMs);
}

/** Where the film ends for this player, whose copy may be a little shorter. @param {Playhead} playhead @param {{durationS: number | null}} player */
export function endOf(playhead, player) {
  return Math.min(playhead.durationS ?? Infinity, player.durationS ?? Infinity);
}

/** @param {number} positionS @param {number | null | undefined} durationS */
export function clampToFilm(positionS, durationS) {
  return Math.min(Math.max(positionS, 0), durationS ?? Infinity);
}
