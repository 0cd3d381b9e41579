// @ts-check
/** The laboratory of the page Simulate: seeded, stepped by simulated time, its truth known. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { INITIAL, SETTINGS, experimentFrom, hashOf, hiddenFrom, nearestStop } from "../../static/js/clock/experiment.js";
import { Laboratory } from "../../static/js/clock/laboratory.js";
import { Pacer } from "../../static/js/clock/pacer.js";
import { ESTIMATORS } from "../../static/js/clock/rivals/index.js";
import { SimulatedMachine } from "../../static/js/clock/simulated-machine.js";

/** @import { Experiment } from "../../static/js/clock/experiment.js" */

const START_MS = 1_795_403_224_879;

/** @param {Partial<Experiment>} [change] */
const laboratory = (change = {}) => new Laboratory({ experiment: { ...INITIAL, ...change }, startMs: START_MS });

/** @param {Laboratory} lab */
const ours = (lab) => /** @type {typeof lab.contenders[number]} */ (lab.contenders[0]);

test("a device that is set 30 s fast and gains 20 ppm reads so, and ours corrects it within its bound", () => {
  const lab = laboratory({ wrongMs: 30_000, driftPpm: 20 });
  lab.advance(100_000);
  const { deviceErrorMs, corrected, serverMs } = lab.view();
  assert.equal(serverMs, START_MS + 100_000);
  // 20 ppm of 100 s are 2 ms, give or take the wander.
  assert.ok(Math.abs(deviceErrorMs - 30_002) < 0.3, `${deviceErrorMs}`);
  assert.ok(corrected);
  assert.ok(Math.abs(corrected.errorMs) < 0.5, `${corrected.errorMs}`);
  assert.ok(Math.abs(corrected.ms - serverMs) < 0.5);
  assert.equal(ours(lab).lastMinute().heldShare, 1);
});

test("the sign of each error is known: fast is positive, a slow way there makes every estimate fast", () => {
  assert.ok(laboratory({ wrongMs: -2000 }).view().deviceErrorMs < -1999);
  const lab = laboratory({ therePct: 80, jitterMs: 0.1, driftPpm: 0 });
  lab.advance(120_000);
  // 32 ms there and 8 ms back: half of the difference, for everybody.
  for (const contender of lab.contenders.filter(({ entry }) => entry.id !== "jellyfin")) {
    const errorMs = contender.fix()?.errorMs ?? NaN;
    assert.ok(errorMs > 9 && errorMs < 14.5, `${contender.entry.id}: ${errorMs}`);
  }
  assert.equal(ours(lab).lastMinute().heldShare, 1, "the bound covers what cannot be seen");
});

test("when every exchange is lost nobody learns anything", () => {
  const lab = laboratory({ lossPct: 100 });
  lab.advance(60_000);
  assert.equal(lab.view().corrected, null);
  for (const contender of lab.contenders) {
    assert.equal(contender.fix(), null);
    assert.equal(contender.points.length, 0);
    assert.deepEqual(contender.lastMinute(), { p95Ms: null, heldShare: null });
  }
});

test("before the first answer there is no estimate, and soon after there is one", () => {
  const lab = laboratory();
  assert.equal(lab.view().corrected, null);
  lab.advance(1000);
  assert.ok(Math.abs(lab.view().corrected?.errorMs ?? NaN) < 5);
});

test("an outage leaves the estimate standing while its bound grows", () => {
  const lab = laboratory();
  lab.advance(60_000);
  const before = lab.view().corrected?.boundMs ?? NaN;
  lab.change({ lossPct: 100 });
  lab.advance(60_000);
  const after = lab.view().corrected;
  assert.ok(after && after.boundMs > before && Math.abs(after.errorMs) <= after.boundMs);
});

test("a step of 40 ms is found by ours within three seconds", () => {
  const lab = laboratory();
  lab.advance(60_000);
  lab.step(40);
  assert.ok((lab.view().corrected?.errorMs ?? 0) > 39, "nobody can know at once");
  lab.advance(3000);
  assert.ok(Math.abs(lab.view().corrected?.errorMs ?? NaN) < 1);
  assert.ok((lab.view().corrected?.worstMs ?? 0) > 39, "it is remembered for a while");
  lab.advance(10_000);
  assert.ok((lab.view().corrected?.worstMs ?? NaN) < 5);
  assert.deepEqual(lab.view().mishap, { kind: "step", atMs: 60_000, byMs: 40 });
});

test("after a step the few probes of the new window are not taken for another oscillator", () => {
  for (const atMs of [60_000, 90_000, 180_000, 300_000]) {
    const lab = laboratory();
    lab.advance(atMs);
    lab.step(40);
    lab.advance(4000);
    for (let s = 0; s < 56; s += 1) {
      lab.advance(1000);
      const errorMs = lab.view().corrected?.errorMs ?? NaN;
      assert.ok(Math.abs(errorMs) < 0.4, `${s + 5} s after a step at ${atMs}: ${errorMs}`);
    }
  }
});

test("in sleep the device's clock stands still and nobody's error is written down; ours is back soon after", () => {
  const lab = laboratory({ wrongMs: 0, driftPpm: 0 });
  lab.advance(60_000);
  lab.sleep(120_000);
  const { deviceMs } = lab.view();
  const noted = ours(lab).points.length;
  lab.advance(60_000);
  lab.sleep(120_000);
  assert.ok(Math.abs(lab.view().deviceMs - deviceMs) < 0.1, "but for what its crystal wanders");
  assert.equal(lab.view().asleepForMs, 60_000, "it is asleep already");
  assert.ok(ours(lab).points.length <= noted);
  lab.advance(62_000);
  const { asleepForMs, deviceErrorMs, corrected } = lab.view();
  assert.equal(asleepForMs, 0);
  assert.ok(Math.abs(deviceErrorMs + 120_000) < 1, `${deviceErrorMs}`);
  assert.ok(Math.abs(corrected?.errorMs ?? NaN) < 1);
});

