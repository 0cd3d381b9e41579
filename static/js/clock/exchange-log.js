// @ts-check
/** The last exchanges of a clock, for whoever draws them. */

/** @import { Verdict } from "./estimator.js" */
/** @import { Exchange } from "./time-sync.js" */

/** Ten minutes of ordinary probes and every burst between them. */
const MOST = 400;

export class ExchangeLog {
  /** @type {Exchange[]} */
  #exchanges = [];
  #count = 0;
  /** @type {Set<(exchange: Exchange) => void>} */
  #listeners = new Set();

  /** @param {Exchange} exchange */
  add(exchange) {
    this.#count += 1;
    this.#exchanges.push(exchange);
    if (this.#exchanges.length > MOST) this.#exchanges.shift();
    for (const listener of [...this.#listeners]) listener(exchange);
  }

  /** Oldest first. @returns {readonly Exchange[]} */
  get all() {
    return this.#exchanges;
  }

  get latest() {
    return this.#exchanges.at(-1) ?? null;
  }

  /** How many there have been, those no longer kept included. */
  get count() {
    return this.#count;
  }

  /** @param {(exchange: Exchange) => void} listener called after each exchange @returns {() => void} unsubscribes */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Verdicts after which the estimator goes by an exchange. @type {ReadonlySet<Verdict>} */
const BELIEVED = new Set(["accepted", "undercut", "stepped", "renewed"]);

/** @param {Verdict} verdict */
export function isBelieved(verdict) {
  return BELIEVED.has(verdict);
}

/** Whether all that came before was forgotten: after a step, a new time base or a sleep it tells of another offset. @param {Exchange} exchange */
export function beginsAnew({ verdict, estimate }) {
  return verdict === "stepped" || verdict === "renewed" || (verdict === "accepted" && estimate?.count === 1);
}

/** RFC 5905 section 8: offset θ and round-trip delay δ of one exchange, in milliseconds. @param {Pick<import("./estimator.js").Sample, "t1Ms" | "t2Ms" | "t3Ms" | "t4Ms">} sample */
export function offsetAndDelay({ t1Ms, t2Ms, t3Ms, t4Ms }) {
  return { offsetMs: (t2Ms - t1Ms + (t3Ms - t4Ms)) / 2, delayMs: t4Ms - t1Ms - (t3Ms - t2Ms) };
}
