// @ts-check
/** Every estimator that can be compared, ours first, each with the schedule it was made for. */

import { Estimator } from "../estimator.js";
import { gapMs as oursGapMs } from "../prober.js";
import { Beatsync, gapMs as beatsyncGapMs } from "./beatsync.js";
import { Jellyfin, gapMs as jellyfinGapMs } from "./jellyfin.js";
import { NtpFilter, gapMs as ntpGapMs } from "./ntp.js";
import { OriginalMean, gapMs as originalGapMs } from "./original.js";
import { Sendspin, gapMs as sendspinGapMs } from "./sendspin.js";
import { Smoothing, gapMs as smoothingGapMs } from "./smoothing.js";
import { TimingProvider, gapMs as timingProviderGapMs } from "./timing-provider.js";

/** @import { ClockEstimator } from "./rival.js" */

/** Clocks that programs read: `performance.now()` in Chromium without isolation, and `Date.now()`. */
const PERFORMANCE_TICK_MS = 0.1;
const DATE_TICK_MS = 1;

/**
 * @typedef {object} EstimatorEntry
 * @property {string} id
 * @property {string} name for people
 * @property {string} source where the filter and its schedule are described
 * @property {number} clockTickMs resolution of the clock it reads, at best
 * @property {(sent: number) => number} gapMs pause before the next probe when so many were sent
 * @property {(options: {resolutionMs: number}) => ClockEstimator} create resolutionMs of the local clock
 */

/** @type {readonly Readonly<EstimatorEntry>[]} */
export const ESTIMATORS = Object.freeze(
  [
    {
      id: "ours",
      name: "Ours",
      source: "static/js/clock/estimator.js",
      clockTickMs: PERFORMANCE_TICK_MS,
      gapMs: oursGapMs,
      create: (/** @type {{resolutionMs: number}} */ options) => new Estimator(options),
    },
    {
      id: "original",
      name: "Original",
      source: "the program that this one re-creates, as it is: mean of five HTTP exchanges each 10 s",
      clockTickMs: DATE_TICK_MS,
      gapMs: originalGapMs,
      create: () => new OriginalMean(),
    },
    {
      id: "smoothing",
      name: "Smoothing",
      source: "the same program, as it describes itself: mean of ten, smoothed with 0.2 each 5 s",
      clockTickMs: DATE_TICK_MS,
      gapMs: smoothingGapMs,
      create: () => new Smoothing(),
    },
    {
      id: "ntp",
      name: "NTP of eight",
      source: "RFC 5905 §10, clock filter",
      clockTickMs: PERFORMANCE_TICK_MS,
      gapMs: ntpGapMs,
      create: (/** @type {{resolutionMs: number}} */ options) => new NtpFilter(options),
    },
    {
      id: "beatsync",
      name: "Beatsync",
      source: "github.com/freeman-jiang/beatsync, apps/client/src/utils/ntp.ts",
      clockTickMs: PERFORMANCE_TICK_MS,
      gapMs: beatsyncGapMs,
      create: () => new Beatsync(),
    },
    {
      id: "jellyfin",
      name: "Jellyfin",
      source: "github.com/jellyfin/jellyfin-web, src/plugins/syncPlay/core/timeSync/TimeSync.js",
      clockTickMs: DATE_TICK_MS,
      gapMs: jellyfinGapMs,
      create: () => new Jellyfin(),
    },
    {
      id: "timing-provider",
      name: "timing-provider",
      source: "npm timing-provider 7.2.7, operators/select-most-likely-offset",
      clockTickMs: PERFORMANCE_TICK_MS,
      gapMs: timingProviderGapMs,
      create: () => new TimingProvider(),
    },
    {
      id: "sendspin",
      name: "Sendspin",
      source: "npm @sendspin/sendspin-js 3.2.1, core/time-filter and core/time-sync-manager",
      clockTickMs: PERFORMANCE_TICK_MS,
      gapMs: sendspinGapMs,
      create: () => new Sendspin(),
    },
  ].map((entry) => Object.freeze(entry)),
);
