// @ts-check
/** What the pages lend from the browser to modules that take clocks, timers and storage as arguments. */

import { FrameLoop } from "../ui/loop.js";

/** The local clock of everything: monotonic, epoch milliseconds; never Date.now(). */
export const now = () => performance.timeOrigin + performance.now();

/** As long as no isolated context says otherwise, Chromium's clock ticks in 0.1 ms, Firefox' and Safari's in 1 ms. */
export const resolutionMs = () => (globalThis.crossOriginIsolated ? 0.005 : "chrome" in globalThis ? 0.1 : 1);

export const timers = Object.freeze({
  setTimeout: (/** @type {() => void} */ run, /** @type {number} */ delayMs) => window.setTimeout(run, delayMs),
  clearTimeout: (/** @type {number} */ handle) => window.clearTimeout(handle),
});

export const intervals = Object.freeze({
  setInterval: (/** @type {() => void} */ run, /** @type {number} */ everyMs) => window.setInterval(run, everyMs),
  clearInterval: (/** @type {number} */ handle) => window.clearInterval(handle),
});

export const newLoop = () =>
  new FrameLoop({
    now: () => performance.now(),
    requestFrame: (run) => requestAnimationFrame(run),
    observeSeen: (element, tell) => observeSeen(element, tell),
    ...timers,
  });

/** Random ids that work without TLS too, where randomUUID does not exist. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {"localStorage" | "sessionStorage"} name
 * @returns {Storage | null} null where the browser forbids it
 */
export function storage(name) {
  try {
    return window[name];
  } catch {
    return null; // Cookies are off: everything works, nothing is remembered.
  }
}

/** @param {string} path */
export function socketUrl(path) {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}${path}`;
}

/** @returns {"chromium" | "firefox" | "webkit"} whose media clock this is */
export function engine() {
  if (/firefox/i.test(navigator.userAgent)) return "firefox";
  return "chrome" in globalThis || /chrom(e|ium)/i.test(navigator.userAgent) ? "chromium" : "webkit";
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @param {Element} element @param {() => void} run when its size is another @returns {() => void} stops */
export function observeSize(element, run) {
  const observer = new ResizeObserver(run);
  observer.observe(element);
  return () => observer.disconnect();
}

/** What is about to be scrolled into view is seen a little early. */
const SOON_SEEN = { rootMargin: "120px" };

/**
 * @param {Element} element
 * @param {(seen: boolean) => void} tell now and whenever that changes
 * @param {IntersectionObserverInit} [how]
 * @returns {() => void} stops
 */
export function observeSeen(element, tell, how = SOON_SEEN) {
  const observer = new IntersectionObserver((entries) => tell(entries.at(-1)?.isIntersecting ?? false), how);
  observer.observe(element);
  return () => observer.disconnect();
}

/**
 * @template Config
 * @param {string} id of the json_script
 * @returns {Config}
 */
export function readConfig(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

/**
 * An element that the template promises, by its id.
 * @template {Element} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function byId(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`The page lacks #${id}`);
  return element;
}
