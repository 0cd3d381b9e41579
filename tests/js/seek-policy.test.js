// @ts-check
/** When a moving player seeks, and how. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { SeekPolicy } from "../../static/js/playback/seek-policy.js";

const usual = () => new SeekPolicy({ alwaysBeyondS: 1.5, stutters: false });

/** @param {SeekPolicy} seeks @param {number} driftS @param {number} localMs @param {{velocity?: number, trims?: boolean, live?: boolean}} [how] */
const wants = (seeks, driftS, localMs, { velocity = 1, trims = true, live = false } = {}) => seeks.wants({ driftS, velocity, localMs, trims, live });

test("a third of a second is sought, less is not, behind or ahead", () => {
  assert.equal(wants(usual(), 0.32, 0), null);
  assert.equal(wants(usual(), 0.34, 0), "seek");
  assert.equal(wants(usual(), -0.34, 0), "seek");
});

test("a fast film is sought for as much time of the wall, a slow one for as much film", () => {
  assert.equal(wants(usual(), 1.3, 0, { velocity: 4 }), null);
  assert.equal(wants(usual(), 1.4, 0, { velocity: 4 }), "seek");
  assert.equal(wants(usual(), 0.51, 0, { velocity: 0.25 }), "seek");
});

test("one seek that missed is tried again at once", () => {
  const seeks = usual();
  seeks.ended(0.3, 1000);
  assert.equal(wants(seeks, 0.6, 1000), "seek");
});

test("after two misses it waits one second, then two, then four, and never more than thirty", () => {
  const seeks = usual();
  seeks.ended(0.3, 0);
  for (const waitMs of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    seeks.ended(0.3, 0);
    assert.equal(wants(seeks, 0.6, waitMs - 1), null);
    assert.equal(wants(seeks, 0.6, waitMs), "seek");
  }
});

test("beyond the seed's threshold it seeks whatever was missed", () => {
  const seeks = usual();
  for (let i = 0; i < 8; i += 1) seeks.ended(0.3, 0);
  assert.equal(wants(seeks, 1.51, 1), "seek");
});

test("a seek that landed ends the waiting", () => {
  const seeks = usual();
  seeks.ended(0.3, 0);
  seeks.ended(0.01, 0);
  seeks.ended(0.3, 0);
  assert.equal(wants(seeks, 0.6, 1), "seek");
});

test("a player that lands well seeks a little earlier, one that does not goes back to half a second", () => {
  const seeks = usual();
  seeks.ended(0.02, 0);
  assert.equal(wants(seeks, 0.31, 0), "seek");
  seeks.ended(0.1, 0);
  assert.equal(wants(seeks, 0.31, 0), null);
});

test("the latency is learned by half of what was left", () => {
  const seeks = usual();
  seeks.ended(0.1, 0);
  assert.ok(Math.abs(seeks.latencyS - 0.15) < 1e-9);
});

test("where trims stutter or are not done, seeks come from a quarter of a second on and once in ten seconds", () => {
  for (const [stutters, trims] of /** @type {const} */ ([[true, true], [false, false]])) {
    const seeks = new SeekPolicy({ alwaysBeyondS: 1.5, stutters });
    assert.equal(wants(seeks, 0.26, 0, { trims }), "seek");
    seeks.began(trims, 0);
    assert.equal(wants(seeks, 0.26, 4999, { trims }), null);
    assert.equal(wants(seeks, 0.26, 10_000, { trims }), "seek");
  }
});

test("without trims, what stays off by more than 60 ms stands ahead after five seconds", () => {
  const seeks = usual();
  const how = { trims: false };
  assert.equal(wants(seeks, 0.07, 0, how), null);
  assert.equal(wants(seeks, 0.07, 4999, how), null);
  assert.equal(wants(seeks, 0.07, 5000, how), "stand");
  assert.equal(wants(usual(), 0.07, 60_000), null);
});

test("a drift that came back in between has not stayed", () => {
  const seeks = usual();
  const how = { trims: false };
  wants(seeks, 0.07, 0, how);
  wants(seeks, 0.05, 2500, how);
  assert.equal(wants(seeks, 0.07, 5000, how), null);
});

test("stands that do not help are tried ever more seldom, after two minutes at last", () => {
  const seeks = usual();
  /** @type {number[]} */
  const stoodAtMs = [];
  for (let localMs = 0; localMs < 900_000; localMs += 100) {
    if (wants(seeks, 0.1, localMs, { trims: false })) stoodAtMs.push(localMs);
  }
  const gapsMs = stoodAtMs.slice(1).map((atMs, i) => atMs - (stoodAtMs[i] ?? 0));
  assert.deepEqual(gapsMs.slice(0, 5), [10_000, 20_000, 40_000, 80_000, 120_000]);
  assert.ok(gapsMs.slice(5).every((gapMs) => gapMs === 120_000), String(gapsMs));
});

test("a live film is sought only beyond two seconds", () => {
  assert.equal(wants(usual(), 1.9, 0, { live: true }), null);
  assert.equal(wants(usual(), 2.1, 0, { live: true }), "seek");
});
