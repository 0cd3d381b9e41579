// @ts-check
/** A learned latency. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Latency } from "../../static/js/playback/latency.js";

test("it never leaves its limits", () => {
  const latency = new Latency(0.1, { leastS: 0.05, mostS: 1.5 });
  latency.learn(100);
  assert.equal(latency.seconds, 1.5);
  latency.learn(-100);
  assert.equal(latency.seconds, 0.05);
});

test("half of every residual is learned, so that it settles on the truth", () => {
  const latency = new Latency(0.1, { mostS: 1.5 });
  for (let i = 0; i < 10; i += 1) latency.learn(0.3 - latency.seconds);
  assert.ok(Math.abs(latency.seconds - 0.3) < 0.001);
});
