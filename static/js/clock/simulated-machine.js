// @ts-check
/** True time that passes from event to event, for a machine that somebody may put to sleep at any moment. */

/** @typedef {{id: number, atMs: number, run: () => void, timer: boolean}} Event */

export class SimulatedMachine {
  nowMs = 0;
  #wakesAtMs = -Infinity;
  /** Sorted, the next one last. @type {Event[]} */
  #events = [];
  #lastId = 0;

  /** How long it will sleep on; 0 while it is awake. */
  get asleepForMs() {
    return Math.max(this.#wakesAtMs - this.nowMs, 0);
  }

  /** A message is there; a sleeping machine finds it when it wakes. @param {number} atMs true time @param {() => void} run */
  arrive(atMs, run) {
    this.#add({ id: this.#newId(), atMs: Math.max(atMs, this.#wakesAtMs), run, timer: false });
  }

  /** A timer of this machine. @type {(run: () => void, delayMs: number) => number} */
  setTimeout = (run, delayMs) => {
    const id = this.#newId();
    this.#add({ id, atMs: this.nowMs + delayMs, run, timer: true });
    return id;
  };

  /** @type {(id: number) => void} */
  clearTimeout = (id) => {
    this.#events = this.#events.filter((event) => event.id !== id);
  };

  /** Stands still from now on: timers resume where they were, messages wait for it. @param {number} forMs */
  sleep(forMs) {
    this.#wakesAtMs = this.nowMs + forMs;
    const put = this.#events.splice(0);
    for (const event of put.reverse()) {
      this.#add({ ...event, atMs: event.timer ? event.atMs + forMs : Math.max(event.atMs, this.#wakesAtMs) });
    }
  }

  /** @param {number} untilMs true time */
  runUntil(untilMs) {
    for (let next = this.#events.at(-1); next && next.atMs <= untilMs; next = this.#events.at(-1)) {
      this.#events.pop();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
    }
    this.nowMs = untilMs;
  }

  #newId() {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Of two at one instant the earlier set comes first. @param {Event} event */
  #add(event) {
    let place = this.#events.length;
    while (place > 0 && /** @type {Event} */ (this.#events[place - 1]).atMs <= event.atMs) place -= 1;
    this.#events.splice(place, 0, event);
  }
}
