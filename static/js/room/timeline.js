// @ts-check
/** The room's ordered history as applied here: confirmed video state, gaps, snapshots, and who did what. */

import { ServerType } from "../protocol/protocol.js";
import { changeBetween } from "./change.js";
import { Ordering } from "./ordering.js";
import { SnapshotRequest } from "./snapshot-request.js";

/** @import { RoomJoined, VideoState, VideoStateChanged } from "../protocol/protocol.js" */
/** @import { Controls, ControlKind } from "./controls.js" */
/** @import { OrderedEvent } from "./ordering.js" */
/** @import { Timers } from "./timer.js" */

/**
 * @typedef {object} Deed an applied event that a viewer would notice
 * @property {ControlKind} kind
 * @property {VideoState} video
 */

export class Timeline {
  #controls;
  #ordering = new Ordering();
  #request;
  /** @type {VideoState | null} */
  #video = null;

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

  /** As the room has confirmed it. */
  get video() {
    return this.#video;
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
   * @param {Pick<RoomJoined, "epoch" | "seq" | "videoState" | "events">} joined a snapshot, or the events missed since the last one applied
   * @param {string | undefined} selfId
   * @returns {Deed[]} by events that are newer than the snapshot, or that came in its place
   */
  replace({ epoch, seq, videoState, events = [] }, selfId) {
    this.#request.settle();
    for (const event of videoState ? [videoState, ...events] : events) this.#controls.note(event, selfId);
    const deeds = videoState
      ? this.#replaceBy(videoState, { epoch, seq })
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
    this.#video = null;
  }

  /**
   * @param {VideoState} videoState
   * @param {{epoch: string, seq: number}} position
   */
  #replaceBy(videoState, position) {
    this.#video = Object.freeze(videoState);
    return this.#apply(this.#ordering.replace(position));
  }

  /** @param {OrderedEvent[]} events */
  #apply(events) {
    const deeds = [];
    for (const event of events) {
      const deed = isVideoState(event) ? this.#applyVideo(event) : null;
      if (deed) deeds.push(deed);
    }
    return deeds;
  }

  /** @param {VideoStateChanged} event */
  #applyVideo({ type, ...video }) {
    const kind = this.#video && changeBetween(this.#video, video);
    this.#video = Object.freeze(video);
    return kind && { kind, video: this.#video };
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
