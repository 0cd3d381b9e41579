// @ts-check
/** Which exchange of a growing log is looked at: always the newest, or one that somebody stays on. */

/** @import { Exchange } from "../clock/time-sync.js" */

/** @typedef {{all: readonly Exchange[], count: number}} Log  count: all there have been, those no longer kept included */
/** An exchange and its number, the first being 1. @typedef {{exchange: Exchange, number: number}} Numbered */

export class ExchangeChoice {
  #log;
  /** @type {Numbered | null} */
  #shown = null;
  #following = true;

  /** @param {Log} log */
  constructor(log) {
    this.#log = log;
  }

  get shown() {
    return this.#shown;
  }

  /** Whether advance() moves on to the newest. */
  get following() {
    return this.#following;
  }

  get hasPrevious() {
    return this.#shown !== null && this.#shown.number > this.#oldest;
  }

  get hasNext() {
    return this.#shown !== null && this.#shown.number < this.#log.count;
  }

  /** Shows the newest, unless somebody stays on one. Returns whether another one is shown. */
  advance() {
    return this.#following && this.#show(this.#log.count);
  }

  follow() {
    this.#following = true;
    return this.#show(this.#log.count);
  }

  stay() {
    this.#following = false;
  }

  previous() {
    return this.#step(-1);
  }

  next() {
    return this.#step(1);
  }

  /** Stays on one by its number. @param {number} number */
  pick(number) {
    this.stay();
    return this.#show(number);
  }

  /** @param {number} by */
  #step(by) {
    return this.#shown ? this.pick(this.#shown.number + by) : false;
  }

  /** @param {number} wanted the nearest one that is kept is shown */
  #show(wanted) {
    const { all, count } = this.#log;
    const number = Math.min(Math.max(wanted, this.#oldest), count);
    const exchange = all[number - this.#oldest];
    if (!exchange || number === this.#shown?.number) return false;
    this.#shown = { exchange, number };
    return true;
  }

  get #oldest() {
    return this.#log.count - this.#log.all.length + 1;
  }
}
