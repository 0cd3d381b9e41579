// @ts-check
/** The first page's proof: two players with wrong clocks, the measured difference between them, and a push. */

import { listen, need, part, say, stopAll } from "./dom.js";
import { difference, rateText } from "./format.js";

/** @import { HtmlPlayer } from "../playback/html-player.js" */
/** @import { Steering } from "../playback/steering.js" */

const REFRESH_MS = 100;
const PUSH_S = 0.5;
/** Pictures are compared less often than positions: reading one costs a copy of the strip. */
const PICTURE_EVERY = 5;
const MEDIAN_OF = 9;
/** A correction smaller than this is not worth a word. */
const AUDIBLE = 0.004;
const FRAMES_PER_INDEX = 0.5;

/**
 * @typedef {object} Side
 * @property {HTMLElement} root
 * @property {string} name
 * @property {HTMLVideoElement} video
 * @property {HtmlPlayer} player
 * @property {Steering} steering
 * @property {() => boolean} locked its clock is set
 */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.between
 * @param {readonly [Side, Side]} needs.sides
 * @param {(video: HTMLVideoElement) => {index: number} | null} needs.readPicture
 * @param {(run: () => void, everyMs: number) => unknown} needs.setInterval
 * @param {(handle: any) => void} needs.clearInterval
 */
export function mountDuo({ between, sides, readPicture, setInterval, clearInterval }) {
  const [a, b] = sides;
  /** @type {number[]} */
  let skews = [];
  let ticks = 0;

  const running = () => sides.every(({ video }) => !video.paused && !video.seeking && video.readyState >= 3);
  const measure = () => {
    // Both positions are read in one go, by no clock at all: what is left is the difference.
    if (running()) skews = [...skews, (a.video.currentTime - b.video.currentTime) * 1000].slice(-MEDIAN_OF);
    else skews = [];
  };
  const draw = () => {
    ticks += 1;
    measure();
    for (const side of sides) drawSide(side);
    const middle = median(skews);
    say(part(between, "skew"), middle === null ? "…" : difference(middle).figure);
    say(need(between, ".duo__unit", HTMLElement), middle === null ? "ms" : difference(middle).unit);
    if (ticks % PICTURE_EVERY !== 0) return;
    const locked = sides.every((side) => side.locked());
    const frames = running() ? sides.map(({ video }) => readPicture(video)?.index ?? null) : [];
    say(part(between, "sentence"), sentence(locked, frames[0] ?? null, frames[1] ?? null));
  };

  const timer = setInterval(draw, REFRESH_MS);
  return stopAll([
    ...sides.map((side) =>
      listen(part(side.root, "throw"), "click", () => {
        skews = [];
        side.player.seek(side.video.currentTime + PUSH_S);
      }),
    ),
    () => clearInterval(timer),
  ]);
}

/** @param {Side} side */
function drawSide({ root, steering, video, locked }) {
  const { driftMs, rate, state } = steering.status();
  const ready = locked() && video.readyState >= 3 && !video.paused;
  const push = part(root, "throw");
  if (push instanceof HTMLButtonElement && push.disabled === ready) push.disabled = !ready;
  const measured = ready && (state === "synced" || state === "adjusting");
  const { figure, unit } = difference(driftMs);
  say(part(root, "drift"), measured ? `${figure} ${unit}` : "…");
  say(part(root, "word"), measured ? sideWords(driftMs, rate) : "");
}

/**
 * @param {number} driftMs positive: behind
 * @param {number} rate
 */
export function sideWords(driftMs, rate) {
  const side = Math.abs(driftMs) < 0.5 ? "off" : driftMs > 0 ? "behind" : "ahead";
  return Math.abs(rate - 1) > AUDIBLE ? `${side}, at ${rateText(Number(rate.toFixed(2)))}` : side;
}

/**
 * @param {boolean} locked
 * @param {number | null} first
 * @param {number | null} second
 */
export function sentence(locked, first, second) {
  if (!locked) return "Setting the clocks…";
  if (first === null || second === null) return "Starting the film…";
  const [left, right] = [first, second].map((index) => Math.round(index * FRAMES_PER_INDEX));
  if (left === right) return `Read from both pictures: frame ${left}.`;
  return `Read from the pictures: frames ${left} and ${right}.`;
}

/**
 * @param {readonly number[]} values
 * @returns {number | null}
 */
export function median(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((x, y) => x - y);
  return sorted[sorted.length >> 1] ?? null;
}
