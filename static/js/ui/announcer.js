// @ts-check
/** One polite voice for screen readers; what comes too fast is said together, the newest of it. */

/** A sentence needs about this long to be read out. */
const PAUSE_MS = 1500;
/** Who was away for a moment wants the last things, not a lecture. */
const MOST_TOGETHER = 3;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.region
 * @param {() => number} needs.now
 * @param {(run: () => void, delayMs: number) => unknown} needs.setTimeout
 * @param {(handle: any) => void} needs.clearTimeout
 */
export function mountAnnouncer({ region, now, setTimeout, clearTimeout }) {
  let saidMs = -Infinity;
  /** @type {unknown} */
  let timer = null;
  /** @type {string[]} */
  let waiting = [];

  const speak = () => {
    timer = null;
    saidMs = now();
    region.textContent = waiting.join(" ");
    waiting = [];
  };
  return {
    /** @param {string} sentence */
    announce(sentence) {
      waiting = [...waiting.filter((other) => other !== sentence), sentence].slice(-MOST_TOGETHER);
      if (timer === null) timer = setTimeout(speak, Math.max(0, saidMs + PAUSE_MS - now()));
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
