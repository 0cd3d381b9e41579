// @ts-check
/** One small face with its time in figures, there as soon as the clock is set. */

import { AnalogClock } from "./analog-clock.js";
import { part, say, stopAll } from "./dom.js";
import { clockText } from "./zone-time.js";

/** @import { MediaClock } from "../clock/media-clock.js" */
/** @import { FrameLoop } from "./loop.js" */
/** @import { ZoneTime } from "./zone-time.js" */

/** How soon it is seen that the clock has been set. */
const UNSET_REST_MS = 100;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {Pick<MediaClock, "civilNow" | "locked">} needs.clock
 * @param {FrameLoop} needs.loop
 * @param {ZoneTime} needs.here
 * @param {boolean} needs.twelveHours
 * @param {() => boolean} needs.ticking for who wants less motion
 */
export function mountSmallClock({ root, clock, loop, here, twelveHours, ticking }) {
  const face = new AnalogClock(root);
  const time = part(root, "time");
  let restMs = UNSET_REST_MS;
  const draw = () => {
    if (!clock.locked) return;
    const wallMs = here.wallMs(clock.civilNow());
    const { figure, period } = clockText(wallMs, { twelveHours });
    restMs = face.show(wallMs, ticking());
    say(time, [figure, period].filter(Boolean).join(" "));
    time.hidden = false;
  };
  return stopAll([loop.add(draw, { element: root, everyMs: () => restMs })]);
}
