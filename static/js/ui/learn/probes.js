// @ts-check
/** Probes over a path with queues, always the same ones for the same seed, and three ways to read an offset from them; pure. */

import { Estimator } from "../../clock/estimator.js";
import { offsetAndDelay } from "../../clock/exchange-log.js";
import { mulberry32 } from "../../clock/simulated.js";

/** @import { Sample } from "../../clock/estimator.js" */
/** @typedef {"there" | "both"} Queue  where messages wait */
/** @typedef {{mean: number, minimum: number, strip: number}} Readings  offsets, in milliseconds */

const PATH_MS = 20;
const SERVER_MS = 0.1;
/** A burst, so close together that nothing drifts meanwhile. */
const EVERY_MS = 50;
const COUNT = 30;
/** As many bursts tell what is typical. */
export const RUNS = 21;
/** A burst that is neither lucky nor unlucky. */
const SHOWN_SEED = 50;
const ISOLATED_RESOLUTION_MS = 0.005;

/**
 * A burst of probes; the true offset is 0. Waiting is exponential, as in a queue.
 * @param {{jitterMs: number, queue: Queue, seed?: number}} path jitterMs is the mean wait
 * @returns {Sample[]}
 */
export function simulatedProbes({ jitterMs, queue, seed = SHOWN_SEED }) {
  const random = mulberry32(seed);
  const wait = () => -Math.log(1 - random()) * jitterMs;
  return Array.from({ length: COUNT }, (_, index) => {
    const t1Ms = index * EVERY_MS;
    const t2Ms = t1Ms + PATH_MS + wait();
    const back = wait();
    const t3Ms = t2Ms + SERVER_MS;
    return { t1Ms, t2Ms, t3Ms, t4Ms: t3Ms + PATH_MS + (queue === "both" ? back : 0), generation: 1, errorMs: 0 };
  });
}

/** @param {readonly Sample[]} samples */
export function meanOffsetMs(samples) {
  return samples.reduce((sum, sample) => sum + offsetAndDelay(sample).offsetMs, 0) / samples.length;
}

/** The offset of the probe that waited least. @param {readonly Sample[]} samples */
function minimumOffsetMs(samples) {
  const readings = samples.map(offsetAndDelay);
  return readings.reduce((best, reading) => (reading.delayMs < best.delayMs ? reading : best)).offsetMs;
}

/** What this site's own estimator makes of them, at the last one. @param {readonly Sample[]} samples */
function stripOffsetMs(samples) {
  const estimator = new Estimator({ resolutionMs: ISOLATED_RESOLUTION_MS });
  for (const sample of samples) estimator.add(sample);
  return estimator.estimate(samples.at(-1)?.t4Ms ?? 0)?.offsetMs ?? 0;
}

/** All three. @param {readonly Sample[]} samples @returns {Readings} */
export function readings(samples) {
  return { mean: meanOffsetMs(samples), minimum: minimumOffsetMs(samples), strip: stripOffsetMs(samples) };
}

/** The middle one of the errors of many bursts over such a path. @param {{jitterMs: number, queue: Queue}} path @returns {Readings} */
export function typicalErrors(path) {
  const runs = Array.from({ length: RUNS }, (_, index) => readings(simulatedProbes({ ...path, seed: index + 1 })));
  const middle = (/** @type {keyof Readings} */ name) => median(runs.map((run) => Math.abs(run[name])));
  return { mean: middle("mean"), minimum: middle("minimum"), strip: middle("strip") };
}

/** @param {number[]} values */
function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
