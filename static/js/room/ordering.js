// @ts-check
/** Decides by (epoch, seq) which ordered events may be applied now, and when a snapshot is needed. */

/**
 * @typedef {object} Position where a client stands in a room's history
 * @property {string} epoch
 * @property {number} seq
 *
 * @typedef {Position & {type: string, by?: string | null, ref?: string}} OrderedEvent
 */

/** Newest events kept to be laid over a snapshot; a busy room makes 10 a second, a snapshot takes 2 s at worst. */
const KEPT_EVENTS = 64;

export class Ordering {
  /** @type {Position | null} */
  #position = null;
  /** @type {OrderedEvent[]} */
  #kept = [];
  #behind = false;

  /** The last ordered event applied; null before the first snapshot. */
  get position() {
    return this.#position;
  }

  /** Whether an event was missed, so that only a snapshot helps. */
  get behind() {
    return this.#behind;
  }

  /**
   * @param {OrderedEvent} event
   * @returns {OrderedEvent[]} what is to be applied now, in order: the event, followed by held ones
   */
  offer(event) {
    if (this.#isOld(event)) return [];
    this.#keep(event);
    return this.#position ? this.#advance(this.#position) : [];
  }

  /**
   * A snapshot was taken over.
   * @param {Position} position what the snapshot contains
   * @returns {OrderedEvent[]} newer events that were already here, to be applied on top of it
   */
  replace({ epoch, seq }) {
    this.#kept = this.#kept.filter((event) => event.epoch === epoch);
    return this.#advance({ epoch, seq });
  }

  /** A new connection: only what it brings from now on may be laid over its snapshot. */
  forgetEvents() {
    this.#kept = [];
    this.#behind = false;
  }

  /** Another room. */
  reset() {
    this.forgetEvents();
    this.#position = null;
  }

  /** @param {OrderedEvent} event */
  #isOld({ epoch, seq }) {
    return this.#position?.epoch === epoch && seq <= this.#position.seq;
  }

  /** @param {OrderedEvent} event */
  #keep(event) {
    this.#kept.push(event);
    if (this.#kept.length > KEPT_EVENTS) this.#kept.shift();
  }

  /** @param {Position} from */
  #advance(from) {
    const ready = [];
    let position = from;
    for (let next; (next = this.#successor(position)); position = next) ready.push(next);
    this.#position = { epoch: position.epoch, seq: position.seq };
    this.#behind = this.#kept.some((event) => !this.#isOld(event));
    return ready;
  }

  /** @param {Position} position */
  #successor({ epoch, seq }) {
    return this.#kept.find((event) => event.epoch === epoch && event.seq === seq + 1);
  }
}
