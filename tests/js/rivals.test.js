// @ts-check
/** The rivals are what they claim to be: against hand-made samples, and where a package exists against that. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { from, lastValueFrom, toArray } from "rxjs";

import { SendspinTimeFilter } from "../../node_modules/@sendspin/sendspin-js/dist/core/time-filter.js";
import { TimeSyncManager } from "../../node_modules/@sendspin/sendspin-js/dist/core/time-sync-manager.js";
import { Estimator } from "../../static/js/clock/estimator.js";
import { Beatsync } from "../../static/js/clock/rivals/beatsync.js";
import { ESTIMATORS } from "../../static/js/clock/rivals/index.js";
import { Jellyfin } from "../../static/js/clock/rivals/jellyfin.js";
import { NtpFilter } from "../../static/js/clock/rivals/ntp.js";
import { OriginalMean } from "../../static/js/clock/rivals/original.js";
import { Sendspin } from "../../static/js/clock/rivals/sendspin.js";
import { Smoothing } from "../../static/js/clock/rivals/smoothing.js";
import { TimingProvider } from "../../static/js/clock/rivals/timing-provider.js";
import { mulberry32, probe, SimulatedClock, SimulatedPath } from "../../static/js/clock/simulated.js";

/** @import { Sample } from "../../static/js/clock/estimator.js" */
/** @import { ClockEstimator } from "../../static/js/clock/rivals/rival.js" */

const OFFSET_MS = 5000;

/** timing-provider's two operators; none on a Node before 20.19, which takes its files for CommonJS. */
const OPERATORS = await Promise.all([
  import("../../node_modules/timing-provider/build/es2019/operators/compute-offset-and-round-trip-time.js"),
  import("../../node_modules/timing-provider/build/es2019/operators/select-most-likely-offset.js"),
]).catch((error) => {
  if (error instanceof SyntaxError) return null;
  throw error;
});

/** A symmetric exchange of delayMs there and back, whose offset is wrong by errorMs. @param {number} t1Ms @param {number} delayMs @param {number} [errorMs] @returns {Sample} */
function sample(t1Ms, delayMs, errorMs = 0) {
  const t2Ms = t1Ms + delayMs / 2 + OFFSET_MS + errorMs;
  return { t1Ms, t2Ms, t3Ms: t2Ms, t4Ms: t1Ms + delayMs, generation: 1, errorMs: 0 };
}

/** @param {ClockEstimator} estimator @param {number} [localMs] */
function errorOf(estimator, localMs = 0) {
  const estimate = estimator.estimate(localMs);
  assert.ok(estimate);
  return estimate.offsetMs - OFFSET_MS;
}

/** Noisy samples of a clock that is 60 ppm wrong, on a rival's own schedule. @param {(sent: number) => number} gapMs @param {number} count */
function noisySamples(gapMs, count) {
  const random = mulberry32(11);
  const clock = new SimulatedClock({ offsetMs: -77, skewPpm: 60, resolutionMs: 0.1 });
  const traits = { delayMs: 8, jitterMs: 3, spikeShare: 0.1, spikeMs: 80 };
  const [up, down] = [new SimulatedPath(traits, random), new SimulatedPath(traits, random)];
  let atMs = 1000;
  return Array.from({ length: count }, (_, sent) => {
    atMs += gapMs(sent);
    const exchange = probe({ clock, up, down, atMs, baseMs: 1_795_403_224_879 });
    assert.ok(exchange);
    return exchange.sample;
  });
}

test("ours is the first of the list, every id is its own, and nothing can be changed", () => {
  const [ours] = ESTIMATORS;
  assert.ok(ours && ours.create({ resolutionMs: 0.1 }) instanceof Estimator);
  assert.equal(new Set(ESTIMATORS.map(({ id }) => id)).size, ESTIMATORS.length);
  assert.ok(Object.isFrozen(ESTIMATORS) && ESTIMATORS.every((entry) => Object.isFrozen(entry)));
});

for (const { id, gapMs, create } of ESTIMATORS) {
  test(`${id}: nothing before the first probes, close after a minute of good ones, nothing after reset`, () => {
    const estimator = create({ resolutionMs: 0.1 });
    assert.equal(estimator.estimate(0), null);
    let atMs = 0;
    for (let sent = 0; atMs < 60_000; sent += 1) {
      atMs += gapMs(sent);
      estimator.add(sample(atMs, 4));
    }
    assert.ok(Math.abs(errorOf(estimator, atMs)) < 0.6);
    estimator.reset();
    assert.equal(estimator.estimate(atMs), null);
  });

  test(`${id}: its schedule always goes on`, () => {
    assert.ok(Array.from({ length: 200 }, (_, sent) => gapMs(sent + 1)).every((ms) => ms > 0));
  });
}

test("the original takes the plain mean of a whole round, in whole milliseconds", () => {
  const original = new OriginalMean();
  for (const errorMs of [0, 0, 0, 0]) original.add(sample(0, 2, errorMs));
  assert.equal(original.estimate(), null);
  original.add(sample(0, 2, 50.9));
  assert.equal(errorOf(original), 10);
});

test("smoothing follows each new mean by a fifth", () => {
  const smoothing = new Smoothing();
  for (let i = 0; i < 10; i += 1) smoothing.add(sample(0, 2));
  for (let i = 0; i < 10; i += 1) smoothing.add(sample(5000, 2, 100));
  assert.ok(Math.abs(errorOf(smoothing) - 20) < 1e-9);
});

