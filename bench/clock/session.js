// @ts-check
/** One estimator through one scenario: ours with the prober and the sleep watch that ship, rivals on their own schedule. */

import { startProbing } from "../../static/js/clock/simulated-prober.js";
import { SimulatedMachine } from "../../static/js/clock/simulated-machine.js";
import { mulberry32, probe, SimulatedClock, SimulatedPath } from "../../static/js/clock/simulated.js";
import { DURATION_MS } from "./scenarios.js";

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
/** The party socket's beat (watchparty/hub/hub.py): looks each second, tells at a change and with every fifteenth look. */
const LOOK_MS = 1000;
const TELL_EVERY = 15;

/** @typedef {{atMs: number, errorMs: number, boundMs: number, regular: boolean}} Score  signed error; infinite without an estimate */
/** @typedef {{entry: EstimatorEntry, scenario: Scenario, seed: number, skewPpm: number}} Life */

/** @param {Life} life @returns {{scores: Score[], mishapEndsMs: number[]}} */
export function live({ entry, scenario, seed, skewPpm }) {
  const mishaps = mishapsOf(scenario, seed);
  const resolutionMs = Math.max(entry.clockTickMs, scenario.resolutionMs ?? 0);
  const clock = buildClock(mishaps, { skewPpm, resolutionMs, wanderPpm: scenario.wanderPpm ?? WANDER_PPM, random: mulberry32(seed) });
  const machine = new SimulatedMachine();
  const random = mulberry32(seed + 500_000);
  const up = new SimulatedPath(scenario.up, random);
  const down = new SimulatedPath(scenario.down, random);
  for (const { kind, atMs, path, forMs = 0 } of mishaps) {
    if (kind === "route") machine.arrive(atMs, () => [up, down].forEach((way) => Object.assign(way.traits, path)));
    if (kind === "sleep") machine.arrive(atMs, () => machine.sleep(forMs));
  }
  const media = (/** @type {number} */ trueMs) => mediaAt(mishaps, trueMs);
  const ask = (/** @type {(sample: Sample) => void} */ answer) => {
    const exchange = probe({ clock, up, down, atMs: machine.nowMs, serverMs: SERVER_MS, ...media(machine.nowMs) });
    if (exchange) machine.arrive(exchange.arrivesMs, () => answer({ ...exchange.sample, t4Ms: clock.read(machine.nowMs) }));
  };
  const estimator = entry.create({ resolutionMs });
  const hearTime = startProbing({ entry, estimator, machine, readMs: () => clock.read(machine.nowMs), ask });
  const downTime = new SimulatedPath(scenario.down, mulberry32(seed + 600_000));
  for (const { atMs, generation } of told((trueMs) => media(trueMs).generation)) {
    const arrivesMs = downTime.carry(atMs);
    if (arrivesMs !== null) machine.arrive(arrivesMs, () => hearTime(generation));
  }
  const mishapEndsMs = mishaps.map(({ atMs, forMs = 0 }) => atMs + forMs);
  const scores = instants([0, ...mishapEndsMs]).flatMap((atMs) => {
    machine.runUntil(atMs);
    if (machine.asleepForMs > 0) return [];
    const localMs = clock.exact(atMs);
    const estimate = estimator.estimate(localMs);
    const errorMs = estimate ? localMs + estimate.offsetMs - (atMs + media(atMs).baseMs) : Infinity;
    return [{ atMs, errorMs, boundMs: estimate?.boundMs ?? Infinity, regular: atMs % TICK_MS === 0 }];
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

/** Every `server:time` of a life: when it is sent, and what it says. @param {(trueMs: number) => number} generationAt */
function told(generationAt) {
  return range(0, DURATION_MS, LOOK_MS).flatMap((atMs, look) => {
    const generation = generationAt(atMs);
    const changed = generation !== generationAt(atMs - LOOK_MS);
    return changed || look % TELL_EVERY === 0 ? [{ atMs, generation }] : [];
  });
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
