// @ts-check
/** One estimator through one scenario: ours with the prober and the sleep watch that ship, rivals on their own schedule. */

import { startProbing } from "../../static/js/clock/simulated-prober.js";
import { mulberry32, probe, SimulatedClock, SimulatedPath } from "../../static/js/clock/simulated.js";
import { DURATION_MS } from "./scenarios.js";
import { World } from "./world.js";

/** @import { Sample } from "../../static/js/clock/estimator.js" */
/** @import { EstimatorEntry } from "../../static/js/clock/rivals/index.js" */
/** @import { Mishap, Scenario } from "./scenarios.js" */

/** A media clock is epoch milliseconds: its size costs digits, and that is part of the test. */
const MEDIA_EPOCH_MS = 1_795_403_224_879;
/** The local clock of a browser is epoch milliseconds too, some seconds wrong. */
const OFFSET_MS = -12_345.678;
/** Root mean square by which the skew of a crystal swings over minutes. */
export const WANDER_PPM = 1;
const SERVER_MS = 0.05;
const TICK_MS = 500;
/** Where something is to be found again, it is looked for more often. */
const CLOSE_TICK_MS = 100;
const CLOSE_MS = 20_000;
const LATER_EACH_MS = 1300;
const LATEST_MS = 10_000;

/** @typedef {{atMs: number, errorMs: number, boundMs: number, regular: boolean}} Score  signed error; infinite without an estimate */
/** @typedef {{entry: EstimatorEntry, scenario: Scenario, seed: number, skewPpm: number}} Life */

/** @param {Life} life @returns {{scores: Score[], mishapEndsMs: number[]}} */
export function live({ entry, scenario, seed, skewPpm }) {
  const mishaps = mishapsOf(scenario, seed);
  const resolutionMs = Math.max(entry.clockTickMs, scenario.resolutionMs ?? 0);
  const clock = buildClock(mishaps, { skewPpm, resolutionMs, wanderPpm: scenario.wanderPpm ?? WANDER_PPM, random: mulberry32(seed) });
  const world = new World(mishaps.filter(({ kind }) => kind === "sleep").map(({ atMs, forMs = 0 }) => ({ fromMs: atMs, forMs })));
  const random = mulberry32(seed + 500_000);
  const up = new SimulatedPath(scenario.up, random);
  const down = new SimulatedPath(scenario.down, random);
  for (const { kind, atMs, path } of mishaps) {
    if (kind === "route") world.arrive(atMs, () => [up, down].forEach((way) => Object.assign(way.traits, path)));
  }
  const media = (/** @type {number} */ trueMs) => mediaAt(mishaps, trueMs);
  const ask = (/** @type {(sample: Sample) => void} */ answer) => {
    const exchange = probe({ clock, up, down, atMs: world.nowMs, serverMs: SERVER_MS, ...media(world.nowMs) });
    if (exchange) world.arrive(exchange.arrivesMs, () => answer({ ...exchange.sample, t4Ms: clock.read(world.nowMs) }));
  };
  const estimator = entry.create({ resolutionMs });
  startProbing({ entry, estimator, machine: world, readMs: () => clock.read(world.nowMs), ask });
  const mishapEndsMs = mishaps.map(({ atMs, forMs = 0 }) => atMs + forMs);
  const scores = instants([0, ...mishapEndsMs])
    .filter((atMs) => !world.asleep(atMs))
    .map((atMs) => {
      world.runUntil(atMs);
      const localMs = clock.exact(atMs);
      const estimate = estimator.estimate(localMs);
      const errorMs = estimate ? localMs + estimate.offsetMs - (atMs + media(atMs).baseMs) : Infinity;
      return { atMs, errorMs, boundMs: estimate?.boundMs ?? Infinity, regular: atMs % TICK_MS === 0 };
    });
  return { scores, mishapEndsMs };
}

/** Mishaps come at another moment in each life, so that nobody's schedule meets all of them early. @param {Scenario} scenario @param {number} seed */
function mishapsOf({ mishaps = [] }, seed) {
  const laterMs = (seed * LATER_EACH_MS) % LATEST_MS;
  return mishaps.map((mishap) => ({ ...mishap, atMs: mishap.atMs + laterMs }));
}

/** @param {Mishap[]} mishaps @param {{skewPpm: number, resolutionMs: number, wanderPpm: number, random: () => number}} faults */
function buildClock(mishaps, faults) {
  const clock = new SimulatedClock({ ...faults, offsetMs: OFFSET_MS - MEDIA_EPOCH_MS });
  for (const { kind, atMs, byMs = 0, forMs = 0 } of mishaps) {
    if (kind === "step") clock.step(byMs, atMs);
    if (kind === "sleep") clock.sleep(atMs, forMs);
  }
  return clock;
}

/** @param {Mishap[]} mishaps @param {number} trueMs */
function mediaAt(mishaps, trueMs) {
  const renewed = mishaps.filter(({ kind, atMs }) => kind === "generation" && trueMs >= atMs);
  return { generation: 1 + renewed.length, baseMs: MEDIA_EPOCH_MS + renewed.reduce((sum, { byMs = 0 }) => sum + byMs, 0) };
}

/** When to look: regularly, and closely after the start and after each mishap. @param {number[]} fromMs */
function instants(fromMs) {
  const all = new Set(range(TICK_MS, DURATION_MS, TICK_MS));
  for (const startMs of fromMs) for (const atMs of range(startMs, startMs + CLOSE_MS, CLOSE_TICK_MS)) all.add(atMs);
  return [...all].sort((a, b) => a - b);
}

/** @param {number} fromMs @param {number} untilMs @param {number} stepMs */
function range(fromMs, untilMs, stepMs) {
  return Array.from({ length: Math.ceil((untilMs - fromMs) / stepMs) }, (_, i) => fromMs + i * stepMs);
}
