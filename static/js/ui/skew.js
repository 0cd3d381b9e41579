// @ts-check
/** How far apart all viewers are, at a glance: a place for each on one axis, and a sentence; pure. */

import { count, difference } from "./format.js";
import { isMeasured } from "./status-words.js";

/** @import { Status, StatusSummary } from "../protocol/protocol.js" */

/**
 * @typedef {object} Viewer
 * @property {string} id
 * @property {string} name
 * @property {string} color
 * @property {boolean} own
 * @property {Status | null} status null: nothing heard yet
 *
 * @typedef {object} Dot
 * @property {Viewer} viewer
 * @property {number} at 0 … 1 along the axis, which has 0 ms in its middle; what lies beyond stands at the edge
 * @property {number} level above the axis, where others stand in the same place
 */

/** Half of the axis, in ms: it never shows less than a picture's length. */
const SCALES_MS = Object.freeze([10, 25, 50, 100, 250, 500, 1000, 5000]);
/** Dots nearer than this share of the axis lie over each other. */
const DOT_SHARE = 0.045;
const MOST_LEVELS = 5;

/** Those whose drift says something, first to last: ahead to behind. @param {readonly Viewer[]} viewers */
export function measured(viewers) {
  const known = viewers.filter(({ status }) => status !== null && isMeasured(status.state));
  return known.sort((a, b) => drift(a) - drift(b));
}

/**
 * The distance between the first and the last of them.
 * @param {readonly Viewer[]} viewers
 * @returns {number | null} null: fewer than two to compare
 */
export function spreadMs(viewers) {
  const known = measured(viewers);
  const [first, last] = [known[0], known.at(-1)];
  return first && last && known.length > 1 ? drift(last) - drift(first) : null;
}

/**
 * @param {readonly Viewer[]} viewers
 * @param {StatusSummary | null} [summary] in place of statuses, in a large room
 */
export function skewSentence(viewers, summary = null) {
  if (summary) return `Half are within ${ms(summary.p50)} of the room, 95 of 100 within ${ms(summary.p95)}.`;
  const spread = spreadMs(viewers);
  const known = measured(viewers).length;
  if (viewers.length < 2) return "Nobody else to compare with yet.";
  if (spread === null) return "No two films to compare just now.";
  return known === viewers.length
    ? `Everyone within ${ms(spread)}.`
    : `${count(known, "viewer")} within ${ms(spread)}, ${viewers.length - known} not in step.`;
}

/**
 * @param {readonly Viewer[]} viewers
 * @returns {{halfMs: number, dots: Dot[]}} halfMs: the axis goes from -halfMs to halfMs; dots in the order of the viewers, so
 *   that whoever points at one keeps it
 */
export function strip(viewers) {
  const known = measured(viewers);
  const largest = Math.max(0, ...known.map((viewer) => Math.abs(drift(viewer))));
  const halfMs = SCALES_MS.find((scale) => scale >= largest) ?? 5000;
  /** Where each level's last dot stands. @type {number[]} */
  const last = [];
  /** @type {Map<string, Dot>} */
  const dots = new Map();
  for (const viewer of known) {
    const at = 0.5 + Math.min(Math.max(drift(viewer) / (2 * halfMs), -0.5), 0.5);
    const free = last.findIndex((other) => at - other >= DOT_SHARE);
    const level = free < 0 ? Math.min(last.length, MOST_LEVELS - 1) : free;
    last[level] = at;
    dots.set(viewer.id, { viewer, at, level });
  }
  return { halfMs, dots: viewers.flatMap(({ id }) => dots.get(id) ?? []) };
}

/** "Ben, 3 ms behind" @param {Viewer} viewer */
export function dotName(viewer) {
  const { figure, unit } = difference(drift(viewer));
  const who = viewer.own ? "You" : viewer.name;
  return figure === "0" ? `${who}, exactly in step` : `${who}, ${figure} ${unit} ${drift(viewer) > 0 ? "behind" : "ahead"}`;
}

/** @param {Viewer} viewer */
function drift({ status }) {
  return status?.driftMs ?? 0;
}

/** A distance is rounded up: it promises. @param {number} distanceMs */
function ms(distanceMs) {
  const { figure, unit } = difference(distanceMs < 999 ? Math.max(Math.ceil(distanceMs), 1) : distanceMs);
  return `${figure} ${unit}`;
}
