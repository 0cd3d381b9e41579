// @ts-check
/** One polite voice for screen readers; what comes too fast is dropped for the newest. */

/** A sentence needs about this long to be read out. */
const PAUSE_MS = 1500;

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
  let waiting = "";

  const speak = () => {
    timer = null;
    saidMs = now();
    region.textContent = waiting;
  };
  return {
    /** @param {string} sentence */
    announce(sentence) {
      waiting = sentence;
      if (timer === null) timer = setTimeout(speak, Math.max(0, saidMs + PAUSE_MS - now()));
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
