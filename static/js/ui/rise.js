// @ts-check
/** How a painted reaction rises: the keyframes of reactions.css as figures; pure. */

import { easeOut } from "./ease.js";

/** @typedef {{opacity: number, x: number, y: number, scale: number}} Pose x and y in pixels from where it was sent */

/** [share of its life, figure]; between two of them it eases out. @typedef {readonly (readonly [number, number])[]} Track */

/** @type {Track} */
const OPACITY = [[0, 0], [0.08, 1], [0.7, 1], [1, 0]]; // prettier-ignore
/** @type {Track} */
const UP = [[0, 0], [0.08, 6], [0.16, 14], [1, 130]]; // prettier-ignore
/** @type {Track} */
const SCALE = [[0, 0.5], [0.08, 1.15], [0.16, 1], [1, 1]]; // prettier-ignore
/** @type {Track} */
const ASIDE = [[0, 0], [0.16, 0], [1, 1]]; // prettier-ignore
/** Reduced motion. @type {Track} */
const APPEARING = [[0, 0], [0.1, 1], [0.75, 1], [1, 0]]; // prettier-ignore

/**
 * @param {number} share of its life, 0 to 1
 * @param {number} sway how far it goes aside, pixels
 * @returns {Pose}
 */
export function rise(share, sway) {
  return { opacity: along(OPACITY, share), x: sway * along(ASIDE, share), y: -along(UP, share), scale: along(SCALE, share) };
}

/**
 * Reduced motion: it stays where it was sent.
 * @param {number} share of its life, 0 to 1
 * @returns {Pose}
 */
export function appear(share) {
  return { opacity: along(APPEARING, share), x: 0, y: 0, scale: 1 };
}

/** @param {Track} track @param {number} share */
function along(track, share) {
  const next = track.findIndex(([at]) => at > share);
  if (next < 0) return /** @type {readonly [number, number]} */ (track.at(-1))[1];
  const [[from, before], [to, after]] = /** @type {[readonly [number, number], readonly [number, number]]} */ ([track[Math.max(next - 1, 0)], track[next]]);
  return before + (after - before) * easeOut((share - from) / (to - from || 1));
}
