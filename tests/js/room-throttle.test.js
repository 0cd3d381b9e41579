// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Throttle } from "../../static/js/room/throttle.js";
import { FakeTime } from "./room-fakes.js";

function throttleWorld() {
  const time = new FakeTime();
  /** @type {{value: number, atMs: number}[]} */
  const passed = [];
  const startMs = time.nowMs;
  const throttle = new Throttle({
    now: time.now,
    setTimeout: time.setTimeout,
    clearTimeout: time.clearTimeout,
    intervalMs: 50,
    pass: (/** @type {number} */ value) => passed.push({ value, atMs: time.nowMs - startMs }),
  });
  return { time, throttle, passed };
}

test("a value cancelled while it waits is not passed", () => {
  const { time, throttle, passed } = throttleWorld();
  throttle.offer(1);
  throttle.offer(2);
  throttle.cancel();
  time.advance(1000);
  assert.deepEqual(passed, [{ value: 1, atMs: 0 }]);
});

test("cancelling does not shorten the pause", () => {
  const { time, throttle, passed } = throttleWorld();
  throttle.offer(1);
  throttle.cancel();
  throttle.offer(2);
  time.advance(49);
  assert.equal(passed.length, 1);
});

test("the first value passes at once, the last one always", () => {
  const { time, throttle, passed } = throttleWorld();
  for (let value = 1; value <= 5; value += 1) {
    throttle.offer(value);
    time.advance(1);
  }
  time.advance(1000);
  assert.deepEqual(passed, [{ value: 1, atMs: 0 }, { value: 5, atMs: 50 }]);
});

test("a second of movement passes at most 20 values and the trailing one", () => {
  const { time, throttle, passed } = throttleWorld();
  for (let step = 0; step < 250; step += 1) {
    throttle.offer(step);
    time.advance(4);
  }
  assert.equal(passed.filter(({ atMs }) => atMs < 1000).length, 20);
  time.advance(50);
  assert.equal(passed.at(-1)?.value, 249);
});
