// @ts-check
/** Which zones a visitor wants to see: found by city or by name, refused with words, remembered. */

import { remember } from "../room/remember.js";
import { cityOfZone } from "./format.js";
import { ZoneTime } from "./zone-time.js";

/** @import { Store } from "../room/remember.js" */

/** @typedef {"empty" | "unknown_zone" | "shown_already" | "too_many"} ZoneRefusal */
/** @typedef {{zone: string} | {zone: null, code: ZoneRefusal, message: string}} Found */

const ZONES_KEY = "csw-zones";
/** Each face is turned in every frame. */
export const MOST_ZONES = 24;

/** The seed's six cities. */
export const SIX_CITIES = Object.freeze([
  "Asia/Tokyo", "Australia/Sydney", "Asia/Dubai", "Europe/London", "America/New_York", "America/Los_Angeles",
]); // prettier-ignore

/**
 * As chosen last time, as many as are shown at most, without those that this browser does not know.
 * @param {Store | null} storage
 * @returns {readonly string[]}
 */
export function readZones(storage) {
  const saved = parse(storage?.getItem(ZONES_KEY) ?? null);
  if (!saved) return SIX_CITIES;
  return [...new Set(saved)].slice(0, MOST_ZONES).filter((zone) => typeof zone === "string" && isZone(zone));
}

/**
 * @param {Store | null} storage
 * @param {readonly string[]} zones
 */
export function rememberZones(storage, zones) {
  remember(storage, ZONES_KEY, JSON.stringify(zones));
}

/**
 * The zone that somebody means by "Lima", "new york" or "America/Lima".
 * @param {string} asked
 * @param {{known: readonly string[], shown: readonly string[]}} zones
 * @returns {Found}
 */
export function findZone(asked, { known, shown }) {
  const words = asked.trim();
  if (words === "") return refusal("empty", "Name a city or a time zone, such as Lima or America/Lima.");
  const zone = zoneByWords(words, known) ?? zoneByIntl(words);
  if (zone === null) {
    return refusal("unknown_zone", `This browser knows no time zone “${words}”. Try the largest city in it, such as Lima.`);
  }
  if (shown.includes(zone)) return refusal("shown_already", `${zoneName(zone)} is here already.`);
  if (shown.length >= MOST_ZONES) return refusal("too_many", `${MOST_ZONES} clocks are the most. Remove one first.`);
  return { zone };
}

/** "New York"; zones without a city go by their own name. @param {string} zone */
export function zoneName(zone) {
  return cityOfZone(zone) || zone;
}

/**
 * @param {string} words
 * @param {readonly string[]} known
 */
function zoneByWords(words, known) {
  const wanted = plain(words);
  return known.find((zone) => plain(zone) === wanted) ?? known.find((zone) => plain(cityOfZone(zone)) === wanted) ?? null;
}

/** Names that Intl takes but does not list, such as UTC. @param {string} words */
function zoneByIntl(words) {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: words }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** @param {string} zone */
function isZone(zone) {
  try {
    return Boolean(new ZoneTime(zone));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** @param {string} name */
function plain(name) {
  return name.toLowerCase().replaceAll("_", " ");
}

/**
 * @param {ZoneRefusal} code
 * @param {string} message
 * @returns {Found}
 */
function refusal(code, message) {
  return { zone: null, code, message };
}

/** @param {string | null} text @returns {any[] | null} */
function parse(text) {
  try {
    const value = JSON.parse(text ?? "null");
    return Array.isArray(value) ? value : null;
  } catch {
    return null; // Not ours, or from another time: the six cities are there again.
  }
}
