// @ts-check
/** The rate that closes a drift. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Trim } from "../../static/js/playback/trim.js";
import { SYNC_CONFIG } from "./playback-fakes.js";

/** @import { Engine } from "../../static/js/playback/trim.js" */

/** @param {Engine} [engine] */
const build = (engine = "chromium") => new Trim(SYNC_CONFIG, engine);

/** @param {Trim} trim @param {number} driftMs @param {{velocity?: number, localMs?: number, hidden?: boolean}} [how] */
function rate(trim, driftMs, { velocity = 1, localMs = 0, hidden = false } = {}) {
  return trim.rate({ driftS: driftMs / 1000, velocity, localMs, hidden });
}

test("within the dead zone nothing is trimmed", () => {
  assert.deepEqual(rate(build(), 1.9), { rate: 1, preservesPitch: false });
});

test("the dead zone is left at 2 ms and entered again at 0.7 ms", () => {
  const trim = build();
  assert.ok(rate(trim, 2.1).rate > 1);
  assert.ok(rate(trim, 0.8).rate > 1);
  assert.equal(rate(trim, 0.6).rate, 1);
  assert.equal(rate(trim, 1.9).rate, 1);
});

test("the tiers are 8, 3, 1 and 0.3 percent", () => {
  for (const [driftMs, most] of /** @type {[number, number][]} */ ([[400, 0.08], [39, 0.03], [14, 0.01], [4.9, 0.003]])) {
    assert.ok(Math.abs(rate(build(), driftMs).rate - 1 - most) < 1e-9, `${driftMs} ms`);
    assert.ok(Math.abs(rate(build(), -driftMs).rate - 1 + most) < 1e-9, `${-driftMs} ms`);
  }
});

test("a tier is left only after three calm ticks", () => {
  const trim = build();
  rate(trim, 100);
  assert.ok(rate(trim, 39).rate > 1.05);
  assert.ok(rate(trim, 39).rate > 1.05);
  assert.ok(Math.abs(rate(trim, 39).rate - 1.03) < 1e-9);
});

test("pitch is preserved for what would be heard, and not for small trims, which must be exact", () => {
  assert.equal(rate(build(), 400).preservesPitch, true);
  assert.equal(rate(build(), 30).preservesPitch, false);
  assert.equal(rate(build(), 30, { velocity: 1.5 }).preservesPitch, true);
});

test("at another speed the trim is relative to it", () => {
  assert.ok(Math.abs(rate(build(), 400, { velocity: 1.5 }).rate - 1.62) < 1e-9);
});

test("a stretching player is not trimmed for its jitter", () => {
  assert.equal(rate(build(), 9, { velocity: 1.5 }).rate, 1.5);
});

test("the seed's limits hold", () => {
  const narrow = new Trim({ MAX_SPEEDUP: 1.05, MAX_SLOWDOWN: 0.98 }, "chromium");
  assert.ok(Math.abs(rate(narrow, 400).rate - 1.05) < 1e-9);
  assert.ok(Math.abs(rate(narrow, -400).rate - 0.98) < 1e-9);
});

test("a hidden page is trimmed by no more than one percent", () => {
  assert.ok(Math.abs(rate(build(), 400, { hidden: true }).rate - 1.01) < 1e-9);
});

test("Firefox is left alone within its noise", () => {
  assert.equal(rate(build("firefox"), 14).rate, 1);
  assert.ok(rate(build("firefox"), 16).rate > 1);
});

test("Safari gets one pulse in ten seconds", () => {
  const trim = build("webkit");
  assert.equal(rate(trim, 110, { localMs: 0 }).rate, 1);
  assert.ok(rate(trim, 130, { localMs: 100 }).rate > 1);
  assert.equal(rate(trim, 50, { localMs: 200 }).rate, 1);
  assert.equal(rate(trim, 130, { localMs: 5000 }).rate, 1);
  assert.ok(rate(trim, 130, { localMs: 10_300 }).rate > 1);
});
