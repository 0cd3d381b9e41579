// @ts-check
/** How far a browser's picture trails its own media clock: a busy machine shows frames late and says nothing of it. */

/** Half a second of pictures: one late callback moves nothing. */
const MEDIAN_OVER_S = 0.5;
const MEDIAN_OF_MOST = 30;
/** Pictures are late by whole refreshes of the display, also those of a slow film. */
const REFRESH_S = 1 / 60;
/** A picture is announced a third of a refresh early. */
const ANNOUNCED_EARLY_S = 0.005;
/**
 * Chromium keeps its rhythm of pictures until it is half a frame off: an idle one is −5 … +12 ms late at 60 fps, −15 … +20 at 30.
 * That phase is no lag; refreshes are counted anew only this far beyond it.
 */
const LEAVE_S = REFRESH_S / 4;
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
    const lateS = middleS - this.#unitS / 2 + ANNOUNCED_EARLY_S;
    const isElsewhere = Math.abs(lateS - this.seconds) > frameS / 2 + LEAVE_S;
    if (isElsewhere) this.#refreshes = Math.max(Math.round(lateS / this.#unitS), 0);
  }
}
