// @ts-check
/** The whole loop over random media: it settles, rests, never hunts and never leaves its limits. SEEDS=5000 for a long look. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { mulberry32 } from "../../static/js/clock/simulated.js";
import { positionAt } from "../../static/js/playback/playhead.js";
import { Steering } from "../../static/js/playback/steering.js";
import { ModelMedia } from "./media-model.js";
import { SYNC_CONFIG } from "./playback-fakes.js";
import { FakeTime } from "./room-fakes.js";

/** @import { Playhead } from "../../static/js/playback/playhead.js" */
/** @import { Engine } from "../../static/js/playback/trim.js" */
/** @import { Traits } from "./media-model.js" */

const SEEDS = Number(process.env.SEEDS ?? 60);
const RATES = [0.25, 0.5, 0.75, 1.25, 1.5, 2, 4];
const CLOCK_AHEAD_MS = 500_000;
/** A wander of the clock's estimate as measured over a path of 40 ms (docs/accuracy.md). */
const CLOCK_WANDERS_MS = 0.25;
const STEP_MS = 50;

/** When the film is moved by nobody's wish, and when somebody seeks. */
const DISTURBED_S = 25;
const SOUGHT_S = 50;
const END_S = 90;

/** @typedef {{atS: number, skewMs: number}} Sample */
/** @typedef {{samples: Sample[], media: ModelMedia, startMs: number, seed: number, traits: Partial<Traits>, rate: number}} Run */

/**
 * A viewer who comes late, is disturbed, and follows somebody's seek.
 * @param {number} seed
 * @param {(random: () => number) => {traits: Partial<Traits>, engine?: Engine, rate?: number, allowRate?: boolean}} draw
 * @returns {Promise<Run>}
 */
async function watch(seed, draw) {
  const random = mulberry32(seed);
  const { traits, engine = "chromium", rate = 1, allowRate = true } = draw(random);
  const time = new FakeTime();
  const startMs = time.nowMs;
  const media = new ModelMedia(time, random, traits);
  const phase = random() * 6;
  const trueNow = () => time.now() + CLOCK_AHEAD_MS;
  const now = () => trueNow() + CLOCK_WANDERS_MS * Math.sin(phase + time.now() / 9000);
  /** @type {Playhead} */
  let playhead = { positionS: 0, atMs: trueNow() - 100_000, rate, playing: true, durationS: 3600, ended: false };
  const clock = { now, locked: true, boundMs: 1, rttMs: 4 };
  const steering = new Steering({ ...time, player: media, clock, playhead: () => playhead, config: SYNC_CONFIG, isHidden: () => false, engine, allowRate });
  steering.start();
  /** @type {Sample[]} */
  const samples = [];
  for (let step = 0; step < (1000 * END_S) / STEP_MS; step += 1) {
    const atS = (step * STEP_MS) / 1000;
    if (atS === DISTURBED_S) media.disturb((random() < 0.5 ? -1 : 1) * (0.1 + 0.15 * random()));
    if (atS === SOUGHT_S) {
      playhead = { ...playhead, positionS: 2000, atMs: trueNow() };
      steering.kick();
    }
    time.advance(STEP_MS);
    await Promise.resolve();
    samples.push({ atS, skewMs: (1000 * (positionAt(playhead, trueNow()) - media.trueS)) / rate });
  }
  steering.stop();
  return { samples, media, startMs, seed, traits, rate };
}

/** @param {Run} run @param {number} fromS @param {number} toS */
const worstMs = ({ samples }, fromS, toS) => Math.max(...samples.filter(({ atS }) => atS >= fromS && atS < toS).map(({ skewMs }) => Math.abs(skewMs)));

/** @param {Run} run @param {number} fromS @param {number} toS */
function medianMs({ samples }, fromS, toS) {
  const sizes = samples.filter(({ atS }) => atS >= fromS && atS < toS).map(({ skewMs }) => Math.abs(skewMs));
  return sizes.sort((a, b) => a - b)[sizes.length >> 1] ?? Infinity;
}

/** @param {Run} run @param {string} kind @param {number} fromS @param {number} toS */
const orders = ({ media, startMs }, kind, fromS, toS) =>
  media.orders.filter((order) => order.kind === kind && order.atMs - startMs >= fromS * 1000 && order.atMs - startMs < toS * 1000);

/** @param {Run} run @param {string} what */
const told = ({ seed, traits, rate }, what) => `seed ${seed}: ${what} ${JSON.stringify({ ...traits, rate })}`;

/** @param {() => number} random @param {number} least @param {number} most */
const between = (random, least, most) => least + (most - least) * random();

/** @template T @param {() => number} random @param {readonly T[]} choices @returns {T} */
const oneOf = (random, choices) => /** @type {T} */ (choices[Math.floor(random() * choices.length)]);

/** Latencies as of quick and slow machines. @param {() => number} random @returns {Partial<Traits>} */
const latencies = (random) => ({
  startS: between(random, 0, 0.3),
  resumeS: between(random, 0, 0.05),
  prepareS: between(random, 0.01, 0.8),
  seekS: between(random, 0.02, 0.6),
  spread: between(random, 0, 0.3),
  framesPerS: oneOf(random, [0, 24, 30, 60]),
});

