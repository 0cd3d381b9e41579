// @ts-check
/** The estimator against simulated paths with a known truth. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { summarise } from "../../bench/clock/figures.js";
import { SCENARIOS, TUNING } from "../../bench/clock/scenarios.js";
import { live } from "../../bench/clock/session.js";
import { Estimator } from "../../static/js/clock/estimator.js";
import { ESTIMATORS } from "../../static/js/clock/rivals/index.js";

/** @param {number} t1Ms @param {Partial<{upMs: number, downMs: number, offsetMs: number, generation: number, errorMs: number}>} [path] */
function probe(t1Ms, { upMs = 1, downMs = 1, offsetMs = 5000, generation = 1, errorMs = 0 } = {}) {
  const t2Ms = t1Ms + upMs + offsetMs;
  return { t1Ms, t2Ms, t3Ms: t2Ms, t4Ms: t1Ms + upMs + downMs, generation, errorMs };
}

/** @param {Estimator} estimator @param {number} localMs */
function estimateAt(estimator, localMs) {
  const estimate = estimator.estimate(localMs);
  assert.ok(estimate);
  return estimate;
}

/** @param {number} count */
function warm(count) {
  const estimator = new Estimator();
  for (let i = 0; i < count; i += 1) estimator.add(probe(i * 1000));
  return estimator;
}

/** Sixty probes over two minutes. @param {number} ppm */
function skewed(ppm) {
  const estimator = new Estimator();
  for (let i = 0; i < 60; i += 1) estimator.add(probe(i * 2000, { offsetMs: 5000 + ppm * 1e-6 * i * 2000 }));
  return estimator;
}

test("there is no estimate before the first probe", () => {
  assert.equal(new Estimator().estimate(0), null);
});

test("a probe whose answer was sent before it was received is refused", () => {
  const estimator = new Estimator();
  assert.equal(estimator.add({ ...probe(0), t3Ms: 0 }), "invalid");
  assert.equal(estimator.estimate(0), null);
});

test("a probe that took less than no time is refused", () => {
  assert.equal(new Estimator().add(probe(0, { upMs: -1, downMs: 0 })), "invalid");
});

test("a probe that took more than three seconds is refused", () => {
  assert.equal(new Estimator().add(probe(0, { upMs: 3000, downMs: 1 })), "invalid");
});

test("one probe of an older generation is refused, three in a row are believed", () => {
  const estimator = new Estimator();
  estimator.add(probe(0, { generation: 2 }));
  assert.equal(estimator.add(probe(1000, { generation: 1 })), "outdated");
  assert.equal(estimator.add(probe(2000, { generation: 1 })), "outdated");
  assert.equal(estimator.add(probe(3000, { generation: 1, offsetMs: 7000 })), "renewed");
  assert.equal(estimateAt(estimator, 3000).count, 1);
});

test("a new generation throws every older probe away", () => {
  const estimator = warm(20);
  assert.equal(estimator.add(probe(20_000, { generation: 2, offsetMs: 9000 })), "renewed");
  const { offsetMs, count, generation } = estimateAt(estimator, 20_000);
  assert.ok(Math.abs(offsetMs - 9000) < 1);
  assert.equal(count, 1);
  assert.equal(generation, 2);
});

test("reset forgets every probe", () => {
  const estimator = warm(10);
  estimator.reset();
  assert.equal(estimator.estimate(10_000), null);
});

test("reset remembers how fast the oscillator runs, with a doubt", () => {
  const estimator = skewed(80);
  estimator.reset();
  estimator.add(probe(200_000));
  const { skewPpm, boundMs } = estimateAt(estimator, 300_000);
  assert.ok(Math.abs(skewPpm - 80) < 2, String(skewPpm));
  assert.ok(boundMs > 2, String(boundMs));
});

test("numbers that are none are refused", () => {
  const estimator = warm(10);
  const before = estimateAt(estimator, 10_000);
  for (const field of /** @type {const} */ (["t1Ms", "t2Ms", "t3Ms", "t4Ms", "generation", "errorMs"])) {
    for (const value of [NaN, Infinity, -Infinity]) {
      assert.equal(estimator.add({ ...probe(10_000), [field]: value }), "invalid", `${field} ${value}`);
    }
  }
  assert.deepEqual(estimateAt(estimator, 10_000), before);
});

test("a negative error of the server does not narrow the bound", () => {
  const honest = new Estimator();
  const boasting = new Estimator();
  honest.add(probe(0));
  boasting.add(probe(0, { errorMs: -5 }));
  assert.equal(estimateAt(boasting, 2).boundMs, estimateAt(honest, 2).boundMs);
});

test("a huge server time is not believed once", () => {
  const estimator = warm(20);
  assert.equal(estimator.add(probe(20_000, { offsetMs: 1e15 })), "quarantined");
  assert.ok(Math.abs(estimateAt(estimator, 20_000).offsetMs - 5000) < 0.5);
});

