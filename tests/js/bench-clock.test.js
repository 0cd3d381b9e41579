// @ts-check
/** The benchmark's own parts: figures from scores, goals in sentences, and a page that keeps its other text. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { summarise } from "../../bench/clock/figures.js";
import { missedGoals } from "../../bench/clock/goals.js";
import { asMarkdown, putInto } from "../../bench/clock/report.js";
import { HELD_OUT, SCENARIOS, TUNING } from "../../bench/clock/scenarios.js";
import { live } from "../../bench/clock/session.js";
import { ESTIMATORS } from "../../static/js/clock/rivals/index.js";

/** @import { Figures } from "../../bench/clock/figures.js" */
/** @import { Scenario } from "../../bench/clock/scenarios.js" */

const GOOD = { p50Ms: 0.1, p95Ms: 0.2, p99Ms: 0.3, violatedShare: 0, boundMs: 20, firstFixMs: 100, recoveryMs: NaN };
const RIVAL = { ...GOOD, p95Ms: 1, p99Ms: 2, violatedShare: NaN };
const PLAIN = /** @type {Scenario} */ (SCENARIOS.find(({ id }) => id === "wan"));

/** A score every half-second from 0 to 60 s. @param {(atMs: number) => number} errorMs @param {number} [boundMs] */
function lived(errorMs, boundMs = 1) {
  const instants = Array.from({ length: 121 }, (_, i) => i * 500);
  return { scores: instants.map((atMs) => ({ atMs, errorMs: errorMs(atMs), boundMs, regular: true })), mishapEndsMs: [40_000] };
}

test("no held-out seed was tuned with", () => {
  const tuned = new Set(TUNING.lives.map(({ seed }) => seed));
  assert.ok(HELD_OUT.lives.every(({ seed }) => !tuned.has(seed)));
});

test("figures begin at 30 s, ignore the sign and count broken bounds", () => {
  const { p50Ms, p99Ms, violatedShare } = summarise([lived((atMs) => (atMs < 30_000 ? 100 : atMs < 45_500 ? -2 : 0.5))]);
  assert.equal(p50Ms, 2);
  assert.equal(p99Ms, 2);
  assert.ok(Math.abs(violatedShare - 31 / 61) < 1e-9);
});

test("a fix that does not last is none, and the slowest life counts", () => {
  const quick = lived(() => 1);
  const slow = lived((atMs) => (atMs === 1000 || (atMs >= 3000 && (atMs < 40_000 || atMs > 42_000)) ? 1 : 50));
  const { firstFixMs, recoveryMs } = summarise([quick, slow]);
  assert.equal(firstFixMs, 3000);
  assert.equal(recoveryMs, 2500);
});

test("what never comes close never recovers", () => {
  assert.equal(summarise([lived(() => 9)]).firstFixMs, Infinity);
});

test("a goal that is reached says nothing; each missed one is a sentence with its figure", () => {
  const names = ["Ours", "Them"];
  assert.deepEqual(missedGoals([{ scenario: PLAIN, figures: [GOOD, RIVAL] }], names), []);
  /** @param {Partial<Figures>} worse */
  const told = (worse) => missedGoals([{ scenario: PLAIN, figures: [{ ...GOOD, ...worse }, RIVAL] }], names).join("\n");
  assert.match(told({ p95Ms: 0.31 }), /WAN 40 ms: p95 is 0\.31 ms, the goal 0\.25\./);
  assert.match(told({ p99Ms: 0.5 }), /p99 is 0\.50 ms/);
  assert.match(told({ violatedShare: 0.01 }), /violated by 1\.00 %/);
  assert.match(told({ firstFixMs: Infinity }), /first fix takes Infinity s/);
  assert.match(told({ recoveryMs: 5000 }), /5\.0 s to recover/);
  assert.match(told({ p99Ms: 2.5 }), /Them is ahead, p99 2\.00 against 2\.50 ms/);
});

test("the section takes the place of the old one and leaves the rest of the page alone", () => {
  const section = asMarkdown({ entries: ESTIMATORS.slice(0, 2), parts: [{ title: "some", rows: [{ scenario: PLAIN, figures: [GOOD, RIVAL] }] }], method: ["so"] });
  const page = `${putInto("", section)}After.\n`;
  assert.match(page, /^# Accuracy\n/);
  assert.match(page, /\| WAN 40 ms \| 0\.10 \/ 0\.20 \/ 0\.30 \| 0\.10 \/ 1\.00 \/ 2\.00 \|/);
  assert.equal(putInto(page, section), page);
  assert.throws(() => putInto(page.replace("<!-- bench.clock: end -->", ""), section), /lost its mark/);
});

test("the same life gives the same scores", () => {
  const [entry] = ESTIMATORS;
  assert.ok(entry);
  const once = () => live({ entry, scenario: PLAIN, seed: 3, skewPpm: 40 });
  assert.deepEqual(once(), once());
});

test("a new generation that server:time tells of is found within a second and a round trip, not with the next probe", () => {
  const [entry] = ESTIMATORS;
  const scenario = SCENARIOS.find(({ id }) => id === "generation");
  assert.ok(entry && scenario);
  for (const seed of [1, 2, 3]) {
    const { recoveryMs } = summarise([live({ entry, scenario, seed, skewPpm: 0 })]);
    assert.ok(recoveryMs <= 1100, `${seed}: ${recoveryMs}`);
  }
});
