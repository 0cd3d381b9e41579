// @ts-check
/** What a playback state is called and which light stands for it; pure. */

/** @import { PlaybackStatus } from "../protocol/protocol.js" */

/** @typedef {"good" | "busy" | "lost" | "quiet"} Light */

/** @type {Readonly<Record<string, {word: string, light: Light}>>} */
const WORDS = Object.freeze({
  synced: { word: "Synced", light: "good" },
  adjusting: { word: "Adjusting", light: "busy" },
  seeking: { word: "Catching up", light: "busy" },
  buffering: { word: "Buffering", light: "busy" },
  hidden: { word: "In the background", light: "quiet" },
  blocked: { word: "Needs a click", light: "lost" },
  local: { word: "On their own", light: "quiet" },
  waiting: { word: "Setting the clock", light: "quiet" },
  reconnecting: { word: "Reconnecting", light: "lost" },
  unknown: { word: "", light: "quiet" },
});

/** In these states the drift says something about how well two screens agree. */
const MEASURED = new Set(["synced", "adjusting", "seeking"]);

/** @param {string} state a PlaybackStatus or one of our own words */
export function wordFor(state) {
  return WORDS[state] ?? WORDS.unknown;
}

/** @param {PlaybackStatus | string} state */
export function isMeasured(state) {
  return MEASURED.has(state);
}
