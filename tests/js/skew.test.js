// @ts-check
/** The skew fit on straight lines and on dirty ones. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { mulberry32 } from "../../static/js/clock/simulated.js";
import { PRIOR_PPM, SkewFit } from "../../static/js/clock/skew.js";

/** @param {SkewFit} fit @param {number} seconds @param {{ppm?: number, from?: number, extraUpMs?: (i: number) => number, extraDownMs?: (i: number) => number}} [line] */
function feed(fit, seconds, { ppm = 0, from = 0, extraUpMs = () => 0, extraDownMs = () => 0 } = {}) {
  for (let i = from; i < from + seconds; i += 1) {
    const atMs = i * 1000;
    const offsetMs = ppm * 1e-6 * atMs;
    fit.add(offsetMs + 1 + extraUpMs(i), atMs, offsetMs - 1 - extraDownMs(i), atMs + 2);
  }
}

test("three buckets say nothing: the prior stands", () => {
  const fit = new SkewFit(0.1);
  feed(fit, 3, { ppm: 100 });
  assert.equal(fit.result.skew, 0);
  assert.equal(fit.result.error, PRIOR_PPM * 1e-6);
});

test("after a restart the skew is remembered with a doubt of 10 ppm", () => {
  const fit = new SkewFit(0.1);
  feed(fit, 60, { ppm: 100 });
  fit.restart();
  assert.ok(Math.abs(fit.result.skew * 1e6 - 100) < 2);
  assert.ok(fit.result.error >= 10e-6 && fit.result.error < 11e-6);
});

test("a restart before anything was learned leaves the prior", () => {
  const fit = new SkewFit(0.1);
  fit.restart();
  assert.deepEqual(fit.result, { skew: 0, error: PRIOR_PPM * 1e-6 });
});

test("a remembered skew that was of another clock is given up", () => {
  const fit = new SkewFit(0.1);
  feed(fit, 60, { ppm: 400 });
  fit.restart();
  feed(fit, 60, { ppm: -20, from: 1000 });
  assert.ok(Math.abs(fit.result.skew * 1e6 + 20) < 2, String(fit.result.skew * 1e6));
});

test("noise on one way leaves the other way's slope alone", () => {
  const fit = new SkewFit(0.1);
  const random = mulberry32(3);
  feed(fit, 40, { ppm: 50, extraUpMs: () => 20 * random() });
  assert.ok(Math.abs(fit.result.skew * 1e6 - 50) < 2, String(fit.result.skew * 1e6));
});

test("a straight line is found, and its error becomes small", () => {
  const fit = new SkewFit(0.1);
  feed(fit, 60, { ppm: -70 });
  assert.ok(Math.abs(fit.result.skew * 1e6 + 70) < 2);
  assert.ok(fit.result.error < 3e-6);
});

test("a short line is drawn towards zero", () => {
  const fit = new SkewFit(1);
  feed(fit, 5, { ppm: 100 });
  assert.ok(fit.result.skew * 1e6 < 95);
});

test("a queue on one way for half of the time does not tilt it", () => {
  const fit = new SkewFit(0.1);
  feed(fit, 60, { ppm: 50, extraUpMs: (i) => (i >= 30 ? 100 : 0) });
  assert.ok(Math.abs(fit.result.skew * 1e6 - 50) < 15, String(fit.result.skew * 1e6));
});

test("random queueing noise is averaged out", () => {
  const fit = new SkewFit(0.1);
  const random = mulberry32(7);
  const noise = () => -Math.log(1 - random()) * 2;
  feed(fit, 300, { ppm: 30, extraUpMs: noise, extraDownMs: noise });
  assert.ok(Math.abs(fit.result.skew * 1e6 - 30) < 5, String(fit.result.skew * 1e6));
});

test("an hour of probes is bounded and follows an oscillator that changed", () => {
  const fit = new SkewFit(0.1);
  feed(fit, 3600, { ppm: 20 });
  assert.ok(Math.abs(fit.result.skew * 1e6 - 20) < 0.5);
});

test("an oscillator that warms up makes it forget the time before", () => {
  const patient = new SkewFit(0.1);
  for (let i = 0; i < 400; i += 1) {
    const atMs = i * 1000;
    const offsetMs = i < 300 ? 0 : (atMs - 300_000) * 20e-6;
    patient.add(offsetMs + 1, atMs, offsetMs - 1, atMs + 2);
  }
  assert.ok(Math.abs(patient.result.skew * 1e6 - 20) < 3, String(patient.result.skew * 1e6));
});
