// @ts-check
/** True time, the device's and the corrected one side by side: faces, figures and how far they are apart. */

import { AnalogClock, handAngles, handOf, turn } from "./analog-clock.js";
import { need, part, say } from "./dom.js";
import { decades, signedShare } from "./error-scale.js";
import { boundWords, clocksSentence, fraction, signedText, timeOfDay } from "./lab-words.js";

/** @import { View } from "../clock/laboratory.js" */

/** The bars end here: a little more than the slider, and two sleeps. */
const END_MS = 1_000_000;
/** Every second mark has a name. */
const NAMED_MS = new Map([
  [10, "10 ms"],
  [1000, "1 s"],
  [100_000, "100 s"],
]);
const MINUTE_MS = 60_000;

/** @param {{root: HTMLElement}} needs */
export function mountLabClocks({ root }) {
  const clocks = [...root.querySelectorAll(".trio__clock")].map((element) => clockOf(/** @type {HTMLElement} */ (element)));
  const gaps = { device: gapOf(root, "device"), corrected: gapOf(root, "corrected") };
  drawScale(part(root, "scale"));

  /** Hands and figures. @param {View} view @param {number} pace */
  const drawTimes = ({ serverMs, deviceMs, corrected }, pace) => {
    const times = [serverMs, deviceMs, corrected?.ms ?? null];
    clocks.forEach((clock, i) => clock.draw(times[i] ?? null, serverMs, pace));
  };

  /** @param {View} view */
  const drawGaps = ({ deviceErrorMs, corrected }) => {
    gaps.device.draw(deviceErrorMs, NaN);
    gaps.corrected.draw(corrected?.errorMs ?? null, corrected?.boundMs ?? NaN);
    say(part(root, "device-gap"), signedText(deviceErrorMs));
    say(part(root, "corrected-gap"), corrected ? `${signedText(corrected.errorMs)} ${boundWords(corrected.boundMs)}` : "no answer yet");
  };
  /** @param {View} view */
  const tell = (view) => say(part(root, "sentence"), clocksSentence(view));
  return { drawTimes, drawGaps, tell };
}

/** @param {HTMLElement} element */
function clockOf(element) {
  const [face, server] = [new AnalogClock(element), handOf(element, "other")];
  const [time, below] = [part(element, "time"), part(element, "fraction")];
  const isServer = element.dataset.who === "server";
  server.toggleAttribute("data-seen", !isServer);
  return {
    /** @param {number | null} ms @param {number} trueMs @param {number} pace */
    draw(ms, trueMs, pace) {
      element.dataset.known = String(ms !== null);
      face.show(wallMs(ms ?? trueMs), false);
      if (!isServer) turn(server, handAngles(trueMs).second, 1);
      say(time, ms === null ? "–:–:–" : timeOfDay(ms));
      say(below, ms === null ? "" : fraction(ms, pace));
    },
  };
}

/** @param {number} ms */
function wallMs(ms) {
  return ms - new Date(ms).getTimezoneOffset() * MINUTE_MS;
}

/** @param {HTMLElement} root @param {string} who */
function gapOf(root, who) {
  const row = need(root, `.gap[data-who=${who}]`, HTMLElement);
  const [bar, mark] = [need(row, ".gap__bar", HTMLElement), need(row, ".gap__mark", HTMLElement)];
  const band = /** @type {HTMLElement | null} */ (row.querySelector(".gap__band"));
  return {
    /** @param {number | null} errorMs @param {number} boundMs */
    draw(errorMs, boundMs) {
      row.dataset.known = String(errorMs !== null);
      if (errorMs === null) return;
      spread(bar, 0, errorMs);
      mark.style.insetInlineStart = percent(errorMs);
      if (band) spread(band, errorMs - boundMs, errorMs + boundMs);
    },
  };
}

/** @param {HTMLElement} element @param {number} oneMs @param {number} otherMs */
function spread(element, oneMs, otherMs) {
  const [from, to] = [Math.min(oneMs, otherMs), Math.max(oneMs, otherMs)].map(share);
  element.style.insetInlineStart = `${(from * 100).toFixed(2)}%`;
  element.style.inlineSize = `${((to - from) * 100).toFixed(2)}%`;
}

/** @param {number} errorMs */
const share = (errorMs) => (1 + signedShare(errorMs, END_MS)) / 2;
/** @param {number} errorMs */
const percent = (errorMs) => `${(share(errorMs) * 100).toFixed(2)}%`;

/** Marks and their names, made once. @param {HTMLElement} scale */
function drawScale(scale) {
  const marks = decades(END_MS);
  for (const errorMs of [0, ...marks, ...marks.map((markMs) => -markMs)]) {
    const name = scale.ownerDocument.createElement("span");
    name.className = "gap__tick";
    name.textContent = errorMs === 0 ? "right" : (NAMED_MS.get(Math.abs(errorMs)) ?? "");
    name.style.insetInlineStart = percent(errorMs);
    scale.append(name);
  }
}
