// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { INITIAL } from "../../static/js/clock/experiment.js";
import { contestSentence } from "../../static/js/ui/contest-words.js";
import { decades, endFor, signedShare, sizeShare } from "../../static/js/ui/error-scale.js";
import {
  boundWords,
  clocksSentence,
  fraction,
  labState,
  settingHint,
  settingText,
  signedText,
  sizeText,
  stateSentence,
  timeOfDay,
  wrongText,
} from "../../static/js/ui/lab-words.js";
import { RUNGS, axisShare, ladderSentence, rungState } from "../../static/js/ui/rungs.js";
import { STRIP, gridPath, marksPath, sharedEnd, stripPaths } from "../../static/js/ui/strip.js";

/** @import { View } from "../../static/js/clock/laboratory.js" */

const NOON_MS = new Date(2026, 10, 26, 12, 4, 1).getTime();

/** @param {Partial<View>} [change] @returns {View} */
const view = (change = {}) => ({
  elapsedMs: 60_000,
  serverMs: NOON_MS,
  deviceMs: NOON_MS + 30_000,
  deviceErrorMs: 30_000,
  asleepForMs: 0,
  corrected: { ms: NOON_MS, errorMs: 0.3, boundMs: 2.05, worstMs: 0.4 },
  mishap: null,
  lossPct: 0,
  ...change,
});

test("sizes take the unit that reads best, and a bound is never rounded down", () => {
  assert.deepEqual([0.03, 2.14, 150, 30_000, 303_000].map(sizeText), ["0.03 ms", "2.14 ms", "150 ms", "30.0 s", "5 min 3 s"]);
  assert.equal(sizeText(0.001), "less than 0.01 ms");
  assert.deepEqual([0.012, 2.01, 20.1].map(boundWords), ["±0.02 ms", "±2.01 ms", "±20.1 ms"]);
  assert.deepEqual([0.07, 999.2, 1040, 100_200].map(boundWords), ["±0.07 ms", "±1.00 s", "±1.04 s", "±1 min 41 s"]);
  assert.deepEqual([-2000, 0.001, 0.5].map(signedText), ["−2.00 s", "0.00 ms", "+0.50 ms"]);
  assert.deepEqual([30_000, -150, 0].map(wrongText), ["30.0 s fast", "150 ms slow", "right"]);
});

test("a time of day has as many digits as its pace lets one read", () => {
  assert.equal(timeOfDay(NOON_MS + 30_000), "12:04:31");
  assert.deepEqual([1, 10, 60].map((pace) => fraction(NOON_MS + 7.9, pace)), [".007", ".0", ""]);
});

test("the clocks' sentence tells time, error and what the estimate knows of itself", () => {
  assert.equal(
    clocksSentence(view()),
    "Your device says 12:04:31. It is 30.0 s fast. Corrected: off by 0.30 ms, and it knows: ±2.05 ms.",
  );
  assert.match(clocksSentence(view({ corrected: null })), /Corrected: not yet, no answer has come\.$/);
  const wrong = { ms: NOON_MS, errorMs: -40, boundMs: 20, worstMs: 40 };
  assert.match(clocksSentence(view({ corrected: wrong })), /off by 40.0 ms, more than the ±20.0 ms it states/);
});

test("each state of the laboratory has its sentence", () => {
  assert.equal(labState(view(), false), "running");
  assert.match(stateSentence(view(), true, 10), /^Paused at 1:00\./);
  assert.match(stateSentence(view({ asleepForMs: 80_000 }), false, 10), /^Asleep for another 1:20\./);
  assert.match(stateSentence(view({ corrected: null }), false, 1), /^No answer yet\./);
  assert.match(stateSentence(view({ corrected: null, lossPct: 100 }), false, 1), /Nobody learns anything/);
  assert.match(stateSentence(view({ lossPct: 100 }), false, 1), /^Every message is lost now\./);
  const step = /** @type {const} */ ({ kind: "step", atMs: 57_000, byMs: -40 });
  assert.match(stateSentence(view({ mishap: step }), false, 1), /^The clock was moved by −40 ms 3 s ago\./);
  assert.equal(labState(view({ mishap: step, elapsedMs: 90_000 }), false), "running");
  const sleep = /** @type {const} */ ({ kind: "sleep", atMs: 60_000, byMs: -120_000 });
  assert.match(stateSentence(view({ mishap: sleep, elapsedMs: 184_000 }), false, 1), /woke up 4 s ago.*2 min 0 s/);
});

test("settings read with their units, and say what they mean", () => {
  assert.deepEqual(
    [settingText("wrongMs", -60_000), settingText("wrongMs", 0), settingText("driftPpm", -20), settingText("therePct", 75), settingText("lossPct", 5)],
    ["60 s slow", "right", "−20 ppm", "75 % there, 25 % back", "5 %"],
  );
  assert.equal(settingHint("driftPpm", { ...INITIAL, driftPpm: 20 }), "Gains 1.7 s a day.");
  assert.equal(settingHint("therePct", { ...INITIAL, therePct: 75 }), "Shifts every estimate by 10 ms, unseen.");
});

