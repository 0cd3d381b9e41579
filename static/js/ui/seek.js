// @ts-check
/** The position slider with both times; dragging looks ahead, letting go asks the room. */

import { listen, need, part, say, stopAll } from "./dom.js";
import { clockTime, spokenTime } from "./format.js";
import { FLUENT_MS } from "./loop.js";

/** @import { Party } from "../room/party.js" */
/** @import { FrameLoop } from "./loop.js" */

/** A change of the room's waits no longer than this for its drawing. */
const MOST_MS = 100;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root holds the slider and both times
 * @param {Party} needs.party
 * @param {FrameLoop} needs.loop
 * @param {() => number | null} needs.positionS what the room plays now
 * @param {() => number | null} needs.durationS
 * @param {() => string | null} needs.denied why this viewer may not seek; null: they may
 * @param {() => number} needs.bufferedToS end of what is loaded around the position
 */
export function mountSeek({ root, party, loop, positionS, durationS, denied, bufferedToS }) {
  const slider = need(root, "#seek", HTMLInputElement);
  const timeNow = need(root, "#time-now", HTMLElement);
  const timeAll = need(root, "#time-all", HTMLElement);
  const played = part(root, "played");
  const buffered = part(root, "buffered");
  let dragging = false;

  /** @param {number} atS */
  const show = (atS) => {
    const allS = durationS();
    const share = allS ? Math.min(1, atS / allS) : 0;
    say(timeNow, clockTime(atS));
    played.style.transform = `scaleX(${share.toFixed(5)})`;
    buffered.style.transform = `scaleX(${(allS ? Math.min(1, bufferedToS() / allS) : 0).toFixed(4)})`;
    const words = `${spokenTime(atS)}${allS ? ` of ${spokenTime(allS)}` : ""}`;
    if (slider.getAttribute("aria-valuetext") !== words) slider.setAttribute("aria-valuetext", words);
  };

  const release = () => {
    dragging = false;
  };

  const draw = () => {
    const allS = durationS();
    const atS = positionS();
    const why = denied();
    const disabled = !allS || atS === null || why !== null;
    if (slider.title !== (why ?? "")) slider.title = why ?? "";
    if (slider.disabled !== disabled) {
      slider.disabled = disabled;
      // A slider that is disabled under the hand tells neither change nor blur.
      if (disabled) release();
    }
    if (allS && slider.max !== String(allS)) slider.max = String(allS);
    say(timeAll, clockTime(allS));
    if (atS === null || dragging) return;
    // Whole tenths, and only when they change: a slider written sixty times a second is a busy one.
    const value = atS.toFixed(1);
    if (slider.value !== value) slider.value = value;
    show(atS);
  };

  return stopAll([
    loop.add(draw, { everyMs: () => redrawMs(durationS()) }),
    listen(slider, "input", () => {
      dragging = true;
      show(slider.valueAsNumber);
    }),
    listen(slider, "change", () => {
      release();
      party.seek(slider.valueAsNumber);
    }),
    listen(slider, "blur", release),
  ]);
}

/**
 * How long a drawing of the bar is good for: until it would be a pixel of a thousand longer, as many milliseconds as the film has seconds.
 * @param {number | null} durationS
 */
function redrawMs(durationS) {
  return Math.min(Math.max(durationS ?? Infinity, FLUENT_MS), MOST_MS);
}

/**
 * End of the loaded stretch that holds a position.
 * @param {TimeRanges} ranges
 * @param {number} positionS
 */
export function loadedTo(ranges, positionS) {
  for (let index = 0; index < ranges.length; index += 1) {
    if (ranges.start(index) <= positionS + 0.1 && positionS <= ranges.end(index)) return ranges.end(index);
  }
  return positionS;
}
