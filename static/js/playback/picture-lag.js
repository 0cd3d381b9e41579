// @ts-check
/** How far a browser's picture trails its own media clock: a busy machine shows frames late and says nothing of it. */

/** Half a second of pictures: one late callback moves nothing. */
const MEDIAN_OVER_S = 0.5;
const MEDIAN_OF_MOST = 30;
/** Pictures are late by whole refreshes of the display, also those of a slow film. */
const REFRESH_S = 1 / 60;
/** A picture comes with the first refresh of its time, and is announced a third of one early: measured on an idle Chromium −11 … +12 ms. */
const ANNOUNCED_EARLY_S = 0.005;
/** Refreshes are counted anew only beyond this, so that the phase between film and display decides nothing. */
const LEAVE_REFRESHES = 0.75;
/** More than this is no pipeline, but a player that stalls. */
const MOST_S = 0.25;

/**
 * Chromium under load keeps a constant 30–50 ms between `currentTime` and the picture, until something stirs it (docs/performance.md).
 * Viewers compare pictures, so that whole refreshes of it belong to the position; the fraction is the phase between film and display.
 */
export class PictureLag {
  /** @type {number[]} */
  #lagsS = [];
  #refreshes = 0;
  #unitS = REFRESH_S;

  /** How late the picture is, in seconds of the wall, 0 as long as nothing says otherwise. */
  get seconds() {
    return this.#refreshes * this.#unitS;
  }

  /** A seek or a start: earlier pictures say nothing, but the machine is as busy as before. */
  reset() {
    this.#lagsS = [];
  }

  /**
   * Both in seconds of the wall.
   * @param {number} lagS media clock at the instant of display, minus the picture's own film time
   * @param {number} frameS duration of one frame
   */
  note(lagS, frameS) {
    if (lagS > MOST_S || !(frameS > 0)) return;
    const enough = Math.min(Math.round(MEDIAN_OVER_S / frameS), MEDIAN_OF_MOST);
    this.#lagsS = [...this.#lagsS, lagS].slice(-enough);
    if (this.#lagsS.length < enough) return;
    const middleS = [...this.#lagsS].sort((a, b) => a - b)[enough >> 1] ?? 0;
    this.#unitS = Math.min(frameS, REFRESH_S);
    const refreshes = (middleS - this.#unitS / 2 + ANNOUNCED_EARLY_S) / this.#unitS;
    if (Math.abs(refreshes - this.#refreshes) > LEAVE_REFRESHES) this.#refreshes = Math.max(Math.round(refreshes), 0);
  }
}
