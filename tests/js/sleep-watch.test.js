// @ts-check
/** Sleep, seen from two clocks. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { SleepWatch } from "../../static/js/clock/sleep-watch.js";
import { FakeTime } from "./room-fakes.js";

function build() {
  const time = new FakeTime();
  const wall = { aheadMs: 0 };
  /** @type {string[]} */
  const seen = [];
  const watch = new SleepWatch({
    ...time,
    wallNow: () => time.now() + wall.aheadMs,
    onSleep: () => seen.push("sleep"),
    onLate: () => seen.push("late"),
  });
  watch.start();
  return { time, wall, seen, watch };
}

test("an ordinary minute is no sleep", () => {
  const { time, seen } = build();
  time.advance(60_000);
  assert.deepEqual(seen, []);
});

test("a wall clock slewed by 200 ms is no sleep", () => {
  const { time, wall, seen } = build();
  wall.aheadMs = 200;
  time.advance(1000);
  assert.deepEqual(seen, []);
});

test("a wall clock that ran on while the other stood is sleep", () => {
  const { time, wall, seen } = build();
  wall.aheadMs = 120_000;
  time.advance(1000);
  assert.deepEqual(seen, ["sleep"]);
  time.advance(5000);
  assert.deepEqual(seen, ["sleep"]);
});

test("a late tick of agreeing clocks is only late", () => {
  const { time, seen } = build();
  time.nowMs += 30_000;
  time.advance(1);
  assert.deepEqual(seen, ["late"]);
});

test("a stopped watch sees nothing", () => {
  const { time, wall, seen, watch } = build();
  watch.stop();
  wall.aheadMs = 120_000;
  time.advance(5000);
  assert.deepEqual(seen, []);
  assert.equal(time.pending, 0);
});

test("what was slept through while the watch stood is seen when it starts again", () => {
  const { time, wall, seen, watch } = build();
  watch.stop();
  time.advance(5000);
  watch.start();
  assert.deepEqual(seen, []);
  watch.stop();
  wall.aheadMs = 120_000;
  watch.start();
  time.advance(5000);
  assert.deepEqual(seen, ["sleep"]);
});
