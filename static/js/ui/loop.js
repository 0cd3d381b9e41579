// @ts-check
/** The one animation loop of a page: it draws what is in view no more often than needed, the rest hardly ever, and rests in between. */

/** A wait shorter than a frame is no rest. */
const FRAME_MS = 16;
/** Frames do not come to the microsecond: what is due within this is drawn now instead of a whole frame late. */
const EARLY_MS = 1;
/** A frame is asked for so long before it is wanted. */
const LEAD_MS = 4;
/** What is out of view is read aloud, searched and printed all the same: its words may be this old. */
const UNSEEN_MS = 2000;
/** As fluent as a film: enough for whatever moves slowly. */
export const FLUENT_MS = 1000 / 30;

/** @typedef {{draw: (nowMs: number) => void, everyMs: () => number, seen: boolean, dueMs: number}} Steady */

export class FrameLoop {
  #needs;
  /** @type {Set<Steady>} */
  #steady = new Set();
  /** @type {Set<(nowMs: number) => void>} */
  #once = new Set();
  /** @type {number | null} */
  #frame = null;
  /** @type {number | null} */
  #timer = null;

  /**
   * @param {object} needs
   * @param {() => number} needs.now the clock of the frames
   * @param {(run: (nowMs: number) => void) => number} needs.requestFrame
   * @param {(run: () => void, delayMs: number) => number} needs.setTimeout
   * @param {(timer: number) => void} needs.clearTimeout
   * @param {(element: Element, tell: (seen: boolean) => void) => () => void} needs.observeSeen tells whether it is in view, now and whenever that changes
   */
  constructor(needs) {
    this.#needs = needs;
  }

  /**
   * Draws until taken away.
   * @param {(nowMs: number) => void} draw
   * @param {object} [how]
   * @param {Element} [how.element] hardly drawn while it is out of view
   * @param {number | (() => number)} [how.everyMs] how long a drawing is good for; asked after each drawing
   * @returns {() => void}
   */
  add(draw, { element, everyMs = 0 } = {}) {
    const steady = { draw, everyMs: typeof everyMs === "number" ? () => everyMs : everyMs, seen: !element, dueMs: -Infinity };
    this.#steady.add(steady);
    const unobserve = element && this.#needs.observeSeen(element, (seen) => {
      if (seen && !steady.seen) steady.dueMs = -Infinity;
      steady.seen = seen;
      this.#run();
    });
    this.#run();
    return () => {
      unobserve?.();
      this.#steady.delete(steady);
    };
  }

  /**
   * Draws once, in the next frame, however often it is asked for.
   * @param {(nowMs: number) => void} draw
   */
  once(draw) {
    this.#once.add(draw);
    this.#run();
  }

  #run() {
    if (this.#frame !== null) return;
    const { now, requestFrame, setTimeout, clearTimeout } = this.#needs;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const restMs = this.#dueMs() - now();
    if (restMs === Infinity) return;
    if (restMs <= FRAME_MS) this.#frame = requestFrame((nowMs) => this.#draw(nowMs));
    else {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.#frame ??= requestFrame((nowMs) => this.#draw(nowMs));
      }, restMs - LEAD_MS);
    }
  }

  /** @param {number} nowMs */
  #draw(nowMs) {
    this.#frame = null;
    const once = [...this.#once];
    this.#once.clear();
    for (const draw of once) draw(nowMs);
    for (const steady of [...this.#steady]) {
      if (steady.dueMs > nowMs + EARLY_MS) continue;
      steady.draw(nowMs);
      steady.dueMs = nowMs + Math.max(steady.everyMs(), steady.seen ? 0 : UNSEEN_MS);
    }
    this.#run();
  }

  /** When the next frame is wanted; Infinity: never. */
  #dueMs() {
    if (this.#once.size > 0) return -Infinity;
    return Math.min(...Array.from(this.#steady, ({ dueMs }) => dueMs));
  }
}
