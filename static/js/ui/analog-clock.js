// @ts-check
/** The hands of an analog face: the template draws them once, here they are only turned. */

import { need } from "./dom.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DIAL_MS = 12 * HOUR_MS;
/** Finer than an eye can tell; a hand that would not move is not touched. */
const DIGITS = { hour: 1, minute: 1, second: 2 };

/** @typedef {keyof typeof DIGITS} Hand */

/**
 * Where the hands point, in degrees clockwise from twelve.
 * @param {number} wallMs milliseconds since some midnight of that place
 * @param {boolean} [ticking] the hands stand still between two seconds
 * @returns {Record<Hand, number>}
 */
export function handAngles(wallMs, ticking = false) {
  const shownMs = ticking ? Math.floor(wallMs / 1000) * 1000 : wallMs;
  return {
    hour: turns(shownMs, DIAL_MS),
    minute: turns(shownMs, HOUR_MS),
    second: turns(shownMs, MINUTE_MS),
  };
}

/**
 * @param {number} ms
 * @param {number} roundMs
 */
export function turns(ms, roundMs) {
  return ((((ms % roundMs) + roundMs) % roundMs) / roundMs) * 360;
}

/** @param {ParentNode} face @param {string} name */
export const handOf = (face, name) => need(face, `[data-hand="${name}"]`, SVGElement);

/**
 * @param {SVGElement} hand
 * @param {number} degrees
 * @param {number} digits
 */
export function turn(hand, degrees, digits) {
  const transform = `rotate(${degrees.toFixed(digits)})`;
  if (hand.getAttribute("transform") !== transform) hand.setAttribute("transform", transform);
}

export class AnalogClock {
  #hands;

  /** @param {ParentNode} face holds hands named hour, minute and second */
  constructor(face) {
    const names = /** @type {Hand[]} */ (Object.keys(DIGITS));
    this.#hands = names.map((name) => ({ name, hand: handOf(face, name) }));
  }

  /**
   * @param {number} wallMs
   * @param {boolean} ticking
   */
  show(wallMs, ticking) {
    const angles = handAngles(wallMs, ticking);
    for (const { name, hand } of this.#hands) turn(hand, angles[name], DIGITS[name]);
  }
}
