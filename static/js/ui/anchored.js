// @ts-check
/**
 * When a reaction is shown: as the viewer's film passes the moment it was meant for; pure.
 * Nobody reacts before the sender, so a film a little behind waits for its own moment. One that is further behind, or
 * ahead, or stands, sees it at once: it is a friend's gesture too, and an emoji gives nothing away.
 */

/** Films in step differ by less, and a message takes longer. */
const IN_STEP_S = 0.1;
/** Whoever is further behind is loading or jumping: that moment may never come. */
const MOST_BEHIND_S = 6;
/** A film that stopped on its way, or a hidden page, does not show what nobody means any more. */
const STALE_MS = 12_000;

/** @typedef {{positionS: number, playing: boolean}} Film this viewer's own, not the room's */

/** @template {{videoTime: number}} Moment */
export class Anchored {
  /** @type {{moment: Moment, heardMs: number}[]} */
  #waiting = [];

  get isEmpty() {
    return this.#waiting.length === 0;
  }

  /**
   * @param {Moment} moment
   * @param {Film | null} film null: none is there
   * @param {number} nowMs
   * @returns {boolean} whether it is for now; else it is kept
   */
  take(moment, film, nowMs) {
    if (isForNow(moment, film)) return true;
    this.#waiting.push({ moment, heardMs: nowMs });
    return false;
  }

  /**
   * What has waited long enough, each once.
   * @param {Film | null} film
   * @param {number} nowMs
   * @returns {Moment[]}
   */
  due(film, nowMs) {
    const fresh = this.#waiting.filter(({ heardMs }) => nowMs - heardMs <= STALE_MS);
    this.#waiting = fresh.filter(({ moment }) => !isForNow(moment, film));
    return fresh.map(({ moment }) => moment).filter((moment) => isForNow(moment, film));
  }

  clear() {
    this.#waiting = [];
  }
}

/**
 * @param {{videoTime: number}} moment
 * @param {Film | null} film
 */
function isForNow({ videoTime }, film) {
  if (film === null || !film.playing) return true;
  const behindS = videoTime - film.positionS;
  return behindS <= IN_STEP_S || behindS > MOST_BEHIND_S;
}