test("a forged first probe is got rid of by the next ones", () => {
  const estimator = new Estimator();
  estimator.add(probe(0, { offsetMs: 9e6 }));
  const verdicts = [50, 100, 150].map((t1Ms) => estimator.add(probe(t1Ms)));
  assert.deepEqual(verdicts, ["quarantined", "quarantined", "stepped"]);
  assert.ok(Math.abs(estimateAt(estimator, 200).offsetMs - 5000) < 0.1);
});

test("the same probe again and again adds no knowledge", () => {
  const once = warm(20);
  const often = warm(20);
  for (let i = 0; i < 50; i += 1) often.add(probe(19_000));
  assert.ok(Math.abs(estimateAt(often, 30_000).offsetMs - estimateAt(once, 30_000).offsetMs) < 0.01);
  assert.ok(estimateAt(often, 30_000).boundMs >= estimateAt(once, 30_000).boundMs - 0.01);
});

test("the order in which answers come does not matter", () => {
  const probes = Array.from({ length: 40 }, (_, i) => probe(i * 500, { upMs: 1 + ((i * 7) % 5), downMs: 1 + ((i * 3) % 4) }));
  const inOrder = new Estimator();
  const mixed = new Estimator();
  for (const sample of probes) inOrder.add(sample);
  for (let i = 0; i < probes.length; i += 4) for (const sample of probes.slice(i, i + 4).reverse()) mixed.add(sample);
  assert.ok(Math.abs(estimateAt(mixed, 20_000).offsetMs - estimateAt(inOrder, 20_000).offsetMs) < 0.05);
});

for (const jumpMs of [86_400_000, -86_400_000]) {
  test(`a local clock that jumps by ${jumpMs > 0 ? "a day" : "a day back"} is found again by the third probe`, () => {
    const estimator = warm(30);
    assert.equal(estimator.add({ ...probe(30_000), t4Ms: 30_002 + jumpMs }), "invalid");
    const verdicts = [0, 50, 100].map((ms) => estimator.add(probe(30_100 + ms + jumpMs, { offsetMs: 5000 - jumpMs })));
    assert.deepEqual(verdicts, ["quarantined", "quarantined", "stepped"]);
    const { offsetMs, boundMs, count } = estimateAt(estimator, 30_300 + jumpMs);
    assert.ok(Math.abs(offsetMs - 5000 + jumpMs) < 0.5, String(offsetMs));
    assert.ok(boundMs < 2);
    assert.equal(count, 3);
  });
}

test("after a step nothing of before is left in the bound", () => {
  const estimator = warm(30);
  for (let i = 0; i < 3; i += 1) estimator.add(probe(30_000 + i * 50, { offsetMs: 5040, upMs: 6, downMs: 6 }));
  const { count, delayMs, boundMs } = estimateAt(estimator, 30_200);
  assert.equal(count, 3);
  assert.ok(delayMs > 11 && boundMs > 5.9, `${delayMs} ${boundMs}`);
});

test("a probe over a shorter path asks for more of its kind", () => {
  const estimator = new Estimator();
  for (let i = 0; i < 10; i += 1) estimator.add(probe(i * 1000, { upMs: 20, downMs: 20 }));
  assert.equal(estimator.add(probe(10_000, { upMs: 5, downMs: 5 })), "undercut");
  assert.equal(estimator.add(probe(11_000, { upMs: 5, downMs: 5 })), "accepted");
});

test("old probes leave the window after two minutes", () => {
  const estimator = new Estimator();
  for (let i = 0; i < 10; i += 1) estimator.add(probe(i * 1000));
  for (let i = 0; i < 70; i += 1) estimator.add(probe(10_000 + i * 2000, { upMs: 3, downMs: 3 }));
  const { delayMs } = estimateAt(estimator, 150_000);
  assert.ok(Math.abs(delayMs - 6) < 0.2, String(delayMs));
});

test("the bound of one symmetric probe is half its round trip and half a tick", () => {
  const estimator = new Estimator({ resolutionMs: 0.1 });
  estimator.add(probe(0, { upMs: 4, downMs: 4 }));
  const { boundMs, offsetMs } = estimateAt(estimator, 8);
  assert.ok(boundMs >= 4.05 && boundMs < 4.06, String(boundMs));
  assert.ok(Math.abs(offsetMs - 5000) < 0.1);
});

test("the server's own error widens the bound and does not prevent a lock", () => {
  const estimator = new Estimator();
  for (let i = 0; i < 12; i += 1) estimator.add(probe(i * 50, { errorMs: 30 }));
  const { boundMs, locked } = estimateAt(estimator, 600);
  assert.ok(boundMs > 30);
  assert.equal(locked, true);
});

