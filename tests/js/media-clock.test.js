// @ts-check
/** The clock that everybody reads. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Estimator } from "../../static/js/clock/estimator.js";
import { MediaClock } from "../../static/js/clock/media-clock.js";

function build() {
  const local = { ms: 1000 };
  const clock = new MediaClock({ estimator: new Estimator(), now: () => local.ms });
  /** @param {number} offsetMs @param {number} [generation] */
  const probe = (offsetMs, generation = 1) => {
    const t1Ms = local.ms;
    local.ms += 2;
    return clock.addSample({ t1Ms, t2Ms: t1Ms + 1 + offsetMs, t3Ms: t1Ms + 1 + offsetMs, t4Ms: local.ms, generation, errorMs: 0 });
  };
  /** @param {number} offsetMs */
  const lock = (offsetMs) => {
    for (let i = 0; i < 12; i += 1) {
      local.ms += 50;
      probe(offsetMs);
    }
  };
  return { clock, local, probe, lock };
}

test("before the first probe nothing is promised", () => {
  const { clock } = build();
  assert.equal(clock.locked, false);
  assert.equal(clock.boundMs, Infinity);
  assert.equal(clock.rttMs, null);
});

test("after a burst it is locked and within its bound", () => {
  const { clock, local, lock } = build();
  lock(5000);
  assert.equal(clock.locked, true);
  assert.ok(Math.abs(clock.now() - local.ms - 5000) < clock.boundMs);
  assert.ok(clock.boundMs < 1.2);
  assert.ok(Math.abs((clock.rttMs ?? 0) - 2) < 0.01);
});

test("read twice in one instant it still moves on", () => {
  const { clock, lock } = build();
  lock(5000);
  const first = clock.now();
  assert.ok(clock.now() > first);
});

test("a small correction is slewed and time never runs backwards", () => {
  const { clock, local, lock, probe } = build();
  lock(5000);
  for (let i = 0; i < 3; i += 1) probe(4980);
  lock(4980);
  let last = clock.now();
  for (let i = 0; i < 500; i += 1) {
    local.ms += 10;
    if (i % 50 === 0) probe(4980);
    const mediaMs = clock.now();
    assert.ok(mediaMs > last);
    last = mediaMs;
  }
  assert.ok(Math.abs(last - local.ms - 4980) < 1.5, String(last - local.ms));
});

test("a locked clock is slewed by no more than half a percent", () => {
  const { clock, local, lock } = build();
  lock(5000);
  const before = clock.offsetMs;
  local.ms += 100;
  clock.now();
  assert.ok(Math.abs(clock.offsetMs - before) <= 0.5 + 0.1);
});

test("a large correction is a step, and listeners are told", () => {
  const { clock, local, lock, probe } = build();
  lock(5000);
  /** @type {number[]} */
  const steps = [];
  clock.onChange(({ stepMs }) => steps.push(stepMs));
  for (let i = 0; i < 3; i += 1) probe(9000);
  assert.ok(steps.some((stepMs) => Math.abs(stepMs - 4000) < 2));
  assert.ok(Math.abs(clock.now() - local.ms - 9000) < 2);
});

test("an unsubscribed listener hears nothing", () => {
  const { clock, lock } = build();
  let heard = 0;
  clock.onChange(() => (heard += 1))();
  lock(5000);
  assert.equal(heard, 0);
});

test("after reset it runs on unlocked with its last offset", () => {
  const { clock, local, lock } = build();
  lock(5000);
  clock.reset();
  local.ms += 1000;
  assert.equal(clock.locked, false);
  assert.equal(clock.boundMs, Infinity);
  assert.ok(Math.abs(clock.now() - local.ms - 5000) < 1);
});

test("without probes the bound grows", () => {
  const { clock, local, lock } = build();
  lock(5000);
  const before = clock.boundMs;
  local.ms += 60_000;
  clock.now();
  assert.ok(clock.boundMs > before);
});

test("toLocal is the inverse of now", () => {
  const { clock, local, lock } = build();
  lock(5000);
  const dueMs = clock.toLocal(clock.now() + 250);
  local.ms = dueMs;
  const target = clock.now();
  assert.ok(Math.abs(target - (dueMs + clock.offsetMs)) < 0.01);
});

test("shown clocks add the civil offset", () => {
  const { clock, lock } = build();
  lock(5000);
  clock.civilOffsetMs = 3000;
  assert.ok(Math.abs(clock.civilNow() - clock.now() - 3000) < 0.1);
});
