// @ts-check
/** What the clocks of a time zone show at an instant of UTC, in figures and in words. */

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HALF_DAY_H = 12;
/** By the clock, not by the sun. */
const SUNRISE_H = 6;
const SUNSET_H = 18;

const LONG_DATE = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const SHORT_DATE = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

/** One zone, which Intl must know: the constructor throws its RangeError otherwise. */
export class ZoneTime {
  #format;
  #minute = NaN;
  #offsetMs = 0;

  /** @param {string} timeZone an IANA name */
  constructor(timeZone) {
    this.#format = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** The zone's time minus UTC. It changes with a minute at most, so Intl is asked once in each. @param {number} civilMs */
  offsetMs(civilMs) {
    const minute = Math.floor(civilMs / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#offsetMs = this.#read(civilMs) - Math.floor(civilMs / 1000) * 1000;
    }
    return this.#offsetMs;
  }

  /** Milliseconds that a clock there has counted since its own 1 January 1970. @param {number} civilMs */
  wallMs(civilMs) {
    return civilMs + this.offsetMs(civilMs);
  }

  /** @param {number} civilMs */
  #read(civilMs) {
    const fields = Object.fromEntries(this.#format.formatToParts(civilMs).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  }
}

/**
 * "14:23:07.4", or "2:23:07.4" and "pm".
 * @param {number} wallMs
 * @param {{twelveHours: boolean, tenths?: boolean}} style
 * @returns {{figure: string, period: string}}
 */
export function clockText(wallMs, { twelveHours, tenths = false }) {
  const ofDayMs = ((wallMs % DAY_MS) + DAY_MS) % DAY_MS;
  const hours = Math.floor(ofDayMs / HOUR_MS);
  const minutes = two(Math.floor(ofDayMs / MINUTE_MS) % 60);
  const seconds = two(Math.floor(ofDayMs / 1000) % 60);
  const fraction = tenths ? `.${Math.floor(ofDayMs / 100) % 10}` : "";
  const shownHours = twelveHours ? String(hours % HALF_DAY_H || HALF_DAY_H) : two(hours);
  return {
    figure: `${shownHours}:${minutes}:${seconds}${fraction}`,
    period: twelveHours ? (hours < HALF_DAY_H ? "am" : "pm") : "",
  };
}

/** How this browser's owner reads the time. */
export function readsTwelveHours() {
  return new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hour12 ?? false;
}

/** "Thursday 26 November 2026" @param {number} wallMs */
export const longDate = (wallMs) => LONG_DATE.format(wallMs);

/** "Thu, 26 Nov" @param {number} wallMs */
export const shortDate = (wallMs) => SHORT_DATE.format(wallMs);

/** @param {number} wallMs */
export function isDay(wallMs) {
  const hour = Math.floor(wallMs / HOUR_MS) % 24;
  return hour >= SUNRISE_H && hour < SUNSET_H;
}

/**
 * "8 h ahead", "5 h 30 min behind", "same time".
 * @param {number} differenceMs theirs minus ours
 */
export function aheadWords(differenceMs) {
  const minutes = Math.round(Math.abs(differenceMs) / MINUTE_MS);
  if (minutes === 0) return "same time";
  const parts = [Math.floor(minutes / 60) && `${Math.floor(minutes / 60)} h`, minutes % 60 && `${minutes % 60} min`];
  return `${parts.filter(Boolean).join(" ")} ${differenceMs > 0 ? "ahead" : "behind"}`;
}

/** "UTC+5:30" @param {number} offsetMs */
export function utcText(offsetMs) {
  const minutes = Math.round(Math.abs(offsetMs) / MINUTE_MS);
  if (minutes === 0) return "UTC";
  const rest = minutes % 60 ? `:${two(minutes % 60)}` : "";
  return `UTC${offsetMs < 0 ? "−" : "+"}${Math.floor(minutes / 60)}${rest}`;
}

/** @param {number} amount */
function two(amount) {
  return String(amount).padStart(2, "0");
}
