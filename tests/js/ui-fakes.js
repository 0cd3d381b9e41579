// @ts-check
/** A clock that stands until told, with its timers. */

export class FakeTime {
  nowMs = 0;
  #next = 1;
  /** @type {Map<number, {atMs: number, run: () => void}>} */
  #timers = new Map();

  now = () => this.nowMs;

  setTimeout = (/** @type {() => void} */ run, /** @type {number} */ delayMs) => {
    this.#timers.set(this.#next, { atMs: this.nowMs + delayMs, run });
    return this.#next++;
  };

  clearTimeout = (/** @type {unknown} */ handle) => {
    this.#timers.delete(Number(handle));
  };

  /** @param {number} ms */
  pass(ms) {
    const endMs = this.nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.atMs <= endMs).sort((a, b) => a[1].atMs - b[1].atMs)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.nowMs = due[1].atMs;
      due[1].run();
    }
    this.nowMs = endMs;
  }
}
