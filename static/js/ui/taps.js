// @ts-check
/** Counts clicks and taps that follow each other quickly in one place: the first plays or pauses, the second reacts; pure. */

/** So long a click waits for a second one before it pauses the film for everyone. */
export const DOUBLE_MS = 280;
/** A finger does not hit the same pixel twice. */
const REACH_PX = 40;

export class Taps {
  #count = 0;
  #x = 0;
  #y = 0;
  #atMs = -Infinity;

  /**
   * @param {{clientX: number, clientY: number, timeStamp: number}} event
   * @returns {number} 1: a first one; 2, 3 …: it follows another
   */
  count({ clientX, clientY, timeStamp }) {
    const near = Math.hypot(clientX - this.#x, clientY - this.#y) <= REACH_PX;
    this.#count = near && timeStamp - this.#atMs < DOUBLE_MS ? this.#count + 1 : 1;
    [this.#x, this.#y, this.#atMs] = [clientX, clientY, timeStamp];
    return this.#count;
  }
}
