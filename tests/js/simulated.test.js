// @ts-check
/** The simulated clock and path do what they say, as every figure of accuracy rests on them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { mulberry32, probe, SimulatedClock, SimulatedPath } from "../../static/js/clock/simulated.js";

/** @import { PathTraits } from "../../static/js/clock/simulated.js" */

/** Sends a message every gapMs and says what each took. @param {Partial<PathTraits>} traits @param {{count?: number, gapMs?: number, seed?: number}} [how] */
function delays(traits, { count = 2000, gapMs = 100, seed = 1 } = {}) {
  const path = new SimulatedPath(traits, mulberry32(seed));
  return Array.from({ length: count }, (_, i) => {
    const arrivesMs = path.carry(i * gapMs);
    return arrivesMs === null ? null : arrivesMs - i * gapMs;
  });
}

/** @param {(number | null)[]} values */
function mean(values) {
  const numbers = values.filter((value) => value !== null);
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

test("one seed gives one sequence, uniform in [0, 1)", () => {
  const [one, same, other] = [mulberry32(5), mulberry32(5), mulberry32(6)];
  const values = Array.from({ length: 10_000 }, one);
  assert.deepEqual(Array.from({ length: 10_000 }, same), values);
  assert.notEqual(other(), values[0]);
  assert.ok(values.every((value) => value >= 0 && value < 1));
  assert.ok(Math.abs(mean(values) - 0.5) < 0.01);
});

test("a clock's offset and skew are what an estimator is to find: true time minus the clock, and its growth", () => {
  const clock = new SimulatedClock({ offsetMs: 250, skewPpm: 80, resolutionMs: 0 });
  assert.equal(0 - clock.exact(0), 250);
  assert.ok(Math.abs(100_000 - clock.exact(100_000) - 250 - 8) < 1e-9);
});

test("readings are floored to the clock's ticks", () => {
  const clock = new SimulatedClock({ offsetMs: -0.75, resolutionMs: 1 });
  assert.equal(clock.read(10), 10);
  assert.equal(clock.read(10.3), 11);
  assert.equal(new SimulatedClock({ offsetMs: 0.5 }).read(0), -0.5);
});

test("a wandering skew has the promised size, begins at no error and never runs backwards", () => {
  const clock = new SimulatedClock({ wanderPpm: 2, resolutionMs: 0, random: mulberry32(9) });
  assert.equal(clock.exact(0), 0);
  const rates = Array.from({ length: 20_000 }, (_, i) => (1 - (clock.exact((i + 1) * 1000) - clock.exact(i * 1000)) / 1000) * 1e6);
  const rms = Math.sqrt(mean(rates.map((ppm) => ppm ** 2)));
  assert.ok(Math.abs(rms - 2) < 0.2, String(rms));
});

test("a step changes every later reading, or those from an instant on", () => {
  const clock = new SimulatedClock({ resolutionMs: 0 });
  clock.step(40, 1000);
  assert.equal(clock.exact(999), 999);
  assert.equal(clock.exact(1000), 1040);
  clock.step(-15);
  assert.equal(clock.exact(1000), 1025);
});

test("in sleep the clock stands still, and runs on afterwards", () => {
  const clock = new SimulatedClock({ resolutionMs: 0 });
  clock.sleep(1000, 500);
  assert.deepEqual([900, 1000, 1250, 1500, 1600].map((trueMs) => clock.exact(trueMs)), [900, 1000, 1000, 1000, 1100]);
});

test("no message is faster than the path, and jitter has the promised mean", () => {
  const all = delays({ delayMs: 20, jitterMs: 3 });
  assert.ok(all.every((delay) => delay !== null && delay >= 20));
  assert.ok(Math.abs(mean(all) - 23) < 0.3, String(mean(all)));
});

test("messages do not overtake one another, unless they may", () => {
  const traits = { delayMs: 5, spikeShare: 0.5, spikeMs: 200 };
  /** @param {boolean} ordered */
  const arrivals = (ordered) => delays({ ...traits, ordered }, { gapMs: 10 }).map((delay, i) => (delay ?? 0) + i * 10);
  /** @param {number[]} instants */
  const sorted = (instants) => instants.every((atMs, i) => i === 0 || atMs >= (instants[i - 1] ?? 0));
  assert.equal(sorted(arrivals(true)), true);
  assert.equal(sorted(arrivals(false)), false);
});

test("the promised share is spiked, and the promised share lost", () => {
  const all = delays({ spikeShare: 0.2, spikeMs: 50, lossShare: 0.1 });
  const lost = all.filter((delay) => delay === null).length / all.length;
  const spiked = all.filter((delay) => delay !== null && delay > 0).length / (all.length * (1 - lost));
  assert.ok(Math.abs(lost - 0.1) < 0.02, String(lost));
  assert.ok(Math.abs(spiked - 0.2) < 0.03, String(spiked));
});

test("a queue stands at the end of each period, and a permanent one always", () => {
  const now = delays({ bloatMs: 100, bloatEveryMs: 10_000, bloatForMs: 4000, ordered: false });
  now.forEach((delay, i) => {
    const stands = (i * 100) % 10_000 >= 6000;
    assert.equal(delay !== null && delay >= 30 && delay <= 100, stands, `${i} ${delay}`);
  });
  assert.ok(delays({ bloatMs: 100 }).every((delay) => delay !== null && delay >= 30));
});

test("stalls hold messages back and let them go together", () => {
  const all = delays({ stallMs: 40, stallEveryMs: 100 }, { gapMs: 10, count: 20_000 });
  const held = all.filter((delay) => delay !== null && delay > 0).length / all.length;
  assert.ok(Math.abs(held - 40 / 140) < 0.04, String(held));
});

test("traits may change under way", () => {
  const path = new SimulatedPath({ delayMs: 10 }, mulberry32(1));
  assert.equal(path.carry(0), 10);
  path.traits.delayMs = 50;
  assert.equal(path.carry(100), 150);
});

test("a probe's four instants are read from the two clocks", () => {
  const clock = new SimulatedClock({ offsetMs: -1000, resolutionMs: 0 });
  const up = new SimulatedPath({ delayMs: 30 }, mulberry32(1));
  const down = new SimulatedPath({ delayMs: 10 }, mulberry32(2));
  assert.deepEqual(probe({ clock, up, down, atMs: 500, serverMs: 2, baseMs: 9000, generation: 3, errorMs: 0.5 }), {
    sample: { t1Ms: 1500, t2Ms: 9530, t3Ms: 9532, t4Ms: 1542, generation: 3, errorMs: 0.5 },
    sentMs: 500,
    receivedMs: 530,
    answeredMs: 532,
    arrivesMs: 542,
  });
});

test("a probe is lost when either way loses it", () => {
  const clock = new SimulatedClock({});
  const good = () => new SimulatedPath({}, mulberry32(1));
  const bad = () => new SimulatedPath({ lossShare: 1 }, mulberry32(1));
  assert.equal(probe({ clock, up: bad(), down: good(), atMs: 0 }), null);
  assert.equal(probe({ clock, up: good(), down: bad(), atMs: 0 }), null);
});