test("an asymmetric path lies within the bound", () => {
  const estimator = new Estimator();
  for (let i = 0; i < 20; i += 1) estimator.add(probe(i * 100, { upMs: 30, downMs: 10 }));
  const { offsetMs, boundMs } = estimateAt(estimator, 2000);
  assert.ok(Math.abs(Math.abs(offsetMs - 5000) - 10) < 0.2);
  assert.ok(Math.abs(offsetMs - 5000) <= boundMs);
});

test("it locks with eight probes and not with seven", () => {
  const estimator = new Estimator();
  for (let i = 0; i < 7; i += 1) estimator.add(probe(i * 50));
  assert.equal(estimateAt(estimator, 350).locked, false);
  estimator.add(probe(350));
  assert.equal(estimateAt(estimator, 400).locked, true);
});

test("a queue on one way only does not move the estimate", () => {
  const estimator = warm(20);
  for (let i = 20; i < 60; i += 1) estimator.add(probe(i * 1000, { upMs: 200 }));
  assert.ok(Math.abs(estimateAt(estimator, 60_000).offsetMs - 5000) < 0.5);
});

test("one probe from another world is quarantined and moves nothing", () => {
  const estimator = warm(20);
  assert.equal(estimator.add(probe(20_000, { offsetMs: 5040 })), "quarantined");
  assert.ok(Math.abs(estimateAt(estimator, 20_000).offsetMs - 5000) < 0.5);
});

test("two strangers with a clean probe between them are no step", () => {
  const estimator = warm(20);
  estimator.add(probe(20_000, { offsetMs: 5040 }));
  estimator.add(probe(21_000, { offsetMs: 5040 }));
  assert.equal(estimator.add(probe(22_000)), "accepted");
  assert.equal(estimator.add(probe(23_000, { offsetMs: 5040 })), "quarantined");
});

test("three strangers in a row are a step", () => {
  const estimator = warm(20);
  estimator.add(probe(20_000, { offsetMs: 5040 }));
  estimator.add(probe(20_050, { offsetMs: 5040 }));
  assert.equal(estimator.add(probe(20_100, { offsetMs: 5040 })), "stepped");
  assert.ok(Math.abs(estimateAt(estimator, 20_100).offsetMs - 5040) < 0.5);
});

test("a step is seen even when the path became shorter at the same time", () => {
  const estimator = new Estimator();
  for (let i = 0; i < 20; i += 1) estimator.add(probe(i * 1000, { upMs: 20, downMs: 20 }));
  for (let i = 0; i < 3; i += 1) estimator.add(probe(20_000 + i * 50, { offsetMs: 5100 }));
  assert.ok(Math.abs(estimateAt(estimator, 20_150).offsetMs - 5100) < 0.5);
});

test("when everything is dropped for twenty seconds the window starts again", () => {
  const estimator = warm(20);
  const verdicts = Array.from({ length: 25 }, (_, i) => estimator.add(probe(20_000 + i * 1000, { upMs: 30, downMs: 30, offsetMs: 5100 })));
  assert.ok(verdicts.includes("stepped"));
  assert.ok(Math.abs(estimateAt(estimator, 45_000).offsetMs - 5100) < 1);
});

test("the skew of the oscillator is learned and carried over a silence", () => {
  const { skewPpm, offsetMs } = estimateAt(skewed(80), 180_000);
  assert.ok(Math.abs(skewPpm - 80) < 2, String(skewPpm));
  assert.ok(Math.abs(offsetMs - (5000 + 80e-6 * 180_000)) < 0.3);
});

test("no skew beyond 500 ppm is believed", () => {
  const estimator = new Estimator();
  for (let i = 0; i < 60; i += 1) estimator.add(probe(i * 1000, { offsetMs: 5000 + 2e-3 * i * 1000 }));
  assert.ok(estimateAt(estimator, 60_000).skewPpm <= 500);
});

/** Four lives of the benchmark's eight: enough to notice, quick enough to run always. They scatter more. */
const LIVES = TUNING.lives.slice(4);
const ROOM = 1.25;
const [OURS] = ESTIMATORS;

for (const scenario of SCENARIOS) {
  const { title, goal = {}, unseen, mishaps } = scenario;
  test(`${title}: the error stays within its goal, the bound is honest and the first fix quick`, () => {
    assert.ok(OURS);
    const { p95Ms, p99Ms, violatedShare, firstFixMs, recoveryMs } = summarise(LIVES.map((life) => live({ entry: OURS, scenario, ...life })));
    assert.ok(p95Ms <= ROOM * (goal.p95Ms ?? Infinity), `p95 ${p95Ms}`);
    assert.ok(p99Ms <= ROOM * (goal.p99Ms ?? Infinity), `p99 ${p99Ms}`);
    // Between a mishap and the next probe, two seconds later, nobody can know.
    assert.ok(violatedShare <= (mishaps ? 0.005 : 0.001), `bound violated by ${violatedShare}`);
    assert.ok(unseen || firstFixMs <= 1000, `first fix ${firstFixMs}`);
    assert.ok(!mishaps || recoveryMs <= 4000, `recovery ${recoveryMs}`);
  });
}
