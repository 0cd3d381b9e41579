// @ts-check
/** The room's film as its ordered events leave it: confirmed video state, what it waits for, and who did what to it. */

import { ServerType } from "../protocol/protocol.js";
import { changeBetween } from "./change.js";
import { endOfWait, standing, waitOf } from "./waiting.js";

/** @import { VideoState, VideoStateChanged, VideoWaiting, Waiting } from "../protocol/protocol.js" */
/** @import { ControlKind } from "./controls.js" */
/** @import { OrderedEvent, Position } from "./ordering.js" */
/** @import { RoomWait } from "./waiting.js" */

/**
 * @typedef {{kind: ControlKind, by: string | null, video: VideoState}} FilmDeed
 */

export class Film {
  /** @type {VideoState | null} */
  #video = null;
  /** @type {Readonly<RoomWait> | null} */
  #waiting = null;
  /** What `video` shows: made anew only when one of its parts is another. @type {VideoState | null} */
  #shown = null;

  /** As the room has confirmed it; while it waits, the film stands. */
  get video() {
    return this.#shown;
  }

  /** What the room waits for before the film goes on, if it does. */
  get waiting() {
    return this.#waiting;
  }

  /**
   * @param {VideoState} videoState of a snapshot
   * @param {Waiting | undefined} waiting
   * @param {Position} position
   */
  replace(videoState, waiting, position) {
    this.#show(videoState, waiting ? waitOf(waiting, position, this.#waiting) : null);
  }

  clear() {
    this.#show(null, null);
  }

  /**
   * @param {OrderedEvent} event
   * @returns {FilmDeed | null} what a viewer would notice
   */
  apply(event) {
    if (isWaiting(event)) this.#show(this.#video, waitOf(event, event, this.#waiting));
    return isVideoState(event) ? this.#applyVideo(event) : null;
  }

  /** @param {VideoStateChanged} event @returns {FilmDeed | null} */
  #applyVideo({ type, ...video }) {
    const before = this.#shown;
    const waited = this.#waiting !== null;
    this.#show(video, null);
    const kind = before && changeBetween(before, video);
    const noticed = waited && (kind === "play" || kind === null) ? endOfWait(video) : kind;
    return noticed && { kind: noticed, by: video.by, video };
  }

  /**
   * @param {VideoState | null} video
   * @param {Readonly<RoomWait> | null} waiting
   */
  #show(video, waiting) {
    this.#video = Object.freeze(video);
    this.#waiting = waiting;
    this.#shown = video && waiting ? Object.freeze(standing(video, waiting)) : video;
  }
}

/**
 * @param {OrderedEvent} event
 * @returns {event is VideoStateChanged}
 */
function isVideoState(event) {
  return event.type === ServerType.VIDEO_STATE;
}

/**
 * @param {OrderedEvent} event
 * @returns {event is VideoWaiting}
 */
function isWaiting(event) {
  return event.type === ServerType.VIDEO_WAITING;
}
