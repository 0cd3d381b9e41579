// @ts-check
/** True time that passes from event to event, and a machine that may sleep through some of it. */

/** @typedef {{fromMs: number, forMs: number}} Sleep */

export class World {
  nowMs = 0;
  #sleeps;
  /** Sorted, the next one last. @type {{id: number, atMs: number, run: () => void}[]} */
  #events = [];
  #lastId = 0;

  /** @param {readonly Sleep[]} sleeps */
  constructor(sleeps) {
    this.#sleeps = sleeps;
  }

  /** A message is there; a sleeping machine finds it when it wakes. @param {number} atMs @param {() => void} run */
  arrive(atMs, run) {
    const asleep = this.asleep(atMs);
    return this.#add(asleep ? asleep.fromMs + asleep.forMs : atMs, run);
  }

  /** A timer of that machine, which stands still in sleep. @type {(run: () => void, delayMs: number) => number} */
  setTimeout = (run, delayMs) => {
    const dueMs = this.nowMs + delayMs;
    const slept = this.#sleeps.find(({ fromMs }) => fromMs >= this.nowMs && fromMs < dueMs);
    return this.#add(dueMs + (slept?.forMs ?? 0), run);
  };

  /** @type {(id: number) => void} */
  clearTimeout = (id) => {
    this.#events = this.#events.filter((event) => event.id !== id);
  };

  /** @param {number} atMs @returns {Sleep | null} */
  asleep(atMs) {
    return this.#sleeps.find(({ fromMs, forMs }) => atMs >= fromMs && atMs < fromMs + forMs) ?? null;
  }

  /** @param {number} untilMs */
  runUntil(untilMs) {
    for (let next = this.#events.at(-1); next && next.atMs <= untilMs; next = this.#events.at(-1)) {
      this.#events.pop();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
    }
    this.nowMs = untilMs;
  }

  /** @param {number} atMs @param {() => void} run */
  #add(atMs, run) {
    this.#lastId += 1;
    let place = this.#events.length;
    while (place > 0 && /** @type {{atMs: number}} */ (this.#events[place - 1]).atMs <= atMs) place -= 1;
    this.#events.splice(place, 0, { id: this.#lastId, atMs, run });
    return this.#lastId;
  }
}
