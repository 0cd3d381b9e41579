// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Allowance } from "../../static/js/room/allowance.js";
import { FakeTime } from "./room-fakes.js";

function allowanceWorld() {
  const time = new FakeTime();
  return { time, allowance: new Allowance({ now: time.now, limit: { max: 5, windowMs: 1000, burst: 5 } }) };
}

test("after a rest five go at once, the sixth has to wait for a fifth of a second", () => {
  const { allowance } = allowanceWorld();
  assert.deepEqual(Array.from({ length: 6 }, () => allowance.take()), [0, 0, 0, 0, 0, 200]);
});

test("what was refused costs nothing, and the next one is granted when it was promised", () => {
  const { time, allowance } = allowanceWorld();
  for (let i = 0; i < 20; i += 1) allowance.take();
  time.advance(199);
  assert.ok(allowance.take() > 0);
  time.advance(1);
  assert.equal(allowance.take(), 0);
});

test("a long rest saves up no more than one burst, and a clock set back takes nothing away", () => {
  const { time, allowance } = allowanceWorld();
  time.advance(3_600_000);
  time.advance(-60_000);
  assert.equal(Array.from({ length: 20 }, () => allowance.take()).filter((waitMs) => waitMs === 0).length, 5);
});
