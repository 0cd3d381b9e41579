// @ts-check
/** The one animation loop of a page: runs only while somebody has something to draw. */

export class FrameLoop {
  #request;
  #cancel;
  /** @type {Set<(nowMs: number) => void>} */
  #steady = new Set();
  /** @type {Set<(nowMs: number) => void>} */
  #once = new Set();
  /** @type {number | null} */
  #handle = null;

  /**
   * @param {object} needs
   * @param {(run: (nowMs: number) => void) => number} needs.requestFrame
   * @param {(handle: number) => void} needs.cancelFrame
   */
  constructor({ requestFrame, cancelFrame }) {
    this.#request = requestFrame;
    this.#cancel = cancelFrame;
  }

  /**
   * Draws each frame until taken away.
   * @param {(nowMs: number) => void} draw
   * @returns {() => void}
   */
  add(draw) {
    this.#steady.add(draw);
    this.#run();
    return () => {
      this.#steady.delete(draw);
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

  stop() {
    if (this.#handle !== null) this.#cancel(this.#handle);
    this.#handle = null;
    this.#steady.clear();
    this.#once.clear();
  }

  #run() {
    if (this.#handle !== null || this.#steady.size + this.#once.size === 0) return;
    this.#handle = this.#request((nowMs) => {
      this.#handle = null;
      const once = [...this.#once];
      this.#once.clear();
      for (const draw of [...once, ...this.#steady]) draw(nowMs);
      this.#run();
    });
  }
}
