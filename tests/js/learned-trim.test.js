// @ts-check
/** The constant trim of a device. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { LearnedTrim } from "../../static/js/playback/learned-trim.js";

/** A rest at which the drift grows by so many ppm, left after some seconds. @param {LearnedTrim} learned @param {number} ppm @param {number} seconds */
function rest(learned, ppm, seconds) {
  for (let i = 0; i < seconds * 10; i += 1) learned.rests((i / 10) * ppm * 1e-6, i * 100);
  learned.left(seconds * ppm * 1e-6, 1, seconds * 1000);
}

test("half of what a long rest told is learned", () => {
  const learned = new LearnedTrim();
  rest(learned, 100, 20);
  assert.ok(Math.abs(learned.trim - 50e-6) < 2e-6, String(learned.trim));
});

test("a short rest, which may be the clock's wander, teaches little", () => {
  const learned = new LearnedTrim();
  rest(learned, 1000, 2);
  assert.ok(learned.trim <= 15e-6 * 1.2);
});

test("a rest that was too short to tell where it began teaches nothing", () => {
  const learned = new LearnedTrim();
  learned.rests(0, 0);
  learned.left(0.002, 1, 10_000);
  assert.equal(learned.trim, 0);
});

test("an interrupted rest teaches nothing", () => {
  const learned = new LearnedTrim();
  for (let i = 0; i < 10; i += 1) learned.rests(0, i * 100);
  learned.interrupt();
  learned.left(0.002, 1, 10_000);
  assert.equal(learned.trim, 0);
});

test("it never leaves ±300 ppm", () => {
  const learned = new LearnedTrim();
  for (let i = 0; i < 20; i += 1) rest(learned, 5000, 30);
  assert.ok(Math.abs(learned.trim - 300e-6) < 1e-12);
});

test("below 20 ppm the rate is left untouched", () => {
  const learned = new LearnedTrim();
  rest(learned, 30, 60);
  assert.equal(learned.trim, 0);
});
