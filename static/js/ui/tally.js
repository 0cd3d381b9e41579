// @ts-check
/** What screen readers hear of reactions: one sentence for all of the last seconds. */

import { together } from "./company.js";

/** @import { Timers } from "../room/timer.js" */

/** Long enough to gather a burst, short enough to belong to the scene. */
const GATHER_MS = 3000;
/** The rest is noise. */
const MOST_EMOJI = 4;

/** @typedef {{emoji: string, userId: string, name: string | null}} Heard name null: somebody who is not listed */

export class Tally {
  #announce;
  #setTimeout;
  #clearTimeout;
  /** @type {Heard[]} */
  #heard = [];
  /** @type {unknown} */
  #timer = null;

  /** @param {Timers & {announce: (sentence: string) => void}} needs */
  constructor({ announce, setTimeout, clearTimeout }) {
    this.#announce = announce;
    this.#setTimeout = (/** @type {() => void} */ run, /** @type {number} */ delayMs) => setTimeout(run, delayMs);
    this.#clearTimeout = (/** @type {any} */ handle) => clearTimeout(handle);
  }

  /** @param {Heard} reaction somebody else's */
  note(reaction) {
    this.#heard.push(reaction);
    this.#timer ??= this.#setTimeout(() => this.#report(), GATHER_MS);
  }

  stop() {
    if (this.#timer !== null) this.#clearTimeout(this.#timer);
    this.#timer = null;
    this.#heard = [];
  }

  #report() {
    this.#announce(tallySentence(this.#heard));
    this.stop();
  }
}

/**
 * "Ada and 3 others reacted: 🔥 5, 😂 2.", the most frequent first.
 * @param {readonly Heard[]} heard at least one
 */
export function tallySentence(heard) {
  const names = new Map(heard.map(({ userId, name }) => [userId, name]));
  const known = [...names.values()].filter((name) => name !== null);
  const unknown = Array.from({ length: names.size - known.length }, (_, index) => (index === 0 && known.length === 0 ? "Somebody" : "somebody"));
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { emoji } of heard) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  const told = [...counts].sort((one, other) => other[1] - one[1]).slice(0, MOST_EMOJI);
  return `${together([...known, ...unknown])} reacted: ${told.map(([emoji, count]) => (count > 1 ? `${emoji} ${count}` : emoji)).join(", ")}.`;
}