/** @param {string} name @param {Parameters<typeof watch>[1]} draw @param {(run: Run) => void} check */
function property(name, draw, check) {
  test(name, async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) check(await watch(seed, draw));
  });
}

/** @param {Run} run */
function keepsLimits(run) {
  for (const { value } of run.media.orders.filter(({ kind }) => kind === "rate")) {
    assert.ok(value <= run.rate * SYNC_CONFIG.MAX_SPEEDUP + 1e-9 && value >= run.rate * SYNC_CONFIG.MAX_SLOWDOWN - 1e-9, told(run, `rate ${value}`));
  }
}

/** Corrections come and go as pairs of writes: whoever hunts writes all the time. @param {Run} run @param {{writes: number, seeks: number}} most in the last 25 s */
function rests(run, { writes, seeks }) {
  assert.ok(orders(run, "rate", END_S - 25, END_S).length <= writes, told(run, `${orders(run, "rate", END_S - 25, END_S).length} writes at rest`));
  assert.ok(orders(run, "seek", END_S - 25, END_S).length <= seeks, told(run, `${orders(run, "seek", END_S - 25, END_S).length} seeks at rest`));
}

property(
  "an ordinary player is within 3 ms ten seconds after coming late, within 20 ms five after a disturbance, and rests",
  (random) => ({ traits: { ...latencies(random), jitterS: between(random, 0, 0.0003), pitchBeginS: between(random, 0.012, 0.03), pitchEndS: between(random, -0.004, 0.012), skewPpm: between(random, -150, 150) } }),
  (run) => {
    assert.ok(worstMs(run, 10, DISTURBED_S) <= 3, told(run, `${worstMs(run, 10, DISTURBED_S)} ms after joining`));
    assert.ok(worstMs(run, DISTURBED_S + 5.2, SOUGHT_S) <= 20, told(run, `${worstMs(run, DISTURBED_S + 5.2, SOUGHT_S)} ms after the disturbance`));
    assert.ok(worstMs(run, SOUGHT_S + 5, END_S) <= 50, told(run, `${worstMs(run, SOUGHT_S + 5, END_S)} ms after the seek`));
    assert.ok(worstMs(run, SOUGHT_S + 12, END_S) <= 3, told(run, `${worstMs(run, SOUGHT_S + 12, END_S)} ms at last`));
    rests(run, { writes: 4, seeks: 0 });
    keepsLimits(run);
  },
);

property(
  "at another speed it is within 20 ms at last, and rests",
  (random) => ({ rate: oneOf(random, RATES), traits: { ...latencies(random), jitterS: 0.0003, stretchedJitterS: between(random, 0, 0.004), skewPpm: between(random, -150, 150) } }),
  (run) => {
    assert.ok(worstMs(run, SOUGHT_S + 15, END_S) <= 20 * Math.max(1, 1 / run.rate), told(run, `${worstMs(run, SOUGHT_S + 15, END_S)} ms at last`));
    rests(run, { writes: 6, seeks: 0 });
    keepsLimits(run);
  },
);

property(
  "a player that rounds, refuses or ignores rates ends within 100 ms without fighting",
  (random) => ({
    traits: { ...latencies(random), spread: 0.1, skewPpm: between(random, -100, 100), rates: oneOf(random, [{ kind: "refused" }, { kind: "ignored" }, { kind: "rounded", grain: 0.25 }, { kind: "rounded", grain: 0.05 }]) },
  }),
  (run) => {
    assert.ok(medianMs(run, SOUGHT_S + 25, END_S) <= 100, told(run, `${medianMs(run, SOUGHT_S + 25, END_S)} ms at last`));
    rests(run, { writes: 8, seeks: 1 });
  },
);

property(
  "whoever opts out of trims ends within 100 ms without them",
  (random) => ({ allowRate: false, traits: { ...latencies(random), spread: 0.1, skewPpm: between(random, -100, 100) } }),
  (run) => {
    assert.ok(medianMs(run, SOUGHT_S + 25, END_S) <= 100, told(run, `${medianMs(run, SOUGHT_S + 25, END_S)} ms at last`));
    assert.ok(run.media.orders.every(({ kind, value }) => kind !== "rate" || value === 1), told(run, "a trim"));
    rests(run, { writes: 2, seeks: 1 });
  },
);

property(
  "other engines' noise is not fought",
  (random) => {
    const engine = oneOf(random, /** @type {const} */ (["firefox", "webkit"]));
    return { engine, traits: { ...latencies(random), jitterS: engine === "firefox" ? 0.004 : 0.02, skewPpm: between(random, -100, 100) } };
  },
  (run) => {
    assert.ok(worstMs(run, SOUGHT_S + 15, END_S) <= 150, told(run, `${worstMs(run, SOUGHT_S + 15, END_S)} ms at last`));
    rests(run, { writes: 4, seeks: 1 });
    keepsLimits(run);
  },
);

property(
  "stalls are made up for, and not fought",
  (random) => ({ traits: { ...latencies(random), stallsPerMin: 3, stallS: between(random, 0.1, 0.6) } }),
  (run) => {
    assert.ok(medianMs(run, 0, END_S) <= 50, told(run, `median ${medianMs(run, 0, END_S)} ms`));
    assert.ok(orders(run, "seek", 0, END_S).length <= 16, told(run, `${orders(run, "seek", 0, END_S).length} seeks`));
    keepsLimits(run);
  },
);
