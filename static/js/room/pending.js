// @ts-check
/** Our own controls on their way: what they will probably lead to, until the room has answered. */

import { predict } from "../playback/controls.js";
import { ClientType } from "../protocol/protocol.js";
import { Timer } from "./timer.js";

/** @import { VideoState, VideoPlay, VideoPause, VideoSeek, VideoRate, VideoSource } from "../protocol/protocol.js" */
/** @import { OrderedEvent, Position } from "./ordering.js" */
/** @import { Timers } from "./timer.js" */

/** Neither event nor refusal within this: the room is followed, and the viewer is told. */
export const ANSWER_PATIENCE_MS = 2000;

/**
 * @typedef {VideoPlay | VideoPause | VideoSeek | VideoRate | VideoSource} Control
 *
 * @typedef {object} Flight one control on its way
 * @property {string} ref
 * @property {Control} control
 * @property {number} atMs media clock, when it was given
 * @property {number | null} ownPositionS where the player stood then, if the room cannot be told
 * @property {VideoState | null} prediction null: nothing to show ahead of the answer
 * @property {Position | null} answer the event that answered it, while older ones are missing
 * @property {Timer} deadline
 */

export class PendingControls {
  #timers;
  #onTimeout;
  /** @type {Flight[]} */
  #flights = [];

  /**
   * @param {Timers & {onTimeout: (ref: string, answered: boolean) => void}} options
   *   `answered`: by an event that itself could not be applied in time; no cause for complaint
   */
  constructor({ onTimeout, ...timers }) {
    this.#timers = timers;
    this.#onTimeout = onTimeout;
  }

  get count() {
    return this.#flights.length;
  }

  /** The controls themselves, oldest first: what is repeated on a new connection. */
  get controls() {
    return this.#flights.map((flight) => flight.control);
  }

  /** What the newest control that can be foreseen leads to; null: follow the room. */
  get prediction() {
    return newestPrediction(this.#flights);
  }

  /**
   * A control was sent.
   * @param {VideoState} confirmed
   * @param {Pick<Flight, "ref" | "control" | "atMs" | "ownPositionS">} flight
   */
  add(confirmed, { ref, control, atMs, ownPositionS }) {
    const deadline = new Timer(this.#timers, () => this.#expire(ref));
    /** @type {Flight} */
    const flight = { ref, control, atMs, ownPositionS, prediction: null, answer: null, deadline };
    flight.prediction = foresee(this.prediction ?? confirmed, flight);
    this.#flights.push(flight);
    deadline.start(ANSWER_PATIENCE_MS);
  }

  /**
   * Takes note of an event that answers one of ours, before its seq is looked at.
   * @param {Pick<OrderedEvent, "epoch" | "seq" | "by" | "ref">} event
   * @param {string | undefined} selfId
   */
  note({ epoch, seq, by, ref }, selfId) {
    const flight = by === selfId && ref !== undefined ? this.#find(ref) : undefined;
    if (flight) flight.answer = { epoch, seq };
  }

  /**
   * Ends the controls whose answer is part of what has been applied.
   * @param {Position | null} applied
   * @param {{bySnapshot?: boolean}} [how] a snapshot of another epoch ends every answered control
   * @returns {string[]} their refs
   */
  settle(applied, { bySnapshot = false } = {}) {
    const settled = this.#flights.filter(
      ({ answer }) => answer && (isPartOf(answer, applied) || (bySnapshot && !isSameEpoch(answer, applied))),
    );
    for (const flight of settled) this.#land(flight);
    return settled.map(({ ref }) => ref);
  }

  /**
   * The room said no (or nothing): later controls of ours are foreseen anew without this one.
   * @param {string} ref
   * @param {VideoState | null} confirmed
   * @returns {boolean} whether it was one of ours
   */
  refuse(ref, confirmed) {
    const index = this.#flights.findIndex((flight) => flight.ref === ref);
    const flight = this.#flights[index];
    if (!flight) return false;
    const foreseen = flight.prediction !== null;
    this.#remove(flight);
    if (foreseen && confirmed) this.#foreseeAnew(index, confirmed);
    return true;
  }

  /** Forgets all of them: the room was left. */
  clear() {
    for (const { deadline } of this.#flights) deadline.stop();
    this.#flights = [];
  }

  /** @param {Flight} flight answered: what was foreseen before it is of no more interest */
  #land(flight) {
    for (const older of this.#flights.slice(0, this.#flights.indexOf(flight))) older.prediction = null;
    this.#remove(flight);
  }

  /** @param {Flight} flight */
  #remove(flight) {
    flight.deadline.stop();
    this.#flights = this.#flights.filter((other) => other !== flight);
  }

  /**
   * @param {number} from index of the first that may have changed
   * @param {VideoState} confirmed
   */
  #foreseeAnew(from, confirmed) {
    let base = newestPrediction(this.#flights.slice(0, from)) ?? confirmed;
    for (const flight of this.#flights.slice(from)) {
      flight.prediction = flight.prediction && foresee(base, flight);
      base = flight.prediction ?? base;
    }
  }

  /** @param {string} ref */
  #expire(ref) {
    const flight = this.#find(ref);
    if (!flight) return;
    const answered = flight.answer !== null;
    if (answered) this.#land(flight);
    this.#onTimeout(ref, answered);
  }

  /** @param {string} ref */
  #find(ref) {
    return this.#flights.find((flight) => flight.ref === ref);
  }
}

/** @param {Flight[]} flights */
function newestPrediction(flights) {
  return flights.reduce((newest, { prediction }) => prediction ?? newest, /** @type {VideoState | null} */ (null));
}

/**
 * @param {VideoState} base
 * @param {Pick<Flight, "control" | "atMs" | "ownPositionS">} flight
 * @returns {VideoState | null}
 */
function foresee(base, { control, atMs, ownPositionS }) {
  if (control.type === ClientType.VIDEO_SOURCE) return null;
  const prediction = predict(base, control, atMs).state;
  const movesPlayer = control.type === ClientType.VIDEO_SEEK || base.ended;
  if (!prediction || ownPositionS === null || movesPlayer) return prediction;
  return { ...prediction, currentTime: ownPositionS, serverTimestamp: atMs };
}

/**
 * @param {Position} answer
 * @param {Position | null} applied
 */
function isPartOf(answer, applied) {
  return applied !== null && isSameEpoch(answer, applied) && answer.seq <= applied.seq;
}

/**
 * @param {Position} answer
 * @param {Position | null} applied
 */
function isSameEpoch(answer, applied) {
  return answer.epoch === applied?.epoch;
}