test("NTP prefers the least delay of eight, never goes back in time, and its bound ages by 15 ppm", () => {
  const ntp = new NtpFilter({ resolutionMs: 0.1 });
  ntp.add(sample(0, 10, 3));
  ntp.add(sample(2000, 4, 1));
  ntp.add(sample(4000, 20, 7));
  assert.equal(errorOf(ntp), 1);
  const [young, old] = [ntp.estimate(2004), ntp.estimate(102_004)];
  assert.ok(young && Math.abs(young.boundMs - 2.1) < 1e-9);
  assert.ok(old && Math.abs(old.boundMs - 3.6) < 1e-9);
  for (let i = 3; i < 9; i += 1) ntp.add(sample(i * 2000, 20, 7));
  assert.equal(errorOf(ntp), 1);
  ntp.add(sample(18_000, 19, 5));
  assert.equal(errorOf(ntp), 5);
});

test("Beatsync uses only pairs whose distance the server saw too", () => {
  const beatsync = new Beatsync();
  beatsync.add(sample(0, 2, 0));
  assert.equal(beatsync.add(sample(25, 30, 9)), "dropped");
  assert.equal(beatsync.estimate(), null);
  beatsync.add(sample(2500, 6, 4));
  beatsync.add(sample(2525, 4, 2));
  assert.equal(errorOf(beatsync), 2);
});

test("Beatsync does not pair probes that were sent far apart", () => {
  const beatsync = new Beatsync();
  beatsync.add(sample(0, 2));
  beatsync.add(sample(2500, 2));
  assert.equal(beatsync.estimate(), null);
  beatsync.add(sample(2525, 2));
  assert.equal(errorOf(beatsync), 0);
});

test("Jellyfin takes the least delay of eight, the oldest of equals, in whole milliseconds", () => {
  const jellyfin = new Jellyfin();
  jellyfin.add(sample(0, 4, 3));
  jellyfin.add(sample(1000, 4, 1));
  assert.equal(errorOf(jellyfin), 3);
  for (let i = 2; i < 9; i += 1) jellyfin.add(sample(i * 1000, 6, 7));
  assert.equal(errorOf(jellyfin), 1);
});

test("timing-provider gives what its package gives for the same samples", { skip: OPERATORS === null }, async () => {
  assert.ok(OPERATORS);
  const [{ computeOffsetAndRoundTripTime }, { selectMostLikelyOffset }] = OPERATORS;
  const samples = noisySamples(() => 1000, 300);
  const stamps = samples.map(({ t1Ms, t2Ms, t3Ms, t4Ms }) => /** @type {const} */ ([t1Ms, t2Ms, t3Ms, t4Ms]));
  const theirs = await lastValueFrom(from(stamps).pipe(computeOffsetAndRoundTripTime(), selectMostLikelyOffset(), toArray()));
  const ours = new TimingProvider();
  samples.forEach((each, i) => {
    ours.add(each);
    const apartMs = (ours.estimate()?.offsetMs ?? NaN) - (theirs[i]?.[0] ?? NaN);
    assert.ok(Math.abs(apartMs) < 0.001, `${i}: ${apartMs}`); // epoch milliseconds leave no more digits
  });
});

test("Sendspin gives what its package gives for the same bursts", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let nowMs = 1000;
  mock.method(performance, "now", () => nowMs);
  let sentUs = NaN;
  const socket = { isConnected: () => true, send: (/** @type {{payload: {client_transmitted: number}}} */ { payload }) => (sentUs = payload.client_transmitted) };
  const theirs = new SendspinTimeFilter(0, 1.1, 2.0, 1e-12);
  const manager = new TimeSyncManager(/** @type {any} */ (socket), /** @type {any} */ ({ setTimeSyncInterval() {}, clearTimeSyncInterval() {} }), theirs);
  const ours = new Sendspin();
  const random = mulberry32(4);
  const noise = () => -Math.log(1 - random()) * 3000;
  manager.startAndSchedule();
  for (let burst = 0; burst < 150; burst += 1) {
    for (let i = 0; i < 8; i += 1) {
      const jumpUs = burst > 120 ? 40_000 : 0; // the filter has to forget
      const t2 = Math.round(sentUs * (1 + 60e-6) + 5_000_000 + 8000 + noise() + jumpUs);
      nowMs = Math.round(sentUs + 16_000 + noise() + noise()) / 1000;
      const t4 = Math.floor(nowMs * 1000);
      ours.add({ t1Ms: sentUs / 1000, t2Ms: t2 / 1000, t3Ms: (t2 + 100) / 1000, t4Ms: t4 / 1000, generation: 1, errorMs: 0 });
      manager.handleServerTime(/** @type {any} */ ({ payload: { client_transmitted: sentUs, server_received: t2, server_transmitted: t2 + 100 } }));
    }
    const localUs = Math.round(nowMs * 1000) + 5_000_000;
    const theirsMs = (theirs.computeServerTime(localUs) - localUs) / 1000;
    const oursMs = ours.estimate(localUs / 1000)?.offsetMs ?? NaN;
    assert.ok(Math.abs(oursMs - theirsMs) < 0.002, `burst ${burst}: ${oursMs} ${theirsMs}`);
    nowMs += 10_000;
    mock.timers.tick(10_000);
  }
  manager.stop();
  mock.restoreAll();
  mock.timers.reset();
});

test("Sendspin uses nothing of a burst that lost an answer", () => {
  const sendspin = new Sendspin();
  for (let i = 0; i < 7; i += 1) sendspin.add(sample(i * 50, 4));
  for (let i = 0; i < 7; i += 1) sendspin.add(sample(10_000 + i * 50, 4));
  assert.equal(sendspin.estimate(11_000), null);
  sendspin.add(sample(10_350, 4));
  assert.ok(sendspin.estimate(11_000));
});
