// @ts-check
/** The large clock: the agreed time, how wrong it may be, and how wrong the device's own clock is. */

import { isAlone } from "../room/party-state.js";
import { AnalogClock, handOf, turn, turns, untilBeatMs } from "./analog-clock.js";
import { part, say, stopAll } from "./dom.js";
import { boundFigure, difference } from "./format.js";
import { ZoneTime, clockText, longDate, utcText } from "./zone-time.js";

/** @import { MediaClock } from "../clock/media-clock.js" */
/** @import { Party } from "../room/party.js" */
/** @import { FrameLoop } from "./loop.js" */

const TENTH_MS = 100;
/** Drawings in a second: each tenth of it, and as fluent as a film for the hands. */
const TENTHS = 10;
const SWEEP = 30;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
/** Half a degree: below this the device's hand hides behind the true one. */
const SEEN_FROM_MS = 100;
/** Date.now() tells whole milliseconds, rounded down. */
const WALL_TICK_MS = 1;

/** @typedef {"setting" | "right" | "alone"} Trust  alone: running on without the server */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {Pick<MediaClock, "civilNow" | "boundMs">} needs.clock
 * @param {Party} needs.party
 * @param {FrameLoop} needs.loop
 * @param {() => number} needs.wallNow the clock that the device itself shows
 * @param {string} needs.zone
 * @param {boolean} needs.twelveHours
 * @param {() => boolean} needs.ticking for who wants less motion
 */
export function mountTrueClock({ root, clock, party, loop, wallNow, zone, twelveHours, ticking }) {
  const face = new AnalogClock(root);
  const subSecond = handOf(root, "sub-second");
  const device = handOf(root, "other");
  const here = new ZoneTime(zone);
  let tenth = NaN;
  let second = NaN;

  /** @param {number} civilMs */
  const writeEachSecond = (civilMs) => {
    const { boundMs } = clock;
    const trust = trustIn(boundMs, party.state.phase);
    const errorMs = wallNow() + WALL_TICK_MS / 2 - civilMs;
    root.dataset.trust = trust;
    say(part(root, "date"), longDate(here.wallMs(civilMs)));
    say(part(root, "zone"), `${zone.replaceAll("_", " ")}, ${utcText(here.offsetMs(civilMs))}`);
    say(part(root, "bound"), trust === "setting" ? "" : `±${boundFigure(boundMs)} ms`);
    say(part(root, "trust"), trustWords(trust));
    say(part(root, "device"), trust === "setting" ? "" : deviceSentence(errorMs, boundMs));
    part(root, "ghost").hidden = trust === "setting" || Math.abs(errorMs) < SEEN_FROM_MS;
    device.toggleAttribute("data-seen", !part(root, "ghost").hidden);
  };
  const draw = () => {
    const civilMs = clock.civilNow();
    const wallMs = here.wallMs(civilMs);
    const still = ticking();
    face.show(wallMs, still);
    turn(subSecond, still ? 0 : turns(wallMs, SECOND_MS), 0);
    turn(device, turns(still ? Math.floor(wallNow() / SECOND_MS) * SECOND_MS : wallNow(), MINUTE_MS), 1);
    if (Math.floor(civilMs / TENTH_MS) === tenth) return;
    tenth = Math.floor(civilMs / TENTH_MS);
    const { figure, period } = clockText(wallMs, { twelveHours, tenths: true });
    say(part(root, "time"), figure.slice(0, -2));
    say(part(root, "tenth"), figure.slice(-2));
    say(part(root, "period"), period);
    if (Math.floor(civilMs / SECOND_MS) === second) return;
    second = Math.floor(civilMs / SECOND_MS);
    writeEachSecond(civilMs);
  };

  return stopAll([
    loop.add(draw, { element: root, everyMs: () => untilBeatMs(clock.civilNow(), ticking() ? TENTHS : SWEEP) }),
    party.subscribe(() => (second = NaN)),
  ]);
}

/**
 * @param {number} boundMs
 * @param {string} phase of the party
 * @returns {Trust}
 */
export function trustIn(boundMs, phase) {
  if (!Number.isFinite(boundMs)) return "setting";
  return isAlone(phase) ? "alone" : "right";
}

/** What follows the bound. @param {Trust} trust */
export function trustWords(trust) {
  switch (trust) {
    case "setting":
      return "Setting the clock. Until the server answers, this is your device’s own time.";
    case "alone":
      return "and a little less sure each second: without the server it runs on by the last estimate.";
    default:
      return "is the most by which this can be wrong.";
  }
}

/**
 * @param {number} errorMs the device's clock minus the true one
 * @param {number} boundMs
 */
export function deviceSentence(errorMs, boundMs) {
  if (Math.abs(errorMs) <= boundMs + WALL_TICK_MS) return "Your device’s own clock agrees with it.";
  const { figure, unit } = difference(errorMs);
  return `Your device’s own clock is ${figure} ${unit} ${errorMs > 0 ? "ahead" : "behind"}.`;
}
