// @ts-check
/** Decides when the controls are on the picture: 2.5 s after the last movement they leave, unless held. */

const IDLE_MS = 2500;

export class AutoHide {
  #setTimeout;
  #clearTimeout;
  #held;
  #show;
  #visible = true;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {object} needs
   * @param {(run: () => void, delayMs: number) => unknown} needs.setTimeout
   * @param {(handle: any) => void} needs.clearTimeout
   * @param {() => boolean} needs.held paused, or a control has the focus
   * @param {(visible: boolean) => void} needs.show
   */
  constructor({ setTimeout, clearTimeout, held, show }) {
    this.#setTimeout = (/** @type {() => void} */ run, /** @type {number} */ delayMs) => setTimeout(run, delayMs);
    this.#clearTimeout = (/** @type {unknown} */ handle) => clearTimeout(handle);
    this.#held = held;
    this.#show = show;
  }

  get visible() {
    return this.#visible;
  }

  /** Somebody moved, touched or pressed. */
  wake() {
    this.#set(true);
    this.stop();
    this.#timer = this.#setTimeout(() => this.#tired(), IDLE_MS);
  }

  /** The hand is gone: leave at once where allowed. */
  leave() {
    this.stop();
    this.#tired();
  }

  stop() {
    if (this.#timer !== null) this.#clearTimeout(this.#timer);
    this.#timer = null;
  }

  #tired() {
    this.#timer = null;
    if (!this.#held()) this.#set(false);
    else this.#timer = this.#setTimeout(() => this.#tired(), IDLE_MS);
  }

  /** @param {boolean} visible */
  #set(visible) {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#show(visible);
  }
}