test("another drift begins without a jump, in sleep too", () => {
  const lab = laboratory({ wrongMs: 5000, driftPpm: 100 });
  lab.advance(60_000);
  const before = lab.view().deviceErrorMs;
  lab.change({ driftPpm: -200 });
  assert.ok(Math.abs(lab.view().deviceErrorMs - before) < 0.001);
  lab.advance(100_000);
  assert.ok(Math.abs(lab.view().deviceErrorMs - before + 20) < 0.3);
  lab.sleep(120_000);
  const { deviceMs } = lab.view();
  lab.change({ driftPpm: 0 });
  lab.advance(50_000);
  assert.ok(Math.abs(lab.view().deviceMs - deviceMs) < 0.1);
  assert.equal(lab.mishaps.length, 1, "a drift is no mishap");
});

test("a clock that is set anew is wrong by just so much from now on", () => {
  const lab = laboratory({ wrongMs: 30_000, driftPpm: 500 });
  lab.advance(60_000);
  lab.change({ wrongMs: -150 });
  assert.ok(Math.abs(lab.view().deviceErrorMs + 150) < 0.001);
});

test("the same experiment runs the same way each time, however it is sliced", () => {
  const [whole, sliced] = [laboratory({ lossPct: 10 }), laboratory({ lossPct: 10 })];
  whole.advance(30_000);
  for (let i = 0; i < 300; i += 1) sliced.advance(100);
  assert.deepEqual(
    whole.contenders.map(({ points }) => points),
    sliced.contenders.map(({ points }) => points),
  );
});

test("who probes how often is counted, not claimed", () => {
  const lab = laboratory();
  lab.advance(300_000);
  const counts = Object.fromEntries(lab.contenders.map(({ entry, probesInLastMinute }) => [entry.id, probesInLastMinute]));
  assert.equal(counts["timing-provider"], 60);
  assert.equal(counts["jellyfin"], 1);
  assert.equal(counts["ours"], 30);
});

test("pausing stops time, and the pace multiplies it", () => {
  const lab = laboratory();
  const pacer = new Pacer({ now: () => 0 });
  assert.equal(pacer.frame(lab, 16, 10), 160);
  assert.equal(lab.view().elapsedMs, 160);
  pacer.paused = true;
  assert.equal(pacer.frame(lab, 16, 10), 0);
  assert.equal(lab.view().elapsedMs, 160);
});

test("a frame never does more work than its budget, and nothing is caught up after a hidden page", () => {
  let nowMs = 0;
  const slow = { advance: () => (nowMs += 4) };
  const pacer = new Pacer({ now: () => nowMs });
  assert.equal(pacer.frame(slow, 50, 60), 500, "two slices of 4 ms, then the budget is spent");
  assert.equal(new Pacer({ now: () => 0 }).frame({ advance: () => {} }, 3_600_000, 1), 100);
});

test("a sleeping machine finds its messages when it wakes, and its timers resume where they were", () => {
  const machine = new SimulatedMachine();
  /** @type {[string, number][]} */
  const seen = [];
  const see = (/** @type {string} */ what) => () => seen.push([what, machine.nowMs]);
  machine.arrive(10, see("message"));
  machine.setTimeout(see("timer"), 30);
  machine.clearTimeout(machine.setTimeout(see("never"), 20));
  machine.runUntil(5);
  machine.sleep(100);
  machine.runUntil(200);
  assert.deepEqual(seen, [["message", 105], ["timer", 130]]); // prettier-ignore
});

test("an experiment survives being written into an address and read again", () => {
  const experiment = { ...INITIAL, wrongMs: -12_345, driftPpm: 80, lossPct: 20, upload: 1, pace: 60 };
  const hash = hashOf(experiment, ["jellyfin", "ntp"]);
  assert.deepEqual(experimentFrom(`#${hash}`), experiment);
  assert.deepEqual(hiddenFrom(hash, ESTIMATORS.map(({ id }) => id)), ["ntp", "jellyfin"]); // prettier-ignore
  assert.deepEqual(hiddenFrom("without=ours.ntp", ["ours", "ntp"]), ["ntp"], "the page is about ours");
  assert.equal(hashOf(INITIAL, []), "");
});

test("nonsense in an address is refused quietly, each value by itself", () => {
  const nonsense = "#wrong=1e99&drift=NaN&delay=&jitter=<b>&there=101&loss=-4&pace=7&upload=2&without=x.y&__proto__=1";
  assert.deepEqual(experimentFrom(nonsense), INITIAL);
  assert.deepEqual(hiddenFrom(nonsense, ["ours"]), []);
  assert.deepEqual(experimentFrom("#wrong=abc&loss=50"), { ...INITIAL, lossPct: 50 });
});

test("a slider stands at the nearest of its stops, and every first value is one", () => {
  const { wrongMs } = SETTINGS;
  assert.equal(wrongMs.values[nearestStop(wrongMs, -12_345)], -10_000);
  for (const { values, initial } of Object.values(SETTINGS)) assert.ok(values.includes(initial));
  assert.ok(wrongMs.values.every((value, i) => i === 0 || value > (wrongMs.values[i - 1] ?? NaN)));
});
