// @ts-check
/** The hands of an analog face: the template draws them once, here they are only turned. */

import { need } from "./dom.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DIAL_MS = 12 * HOUR_MS;
/** Finer than an eye can tell; a hand that would not move is not touched. */
const DIGITS = { hour: 1, minute: 1, second: 3 };
/** A tip that moves by less of a pixel is not seen to move. */
const UNSEEN_PX = 0.5;
const SECONDS_ROUND = 60;
/** As many beats a second share their instants with a film's pictures and with tenths, so that all is drawn in one go. */
const BEATS = [1, 2, 5, 10, 30];
/** A face that is drawn larger may look coarse for so long. */
const REMEASURE_S = 10;
/** More than that no film shows. */
const MOST_BEATS = 30;

/** @typedef {keyof typeof DIGITS} Hand */

/**
 * Where the hands point, in degrees clockwise from twelve.
 * @param {number} wallMs milliseconds since some midnight of that place
 * @param {number} [beats] a second: the hands stand still between two of them
 * @returns {Record<Hand, number>}
 */
export function handAngles(wallMs, beats = Infinity) {
  const shownMs = Number.isFinite(beats) ? (beatAt(wallMs, beats) * 1000) / beats : wallMs;
  return {
    hour: turns(shownMs, DIAL_MS),
    minute: turns(shownMs, HOUR_MS),
    second: turns(shownMs, MINUTE_MS),
  };
}

/**
 * So many beats a second let a hand sweep without a visible step; each second is one of them.
 * @param {number} radiusPx
 * @param {number} pixelRatio
 */
export function beatsFor(radiusPx, pixelRatio) {
  const needed = (2 * Math.PI * radiusPx * pixelRatio) / SECONDS_ROUND / UNSEEN_PX;
  return BEATS.find((beats) => beats >= needed) ?? MOST_BEATS;
}

/** How long the hands may stand until the next beat. @param {number} wallMs @param {number} beats */
export function untilBeatMs(wallMs, beats) {
  return ((beatAt(wallMs, beats) + 1) * 1000) / beats - wallMs;
}

/** @param {number} wallMs @param {number} beats */
function beatAt(wallMs, beats) {
  return Math.floor((wallMs * beats) / 1000);
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
  #face;
  #hands;
  #beats = 1;
  #measured = NaN;

  /** @param {ParentNode} root holds a face with hands named hour, minute and second */
  constructor(root) {
    this.#face = need(root, ".face", SVGSVGElement);
    const names = /** @type {Hand[]} */ (Object.keys(DIGITS));
    this.#hands = names.map((name) => ({ name, hand: handOf(this.#face, name) }));
  }

  /**
   * @param {number} wallMs
   * @param {boolean} ticking once a second
   * @returns {number} for how many milliseconds this is good
   */
  show(wallMs, ticking) {
    this.#measure(wallMs);
    const beats = ticking ? 1 : this.#beats;
    const angles = handAngles(wallMs, beats);
    for (const { name, hand } of this.#hands) turn(hand, angles[name], DIGITS[name]);
    return untilBeatMs(wallMs, beats);
  }

  /** Seldom, as asking for a size lays out the page. @param {number} wallMs */
  #measure(wallMs) {
    const turn = Math.floor(wallMs / 1000 / REMEASURE_S);
    if (turn === this.#measured) return;
    this.#measured = turn;
    const { devicePixelRatio = 1 } = this.#face.ownerDocument.defaultView ?? {};
    this.#beats = beatsFor(this.#face.clientWidth / 2, devicePixelRatio);
  }
}
