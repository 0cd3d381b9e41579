// @ts-check
/** Asks again and again for what has changed, as long as somebody looks; goes on by itself after an outage. */

import { Timer } from "../room/timer.js";

/** @import { Timers } from "../room/timer.js" */

/** As often as servers tell one another. */
export const ASK_EVERY_MS = 2000;

/** There is no use in asking again: who asks is not let in any more. */
export class TurnedAway extends Error {}

/**
 * @template Part
 * @typedef {object} Needs
 * @property {() => Promise<Part>} ask throws TurnedAway, or anything else where no answer came
 * @property {(part: Part, times: {askedMs: number, heardMs: number}) => void} show
 * @property {(trouble: "lost" | "turned away" | null, heardMs: number | null) => void} tell whether it goes well, and when it last did
 * @property {() => number} now
 */

/** @template Part */
export class LiveWatch {
  #needs;
  #timer;
  /** Which asking is the one whose answer counts. */
  #turn = 0;
  /** @type {number | null} */
  #heardMs = null;
  #isOver = false;

  /** @param {Needs<Part> & Timers} needs */
  constructor(needs) {
    this.#needs = needs;
    this.#timer = new Timer(needs, () => this.#ask());
  }

  /** Asks at once, then for as long as it is not stopped. */
  start() {
    if (!this.#isOver) this.#ask();
  }

  /** Nobody looks: an answer that is under way counts no more. */
  stop() {
    this.#turn += 1;
    this.#timer.stop();
  }

  async #ask() {
    this.#timer.stop();
    const turn = ++this.#turn;
    const askedMs = this.#needs.now();
    try {
      const part = await this.#needs.ask();
      if (turn !== this.#turn) return;
      this.#heardMs = this.#needs.now();
      this.#needs.show(part, { askedMs, heardMs: this.#heardMs });
      this.#needs.tell(null, this.#heardMs);
    } catch (problem) {
      if (turn !== this.#turn) return;
      this.#isOver = problem instanceof TurnedAway;
      this.#needs.tell(this.#isOver ? "turned away" : "lost", this.#heardMs);
      if (this.#isOver) return;
    }
    this.#timer.start(ASK_EVERY_MS);
  }
}