test("a signed scale is even, grows and ends; decades hold what they must", () => {
  assert.equal(signedShare(0, 1000), 0);
  assert.equal(signedShare(-5, 1000), -signedShare(5, 1000));
  assert.ok(signedShare(10, 1000) > 2 * signedShare(0.5, 1000));
  assert.deepEqual([signedShare(1000, 1000), signedShare(1e9, 1000)], [1, 1]);
  assert.deepEqual([0, 1, 1.1, 30_000].map(endFor), [1, 1, 10, 100_000]);
  assert.deepEqual(decades(100), [1, 10, 100]);
  assert.deepEqual([0, 1, 10, 1e6].map((ms) => sizeShare(-ms, 1, 100)), [0, 0, 0.5, 1]);
});

test("a strip puts now at its right edge, fast above the middle, and joins nothing over a gap", () => {
  const points = [
    { atMs: 0, errorMs: 1, boundMs: NaN },
    { atMs: 500, errorMs: 1, boundMs: NaN },
    { atMs: 119_500, errorMs: -1, boundMs: NaN },
    { atMs: 120_000, errorMs: -1, boundMs: NaN },
  ];
  const { line, band } = stripPaths(points, 120_000, 1);
  assert.equal(line, "M0.0 2.0L2.5 2.0M597.5 98.0L600.0 98.0");
  assert.equal(band, "", "none is stated");
  assert.match(stripPaths(points.map((point) => ({ ...point, boundMs: 1 })), 120_000, 10).band, /^M.*Z.*Z$/);
  assert.equal(stripPaths(points, 120_400, 1).line.startsWith("M0.5"), true, "what is older than two minutes is left out");
});

test("all strips share the scale that the worst shown error needs, or a stated bound", () => {
  assert.equal(sharedEnd([[{ atMs: 0, errorMs: -3, boundMs: NaN }], [{ atMs: 0, errorMs: 0, boundMs: 21 }]]), 100);
  assert.equal(sharedEnd([]), 1);
  assert.equal(gridPath(10).split("M").length - 1, 2, "one line above and one below: the end is the frame");
  assert.equal(marksPath([{ atMs: 60_000 }, { atMs: -1 }], 120_000), `M300.0 0V${STRIP.height}`);
});

test("the ladder falls from hours to microseconds, and each rung lies on its axis", () => {
  for (const [i, { fromMs, source }] of RUNGS.entries()) {
    assert.ok(i === 0 || fromMs < (RUNGS[i - 1]?.fromMs ?? 0));
    assert.ok(source.length > 0);
    assert.ok(axisShare(fromMs) >= 0 && axisShare(fromMs) <= 1);
  }
});

test("a rung is saved, broken, spoilt or holds, whichever way the clock is wrong", () => {
  const rung = { fromMs: 1000, figure: "", title: "", short: "", words: "", source: "" };
  assert.equal(rungState(rung, -1000, 1), "saved");
  assert.equal(rungState(rung, 1000, -1000), "breaks");
  assert.equal(rungState(rung, 999, 1), "holds");
  assert.equal(rungState(rung, 0, 2000), "spoilt");
  assert.equal(rungState(rung, 2000, null), "breaks", "nothing is corrected yet");
});

test("the ladder says what is broken right now", () => {
  assert.equal(
    ladderSentence(2000, 12),
    "The device’s clock breaks watch parties, database nodes, the last write, lip-sync, the order of logs and records of trades; the corrected one still breaks the order of logs and records of trades.",
  );
  assert.equal(ladderSentence(5, 0.2), "The device’s clock breaks records of trades; the corrected one nothing of it.");
  assert.equal(ladderSentence(0, 0.2), "The device’s clock breaks nothing here; nor does the corrected one.");
  assert.match(ladderSentence(0, null), /Nothing is corrected yet\.$/);
});

test("who is closest is said without favour", () => {
  const ours = { name: "Ours", errorMs: 0.4, p95Ms: 0.5 };
  const rival = { name: "Rival", errorMs: -0.1, p95Ms: 0.2 };
  assert.equal(
    contestSentence([ours, rival], INITIAL),
    "Right now Rival is closest, off by 0.10 ms; Ours is off by 0.40 ms. Over the last minute Rival was best: within 0.20 ms for 95 % of the time, Ours within 0.50 ms.",
  );
  assert.match(contestSentence([{ ...ours, errorMs: 0.01, p95Ms: 0.1 }, rival], INITIAL), /Ours is closest, off by 0\.01 ms\. .*Rival next within 0\.20 ms\.$/);
  assert.match(contestSentence([ours], { ...INITIAL, therePct: 75 }), /10 ms of everybody’s error is half the difference/);
  const silent = [{ name: "Ours", errorMs: null, p95Ms: null }];
  assert.equal(contestSentence(silent, INITIAL), "Nobody has an estimate yet.");
  assert.match(contestSentence(silent, { ...INITIAL, lossPct: 100 }), /every message is lost/);
});
