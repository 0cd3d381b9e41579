// @ts-check
/** From a Worker's clock to the window's. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ClockMap } from "../../static/js/clock/clock-map.js";
import { mulberry32 } from "../../static/js/clock/simulated.js";

const TICK_MS = 0.1;

/** As browsers do. @param {number} ms */
const floored = (ms) => Math.floor(ms / TICK_MS) * TICK_MS;

/**
 * One question at a true instant, answered after the given times there and back.
 * @param {ClockMap} map @param {{atMs: number, offsetMs: number, thereMs: number, backMs: number}} course
 */
function ask(map, { atMs, offsetMs, thereMs, backMs }) {
  map.add({
    askedMs: floored(atMs),
    workerMs: floored(atMs + thereMs + offsetMs),
    answeredMs: floored(atMs + thereMs + backMs),
  });
}

test("nothing is known before the first answer", () => {
  assert.equal(new ClockMap(TICK_MS).errorMs, Infinity);
});

test("the truth lies within the error, whatever the threads do meanwhile", () => {
  const random = mulberry32(7);
  for (let round = 0; round < 200; round += 1) {
    const map = new ClockMap(TICK_MS);
    const offsetMs = (random() - 0.5) * 60_000;
    for (let i = 0; i < 20; i += 1) {
      ask(map, { atMs: 1e6 + i * 50 * random(), offsetMs, thereMs: 0.02 + random() ** 4 * 200, backMs: 0.02 + random() ** 4 * 200 });
      const off = Math.abs(map.toWindow(5e6 + offsetMs) - 5e6);
      assert.ok(off <= map.errorMs + 1e-6, `${off} > ${map.errorMs}`);
    }
  }
});

test("one idle round trip is enough for a fifth of a millisecond, and busy ones later spoil nothing", () => {
  const map = new ClockMap(TICK_MS);
  ask(map, { atMs: 1000.03, offsetMs: 12_345.6, thereMs: 0.04, backMs: 0.04 });
  for (let i = 0; i < 50; i += 1) ask(map, { atMs: 2000 + i * 9.7, offsetMs: 12_345.6, thereMs: 80, backMs: 3 });
  assert.ok(map.errorMs < 0.2, String(map.errorMs));
});

test("clocks that came apart are mapped anew", () => {
  const map = new ClockMap(TICK_MS);
  ask(map, { atMs: 1000, offsetMs: 0, thereMs: 0.04, backMs: 0.04 });
  ask(map, { atMs: 9000, offsetMs: 700, thereMs: 0.04, backMs: 0.04 });
  assert.ok(Math.abs(map.toWindow(10_700) - 10_000) <= map.errorMs);
});
