// @ts-check
/** How many frames a browser's picture trails its own media clock: a busy machine shows frames late and says nothing of it. */

/** Half a second of a 60 fps film: one late callback moves nothing. */
const MEDIAN_OF = 30;
/** A picture stands for a whole frame and is announced a third of a refresh early: measured on an idle Chromium −5 … +12 ms at 60 fps. */
const ANNOUNCED_EARLY_S = 0.005;
/** Frames are counted anew only beyond this, so that the phase between film and display decides nothing. */
const LEAVE_FRAMES = 0.75;
/** More than this is no pipeline, but a player that stalls. */
const MOST_S = 0.25;

/**
 * Chromium under load keeps a constant 30–50 ms between `currentTime` and the picture, until something stirs it (docs/performance.md).
 * Viewers compare pictures, so that whole frames of it belong to the position; the fraction is the phase between film and display.
 */
export class PictureLag {
  /** @type {number[]} */
  #lagsS = [];
  #frames = 0;

  /** Frames that the picture is late, 0 as long as nothing says otherwise. */
  get frames() {
    return this.#frames;
  }

  /** A seek or a start: earlier pictures say nothing, but the machine is as busy as before. */
  reset() {
    this.#lagsS = [];
  }

  /**
   * @param {number} lagS media clock at the instant of display, minus the picture's own film time
   * @param {number} frameS duration of one frame
   */
  note(lagS, frameS) {
    if (lagS > MOST_S || !(frameS > 0)) return;
    this.#lagsS = [...this.#lagsS, lagS].slice(-MEDIAN_OF);
    if (this.#lagsS.length < MEDIAN_OF) return;
    const middleS = [...this.#lagsS].sort((a, b) => a - b)[MEDIAN_OF >> 1] ?? 0;
    const frames = (middleS - frameS / 2 + ANNOUNCED_EARLY_S) / frameS;
    if (Math.abs(frames - this.#frames) > LEAVE_FRAMES) this.#frames = Math.max(Math.round(frames), 0);
  }
}
