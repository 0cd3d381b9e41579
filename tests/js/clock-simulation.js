// @ts-check
/** A client with a wrong clock and a path with queues, in fake time with seeded randomness: the truth is known. */

import { Estimator } from "../../static/js/clock/estimator.js";

/** @import { Sample } from "../../static/js/clock/estimator.js" */

/** @typedef {{delayMs: number, jitterMs: number, spikeShare?: number, spikeMs?: number, bloat?: {fromMs: number, untilMs: number, mostMs: number}}} Path */
/** @typedef {{atMs: number, errorMs: number, boundMs: number}} Score */

/** @param {number} seed @returns {() => number} uniform in [0, 1) */
export function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {number[]} values @param {number} share */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}

const OFFSET_MS = 1_795_403_224_879;

/**
 * Probes on the prober's schedule (12 quickly, then one per 2 s) and scores every 0.5 s after 30 s.
 * @param {{seed: number, durationMs: number, up: Path, down: Path, skewPpm?: number, resolutionMs?: number}} scene
 */
export function simulate({ seed, durationMs, up, down, skewPpm = 0, resolutionMs = 0.1 }) {
  const random = mulberry32(seed);
  const estimator = new Estimator({ resolutionMs });
  /** @param {number} trueMs */
  const local = (trueMs) => trueMs * (1 - skewPpm * 1e-6);
  /** @param {number} trueMs */
  const read = (trueMs) => Math.floor(local(trueMs) / resolutionMs) * resolutionMs;
  /** @type {{arrivesMs: number, sample: Sample}[]} */
  const answers = [];
  for (let i = 0, sentMs = 5; sentMs < durationMs; i += 1, sentMs += i < 12 ? 50 : 2000) {
    const receivedMs = sentMs + delay(up, sentMs, random);
    const answeredMs = receivedMs + 0.05;
    const arrivesMs = answeredMs + delay(down, answeredMs, random);
    const sample = { t1Ms: read(sentMs), t2Ms: OFFSET_MS + receivedMs, t3Ms: OFFSET_MS + answeredMs, t4Ms: read(arrivesMs), generation: 1, errorMs: 0 };
    answers.push({ arrivesMs, sample });
  }
  answers.sort((a, b) => a.arrivesMs - b.arrivesMs);
  /** @type {Score[]} */
  const scores = [];
  for (let atMs = 250; atMs < durationMs; atMs += 250) {
    while (answers[0] && answers[0].arrivesMs <= atMs) estimator.add(/** @type {typeof answers[number]} */ (answers.shift()).sample);
    const estimate = estimator.estimate(local(atMs));
    if (estimate) scores.push({ atMs, errorMs: local(atMs) + estimate.offsetMs - OFFSET_MS - atMs, boundMs: estimate.boundMs });
  }
  return {
    scored: scores.filter(({ atMs }) => atMs >= 30_000 && atMs % 500 === 0),
    /** @param {number} ms */
    errorAt: (ms) => scores.find(({ atMs }) => atMs >= ms)?.errorMs ?? NaN,
  };
}

/** Exponential queueing noise, now and then a spike, and a queue that fills and drains. @param {Path} path @param {number} atMs @param {() => number} random */
function delay({ delayMs, jitterMs, spikeShare = 0, spikeMs = 0, bloat }, atMs, random) {
  const queue = -Math.log(1 - random()) * jitterMs;
  const spike = random() < spikeShare ? random() * spikeMs : 0;
  const full = bloat && atMs > bloat.fromMs && atMs < bloat.untilMs ? bloat.mostMs * (0.3 + 0.7 * random()) : 0;
  return delayMs + queue + spike + full;
}
