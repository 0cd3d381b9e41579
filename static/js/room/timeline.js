// @ts-check
/** The room's ordered history as applied here: confirmed video state, waiting, settings, gaps, snapshots, and who did what. */

import { ServerType } from "../protocol/protocol.js";
import { changeBetween } from "./change.js";
import { Ordering } from "./ordering.js";
import { SnapshotRequest } from "./snapshot-request.js";
import { endOfWait, standing, waitOf } from "./waiting.js";

/** @import { RoomJoined, RoomSettings, SettingsChanged, VideoState, VideoStateChanged, VideoWaiting, Waiting } from "../protocol/protocol.js" */
/** @import { Controls, ControlKind } from "./controls.js" */
/** @import { OrderedEvent } from "./ordering.js" */
/** @import { Timers } from "./timer.js" */
/** @import { RoomWait } from "./waiting.js" */

/**
 * An applied event that a viewer would notice.
 * @typedef {{kind: ControlKind, video: VideoState} | {kind: "settings", by: string | null, settings: Readonly<RoomSettings>}} Deed
 */

export class Timeline {
  #controls;
  #ordering = new Ordering();
  #request;
  /** @type {VideoState | null} */
  #video = null;
  /** @type {Readonly<RoomWait> | null} */
  #waiting = null;
  /** What `video` shows: made anew only when one of its parts is another. @type {VideoState | null} */
  #shown = null;
  /** @type {Readonly<RoomSettings> | null} */
  #settings = null;

  /**
   * @param {Timers & {
   *   controls: Pick<Controls, "note" | "settle">,
   *   now: () => number,
   *   askSnapshot: () => void,
   *   isJoined: () => boolean,
   * }} options
   */
  constructor({ controls, now, askSnapshot, isJoined, ...timers }) {
    this.#controls = controls;
    this.#request = new SnapshotRequest({
      ...timers,
      now,
      ask: askSnapshot,
      isNeeded: () => isJoined() && this.#ordering.behind,
    });
  }

  /** As the room has confirmed it; while it waits, the film stands. */
  get video() {
    return this.#shown;
  }

  /** What the room waits for before the film goes on, if it does. */
  get waiting() {
    return this.#waiting;
  }

  get settings() {
    return this.#settings;
  }

  get position() {
    return this.#ordering.position;
  }

  /**
   * @param {OrderedEvent} event
   * @param {string | undefined} selfId
   * @returns {Deed[]} what became visible by it
   */
  receive(event, selfId) {
    this.#controls.note(event, selfId);
    const deeds = this.#apply(this.#ordering.offer(event));
    this.#controls.settle(this.position);
    this.#askIfBehind();
    return deeds;
  }

  /**
   * @param {Pick<RoomJoined, "epoch" | "seq" | "room" | "videoState" | "waiting" | "events">} joined a snapshot, or the events missed since the last one applied
   * @param {string | undefined} selfId
   * @returns {Deed[]} by events that are newer than the snapshot, or that came in its place
   */
  replace({ epoch, seq, room, videoState, waiting, events = [] }, selfId) {
    this.#request.settle();
    this.#settings = Object.freeze(room.settings);
    for (const event of videoState ? [videoState, ...events] : events) this.#controls.note(event, selfId);
    const deeds = videoState
      ? this.#replaceBy(videoState, waiting, { epoch, seq })
      : this.#apply(events.flatMap((event) => this.#ordering.offer(event)));
    this.#controls.settle(this.position, { bySnapshot: true });
    this.#askIfBehind();
    return deeds;
  }

  /** The connection is gone: what it still owed will not come. */
  disconnect() {
    this.#request.settle();
    this.#ordering.forgetEvents();
  }

  clear() {
    this.disconnect();
    this.#ordering.reset();
    this.#settings = null;
    this.#show(null, null);
  }

  /**
   * @param {VideoState} videoState
   * @param {Waiting | undefined} waiting
   * @param {{epoch: string, seq: number}} position
   */
  #replaceBy(videoState, waiting, position) {
    this.#show(videoState, waiting ? waitOf(waiting, position, this.#waiting) : null);
    return this.#apply(this.#ordering.replace(position));
  }

  /** @param {OrderedEvent[]} events */
  #apply(events) {
    /** @type {Deed[]} */
    const deeds = [];
    for (const event of events) {
      const deed = isVideoState(event) ? this.#applyVideo(event) : null;
      if (deed) deeds.push(deed);
      if (isWaiting(event)) this.#show(this.#video, waitOf(event, event, this.#waiting));
      if (isSettings(event)) {
        this.#settings = settingsOf(event);
        deeds.push({ kind: "settings", by: event.by, settings: this.#settings });
      }
    }
    return deeds;
  }

  /** @param {VideoStateChanged} event @returns {Deed | null} */
  #applyVideo({ type, ...video }) {
    const before = this.#shown;
    const waited = this.#waiting !== null;
    this.#show(video, null);
    const kind = before && changeBetween(before, video);
    const noticed = waited && (kind === "play" || kind === null) ? endOfWait(video) : kind;
    return noticed && { kind: noticed, video };
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

  #askIfBehind() {
    if (this.#ordering.behind) this.#request.want();
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

/**
 * @param {OrderedEvent} event
 * @returns {event is SettingsChanged}
 */
function isSettings(event) {
  return event.type === ServerType.ROOM_SETTINGS;
}

/** @param {SettingsChanged} event @returns {Readonly<RoomSettings>} */
function settingsOf({ type, epoch, seq, by, ref, ...settings }) {
  return Object.freeze(settings);
}
