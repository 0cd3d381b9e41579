// @ts-check
/** The room's ordered history as applied here: film, talk and rules, gaps and snapshots, and who did what. */

import { Film } from "./film.js";
import { House } from "./house.js";
import { Ordering } from "./ordering.js";
import { SnapshotRequest } from "./snapshot-request.js";
import { Talk } from "./talk.js";

/** @import { RoomJoined, VideoState } from "../protocol/protocol.js" */
/** @import { Controls } from "./controls.js" */
/** @import { FilmDeed } from "./film.js" */
/** @import { HouseDeed } from "./house.js" */
/** @import { OrderedEvent } from "./ordering.js" */
/** @import { Requests } from "./requests.js" */
/** @import { TalkDeed } from "./talk.js" */
/** @import { Timers } from "./timer.js" */

/**
 * An applied event that a viewer would notice.
 * @typedef {FilmDeed | HouseDeed | TalkDeed} Deed
 */

export class Timeline {
  #controls;
  #requests;
  #ordering = new Ordering();
  #request;
  #film = new Film();
  #talk = new Talk();
  #house = new House();

  /**
   * @param {Timers & {
   *   controls: Pick<Controls, "note" | "settle">,
   *   requests: Pick<Requests, "note">,
   *   now: () => number,
   *   askSnapshot: () => void,
   *   isJoined: () => boolean,
   * }} options
   */
  constructor({ controls, requests, now, askSnapshot, isJoined, ...timers }) {
    this.#controls = controls;
    this.#requests = requests;
    this.#request = new SnapshotRequest({
      ...timers,
      now,
      ask: askSnapshot,
      isNeeded: () => isJoined() && this.#ordering.behind,
    });
  }

  /** @returns {Pick<Film, "video" | "waiting">} */
  get film() {
    return this.#film;
  }

  /** @returns {Pick<Talk, "messages">} */
  get talk() {
    return this.#talk;
  }

  /** @returns {Pick<House, "settings" | "granted" | "rightful">} */
  get house() {
    return this.#house;
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
    this.#note(event, selfId);
    const deeds = this.#apply(this.#ordering.offer(event));
    this.#controls.settle(this.position);
    this.#askIfBehind();
    return deeds;
  }

  /**
   * @param {RoomJoined} joined a snapshot, or the events missed since the last one applied
   * @param {string | undefined} selfId
   * @returns {Deed[]} by events that are newer than the snapshot, or that came in its place
   */
  replace(joined, selfId) {
    const { videoState, events = [] } = joined;
    this.#request.settle();
    if (videoState) this.#controls.note(videoState, selfId);
    for (const event of events) this.#note(event, selfId);
    const deeds = videoState
      ? this.#replaceBy(joined, videoState)
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
    for (const part of [this.#film, this.#talk, this.#house]) part.clear();
  }

  /**
   * @param {OrderedEvent} event
   * @param {string | undefined} selfId
   */
  #note(event, selfId) {
    this.#controls.note(event, selfId);
    this.#requests.note(event, selfId);
  }

  /**
   * @param {RoomJoined} snapshot
   * @param {VideoState} videoState
   */
  #replaceBy({ epoch, seq, room, waiting, chat = [], granted = [], rightful = "" }, videoState) {
    this.#film.replace(videoState, waiting, { epoch, seq });
    this.#talk.replace(chat);
    this.#house.replace(room.settings, granted, rightful);
    return this.#apply(this.#ordering.replace({ epoch, seq }));
  }

  /** @param {OrderedEvent[]} events */
  #apply(events) {
    /** @type {Deed[]} */
    const deeds = [];
    for (const event of events) {
      const film = this.#filmId;
      const deed = this.#film.apply(event) ?? this.#talk.apply(event) ?? this.#house.apply(event);
      if (this.#filmId !== film) this.#talk.forgetMoments();
      if (deed) deeds.push(deed);
    }
    return deeds;
  }

  get #filmId() {
    return this.#film.video?.source?.id ?? null;
  }

  #askIfBehind() {
    if (this.#ordering.behind) this.#request.want();
  }
}
