// @ts-check
/** Whether a player does the rates it is asked for. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { RateCheck } from "../../static/js/playback/rate-check.js";

test("a rate that is read back as asked, or nearly, is done", () => {
  const check = new RateCheck();
  assert.equal(check.isDone(0.01, 0.01, 0), true);
  assert.equal(check.isDone(-0.03, -0.05, 0), true);
  assert.equal(check.leastTrim, 0);
});

test("one that is not done is asked for three times as large, until eight percent are not done either", () => {
  const check = new RateCheck();
  assert.equal(check.isDone(0.003, 0, 0), false);
  assert.equal(check.leastTrim, 0.01);
  check.isDone(0.01, 0, 0);
  assert.equal(check.leastTrim, 0.03);
  check.isDone(0.03, 0, 0);
  assert.equal(check.leastTrim, 0.08);
  assert.equal(check.isRefused(0), false);
  check.isDone(-0.08, 0, 0);
  assert.equal(check.isRefused(0), true);
});

test("where the settings allow less than eight percent, what they allow is enough to tell", () => {
  const check = new RateCheck();
  for (const asked of [0.003, 0.01, 0.03, 0.05]) check.isDone(asked, 0, 0);
  assert.equal(check.isRefused(0), true);
});

test("the other way is not done", () => {
  assert.equal(new RateCheck().isDone(0.03, -0.05, 0), false);
});

test("a refusal is believed for a minute, the next for two, and never for more than ten", () => {
  const check = new RateCheck();
  let atMs = 0;
  for (const forMs of [60_000, 120_000, 240_000, 480_000, 600_000, 600_000]) {
    check.isDone(0.08, 0, atMs);
    assert.equal(check.isRefused(atMs + forMs - 1), true);
    assert.equal(check.isRefused(atMs + forMs), false);
    atMs += forMs;
  }
});

test("a trim that moved nothing is doubted once and believed twice", () => {
  const check = new RateCheck();
  const idle = { asked: 0.08, movedS: 0.001, expectedS: 0.1, localMs: 0 };
  check.moved(idle);
  assert.equal(check.isRefused(0), false);
  check.moved({ ...idle, movedS: 0.1 });
  check.moved(idle);
  assert.equal(check.isRefused(0), false);
  check.moved(idle);
  assert.equal(check.isRefused(0), true);
});
