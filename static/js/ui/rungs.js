// @ts-check
/** What breaks at which error of a clock, the greatest first, and which of it is broken now; pure. */

import { sizeShare } from "./error-scale.js";
import { listed } from "./format.js";

/** @typedef {Readonly<{fromMs: number, figure: string, title: string, short: string, words: string, source: string}>} Rung */
/** holds: for both; saved: only the device breaks it; breaks: for both; spoilt: only the corrected clock breaks it. @typedef {"holds" | "saved" | "breaks" | "spoilt"} RungState */

export const AXIS = Object.freeze({ leastMs: 0.001, mostMs: 10_000_000 });

/** @type {readonly Rung[]} */
export const RUNGS = Object.freeze([
  {
    fromMs: 3_600_000,
    figure: "1 h",
    title: "TLS certificates",
    short: "TLS",
    words: "An hour behind, a certificate made this minute is “not yet valid”; ahead, one that ends soon has “expired”.",
    source: "RFC 5280 §4.1.2.5; Let’s Encrypt dates certificates back by 1 h",
  },
  {
    fromMs: 300_000,
    figure: "5 min",
    title: "Kerberos sign-in",
    short: "Kerberos",
    words: "Tickets are refused, and with them the office network.",
    source: "RFC 4120 §8.2",
  },
  {
    fromMs: 30_000,
    figure: "30 s",
    title: "Six-digit codes (TOTP)",
    short: "six-digit codes",
    words: "Every code belongs to another step of 30 s; servers should allow one step of delay and no more.",
    source: "RFC 6238 §5.2",
  },
  {
    fromMs: 1000,
    figure: "1 s",
    title: "Watch parties that trust the device",
    short: "watch parties",
    words: "The others laugh this much before or after you: 30\u00a0s wrong is 30\u00a0s of spoilers.",
    source: "Measured: a player led by a clock 30\u00a0s wrong ran 30.0\u00a0s apart",
  },
  {
    fromMs: 400,
    figure: "400 ms",
    title: "Nodes of a distributed database",
    short: "database nodes",
    words: "A node this far from half of the others shuts itself down, rather than read stale data or break a lease.",
    source: "CockroachDB: 80 % of --max-offset, 500 ms",
  },
  {
    fromMs: 100,
    figure: "100 ms",
    title: "The last write wins",
    short: "the last write",
    words: "Of two edits 100 ms apart the older may carry the later timestamp, and the newer one is lost.",
    source: "Apache Cassandra resolves conflicts by timestamp",
  },
  {
    fromMs: 45,
    figure: "45 ms",
    title: "Lips and voices",
    short: "lip-sync",
    words: "Sound that comes 45 ms early is noticed; sound that comes late, from 125 ms on.",
    source: "ITU-R BT.1359-1",
  },
  {
    fromMs: 10,
    figure: "10 ms",
    title: "The order of log lines",
    short: "the order of logs",
    words: "Two machines’ lines 10 ms apart may read effect before cause.",
    source: "Lamport 1978, Time, Clocks, and the Ordering of Events",
  },
  {
    fromMs: 1,
    figure: "1 ms",
    title: "Records of trades",
    short: "records of trades",
    words: "Electronic trading may be 1 ms from UTC; high-frequency trading 0.1 ms.",
    source: "EU 2017/574 (MiFID II, RTS 25)",
  },
  {
    fromMs: 0.026,
    figure: "26 µs",
    title: "Measuring the power grid",
    short: "the power grid",
    words: "At 60 Hz this alone is the whole error that a phasor measurement may have.",
    source: "IEEE C37.118.1",
  },
  {
    fromMs: 0.0015,
    figure: "1.5 µs",
    title: "5G base stations",
    short: "5G",
    words: "Neighbours that share a frequency in turns talk over each other.",
    source: "ITU-T G.8271, 3GPP TS 38.133",
  },
  {
    fromMs: 0.001,
    figure: "1 µs",
    title: "GPS",
    short: "GPS",
    words: "Light travels 300 m in this time.",
    source: "The speed of light",
  },
]);

/** Rungs below are there for scale, and no browser is asked to hold them: the sentence leaves them out. */
const FOR_SCALE_BELOW_MS = 0.1;

/** Where an error lies on the ladder's axis, 0 … 1. @param {number} errorMs */
export function axisShare(errorMs) {
  return sizeShare(errorMs, AXIS.leastMs, AXIS.mostMs);
}

/**
 * @param {Rung} rung @param {number} deviceErrorMs
 * @param {number | null} correctedErrorMs null: nothing is corrected yet
 * @returns {RungState}
 */
export function rungState({ fromMs }, deviceErrorMs, correctedErrorMs) {
  const device = Math.abs(deviceErrorMs) >= fromMs;
  const corrected = Math.abs(correctedErrorMs ?? deviceErrorMs) >= fromMs;
  if (device) return corrected ? "breaks" : "saved";
  return corrected ? "spoilt" : "holds";
}

/**
 * Which rungs are broken right now, in words.
 * @param {number} deviceErrorMs @param {number | null} correctedErrorMs
 */
export function ladderSentence(deviceErrorMs, correctedErrorMs) {
  const ordinary = RUNGS.filter(({ fromMs }) => fromMs >= FOR_SCALE_BELOW_MS);
  const broken = (/** @type {number} */ errorMs) => ordinary.filter(({ fromMs }) => Math.abs(errorMs) >= fromMs);
  const device = broken(deviceErrorMs);
  const first = device.length === 0 ? "The device’s clock breaks nothing here" : `The device’s clock breaks ${named(device)}`;
  if (correctedErrorMs === null) return `${first}. Nothing is corrected yet.`;
  const corrected = broken(correctedErrorMs);
  const second =
    corrected.length > 0
      ? `the corrected one ${device.length > 0 ? "still " : ""}breaks ${named(corrected)}`
      : device.length > 0
        ? "the corrected one nothing of it"
        : "nor does the corrected one";
  return `${first}; ${second}.`;
}

/** @param {readonly Rung[]} rungs */
function named(rungs) {
  return listed(rungs.map(({ short }) => short));
}
