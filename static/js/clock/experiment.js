// @ts-check
/** What can be set on the page Simulate, and how an experiment is written into an address and read from it. */

/**
 * @typedef {object} Experiment
 * @property {number} wrongMs the device's clock is set so far ahead; negative: behind
 * @property {number} driftPpm it runs so much faster than true time
 * @property {number} delayMs of the path, there and back together
 * @property {number} jitterMs mean of the queueing noise of each message
 * @property {number} therePct share of the delay that lies on the way there
 * @property {number} lossPct share of exchanges that are never answered
 * @property {number} upload 1: somebody uploads, so that a queue stands on the way there for half of every minute
 * @property {number} pace simulated seconds in a second
 */
/** @typedef {Readonly<{key: string, values: readonly number[], initial: number, free: boolean}>} Setting */

/** Both signs of a list that begins with 0. @param {number[]} sizes */
const mirrored = ([zero = 0, ...sizes]) => [...sizes.map((size) => -size).reverse(), zero, ...sizes];

const WRONG_MS = [0, 1, 2, 5, 10, 20, 50, 100, 150, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 45_000, 60_000];
const DRIFT_PPM = [0, 2, 5, 10, 20, 50, 80, 100, 200, 300, 400, 500];
const DELAY_MS = [0, 1, 2, 5, 10, 20, 40, 60, 80, 100, 150, 200, 300, 400, 600, 1000];
const JITTER_MS = [0, 0.1, 0.3, 0.5, 1, 2, 3, 5, 10, 20, 50, 100];
const THERE_PCT = Array.from({ length: 21 }, (_, i) => i * 5);
const LOSS_PCT = [0, 1, 2, 5, 10, 20, 30, 50, 80, 95, 100];
export const PACES = Object.freeze([1, 10, 60]);

/**
 * A slider stops at the values of its list; an address may also name what lies between them, where `free` says so.
 * @type {Readonly<Record<keyof Experiment, Setting>>}
 */
export const SETTINGS = Object.freeze({
  wrongMs: { key: "wrong", values: mirrored(WRONG_MS), initial: 30_000, free: true },
  driftPpm: { key: "drift", values: mirrored(DRIFT_PPM), initial: 20, free: true },
  delayMs: { key: "delay", values: DELAY_MS, initial: 40, free: true },
  jitterMs: { key: "jitter", values: JITTER_MS, initial: 2, free: true },
  therePct: { key: "there", values: THERE_PCT, initial: 50, free: true },
  lossPct: { key: "loss", values: LOSS_PCT, initial: 0, free: true },
  upload: { key: "upload", values: [0, 1], initial: 0, free: false },
  pace: { key: "pace", values: PACES, initial: 10, free: false },
});

const NAMES = /** @type {(keyof Experiment)[]} */ (Object.keys(SETTINGS));

/** @type {Readonly<Experiment>} */
export const INITIAL = Object.freeze(
  /** @type {Experiment} */ (Object.fromEntries(NAMES.map((name) => [name, SETTINGS[name].initial]))),
);

/** By how much unequal ways shift every estimate, which no exchange of timestamps can see. @param {Pick<Experiment, "delayMs" | "therePct">} experiment */
export function hiddenShiftMs({ delayMs, therePct }) {
  return Math.abs(delayMs * (therePct / 50 - 1)) / 2;
}

/** The stop of a slider that is nearest to a value. @param {Setting} setting @param {number} value */
export function nearestStop({ values }, value) {
  let nearest = 0;
  values.forEach((stop, i) => {
    if (Math.abs(stop - value) < Math.abs((values[nearest] ?? 0) - value)) nearest = i;
  });
  return nearest;
}

/**
 * Reads an address's hash; what is missing, unknown or nonsense stays as it is at first.
 * @param {string} hash with or without its #
 * @returns {Experiment}
 */
export function experimentFrom(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  return /** @type {Experiment} */ (
    Object.fromEntries(NAMES.map((name) => [name, valueFrom(SETTINGS[name], given.get(SETTINGS[name].key))]))
  );
}

/** @param {Setting} setting @param {string | null} text */
function valueFrom({ values, initial, free }, text) {
  if (text === null || !/^-?\d+(\.\d+)?$/.test(text)) return initial;
  const value = Number(text);
  if (!free) return values.includes(value) ? value : initial;
  return value >= Math.min(...values) && value <= Math.max(...values) ? value : initial;
}

/**
 * Writes only what differs from the first experiment, so that addresses stay short.
 * @param {Experiment} experiment @param {readonly string[]} hidden ids of estimators that are not shown
 */
export function hashOf(experiment, hidden) {
  const written = new URLSearchParams();
  for (const name of NAMES) {
    if (experiment[name] !== SETTINGS[name].initial) written.set(SETTINGS[name].key, String(experiment[name]));
  }
  if (hidden.length > 0) written.set(HIDDEN_KEY, hidden.join("."));
  return written.toString();
}

const HIDDEN_KEY = "without";
/** The page is about this one: it is never hidden. */
export const ALWAYS_SHOWN = "ours";

/** Ids of estimators that an address hides; unknown ones are ignored, and ours. @param {string} hash @param {readonly string[]} ids */
export function hiddenFrom(hash, ids) {
  const named = new URLSearchParams(hash.replace(/^#/, "")).get(HIDDEN_KEY)?.split(".") ?? [];
  return ids.filter((id) => id !== ALWAYS_SHOWN && named.includes(id));
}
