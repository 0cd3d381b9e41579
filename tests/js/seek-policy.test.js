// @ts-check
/** When a moving player seeks. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { SeekPolicy } from "../../static/js/playback/seek-policy.js";

const usual = () => new SeekPolicy({ alwaysBeyondS: 1.5, seeksOnly: false });

test("half a second is not yet sought, more is", () => {
  assert.equal(usual().wants(0.5, 0), false);
  assert.equal(usual().wants(0.51, 0), true);
});

test("one seek that missed is tried again at once", () => {
  const seeks = usual();
  seeks.ended(0.3, 1000);
  assert.equal(seeks.wants(0.6, 1000), true);
});

test("after two misses it waits one second, then two, then four, and never more than thirty", () => {
  const seeks = usual();
  seeks.ended(0.3, 0);
  for (const waitMs of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    seeks.ended(0.3, 0);
    assert.equal(seeks.wants(0.6, waitMs - 1), false);
    assert.equal(seeks.wants(0.6, waitMs), true);
  }
});

test("beyond the seed's threshold it seeks whatever was missed", () => {
  const seeks = usual();
  for (let i = 0; i < 8; i += 1) seeks.ended(0.3, 0);
  assert.equal(seeks.wants(1.51, 1), true);
});

test("a seek that landed ends the waiting", () => {
  const seeks = usual();
  seeks.ended(0.3, 0);
  seeks.ended(0.01, 0);
  seeks.ended(0.3, 0);
  assert.equal(seeks.wants(0.6, 1), true);
});

test("a player that lands well seeks a little earlier, one that does not goes back to half a second", () => {
  const seeks = usual();
  seeks.ended(0.02, 0);
  assert.equal(seeks.wants(0.31, 0), true);
  seeks.ended(0.1, 0);
  assert.equal(seeks.wants(0.31, 0), false);
});

test("the latency is learned by half of what was left", () => {
  const seeks = usual();
  seeks.ended(0.1, 0);
  assert.ok(Math.abs(seeks.latencyS - 0.15) < 1e-9);
});

test("where seeks are all there is, they come from a quarter of a second on and once in ten seconds", () => {
  const seeks = new SeekPolicy({ alwaysBeyondS: 1.5, seeksOnly: true });
  assert.equal(seeks.wants(0.26, 0), true);
  seeks.began(0);
  assert.equal(seeks.wants(0.26, 9999), false);
  assert.equal(seeks.wants(0.26, 10_000), true);
});
