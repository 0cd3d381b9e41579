// @ts-check
/** Who asks for control of the film and has no answer yet, in the order of asking. */

export class Asks {
  /** @type {readonly string[]} */
  #userIds = Object.freeze([]);

  get userIds() {
    return this.#userIds;
  }

  /**
   * @param {string} userId
   * @returns {boolean} whether this is news
   */
  add(userId) {
    if (this.#userIds.includes(userId)) return false;
    this.#userIds = Object.freeze([...this.#userIds, userId]);
    return true;
  }

  /** @param {(userId: string) => boolean} isOver answered, or gone */
  drop(isOver) {
    const left = this.#userIds.filter((userId) => !isOver(userId));
    if (left.length < this.#userIds.length) this.#userIds = Object.freeze(left);
  }

  clear() {
    this.drop(() => true);
  }
}
