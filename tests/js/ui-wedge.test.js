// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { dotsOf, edgesPath, emptierSide, extentOf, wedgeFrame, wedgeHalf, wedgeLayout } from "../../static/js/ui/wedge-geometry.js";
import { nearest } from "../../static/js/ui/wedge-plot.js";
import { wedgeSentence } from "../../static/js/ui/wedge-words.js";

/** @import { Verdict } from "../../static/js/clock/estimator.js" */
/** @import { Exchange } from "../../static/js/clock/time-sync.js" */

const OFFSET_MS = 500;
const ESTIMATE = { offsetMs: OFFSET_MS, boundMs: 5, skewPpm: 0, delayMs: 10, locked: true, count: 9, generation: 1 };
const FRAME = wedgeFrame(1000, 13);
const close = (/** @type {number} */ a, /** @type {number} */ b) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);

/**
 * An exchange with its ways, ending at an instant.
 * @param {number} thereMs @param {number} backMs @param {{atMs?: number, verdict?: Verdict, offsetMs?: number, estimate?: Partial<typeof ESTIMATE> | null}} [more]
 * @returns {Exchange}
 */
function exchange(thereMs, backMs, { atMs = 1000, verdict = "accepted", offsetMs = OFFSET_MS, estimate = {} } = {}) {
  const t1Ms = atMs - thereMs - backMs;
  const t2Ms = t1Ms + thereMs + offsetMs;
  return {
    sample: { t1Ms, t2Ms, t3Ms: t2Ms, t4Ms: atMs, generation: 1, errorMs: 0 },
    verdict,
    estimate: estimate && { ...ESTIMATE, ...estimate },
  };
}

test("a wait on the way there lifts an exchange by half of it, one on the way back lowers it: along the wedge", () => {
  const dots = dotsOf([exchange(5, 5), exchange(25, 5), exchange(5, 25), exchange(15, 15)], 4);
  assert.deepEqual(dots.map(({ aboveMs }) => aboveMs), [0, 10, -10, 0]);
  const { places, y, wedge, apex } = wedgeLayout(FRAME, dots, ESTIMATE);
  assert.ok(places[1].y < apex.y && places[2].y > apex.y);
  const [top] = wedge.slice(1).split("L")[0].split(" ").map(Number).reverse();
  const slope = (apex.y - top) / (FRAME.right - apex.x);
  assert.ok(Math.abs((apex.y - places[1].y) / (places[1].x - apex.x) - slope) < 0.01, "on the upper line");
  close(apex.y, y(0));
});

test("whatever waits where, no exchange leaves the wedge of its delay", () => {
  for (let there = 0; there <= 40; there += 4) {
    for (let back = 0; back <= 40; back += 4) {
      const [{ delayMs, aboveMs }] = dotsOf([exchange(5 + there, 5 + back)], 1);
      assert.ok(Math.abs(aboveMs) <= wedgeHalf(delayMs, 10) + 1e-9, `${there}, ${back}`);
    }
  }
  assert.equal(wedgeHalf(8, 10), 0);
});

test("a clock that drifts does not smear the dots: each is judged by what was known half a minute later", () => {
  const skewPpm = 50;
  const offsetAt = (/** @type {number} */ atMs) => OFFSET_MS + skewPpm * 1e-6 * atMs;
  const all = Array.from({ length: 100 }, (_, index) => {
    const atMs = index * 5000;
    return exchange(5, 5, { atMs, offsetMs: offsetAt(atMs), estimate: { offsetMs: offsetAt(atMs), skewPpm } });
  });
  // The first ones knew nothing yet.
  for (const { estimate } of all.slice(0, 3)) if (estimate) estimate.offsetMs += 7;
  for (const { aboveMs } of dotsOf(all, 100)) assert.ok(Math.abs(aboveMs) < 0.001, String(aboveMs));
});

test("what came before a step is not judged by what came after it", () => {
  const before = { offsetMs: OFFSET_MS };
  const after = { offsetMs: OFFSET_MS + 900 };
  const dots = dotsOf(
    [
      exchange(5, 5, { atMs: 1000, estimate: before }),
      exchange(5, 5, { atMs: 2000, offsetMs: OFFSET_MS + 900, verdict: "quarantined", estimate: before }),
      exchange(5, 5, { atMs: 3000, offsetMs: OFFSET_MS + 900, verdict: "stepped", estimate: after }),
      exchange(5, 5, { atMs: 4000, offsetMs: OFFSET_MS + 900, estimate: after }),
    ],
    4,
  );
  assert.deepEqual(dots.map(({ aboveMs }) => Math.round(aboveMs)), [0, 900, 0, 0]);
  assert.deepEqual(dots.map(({ used }) => used), [true, false, true, true]);
});

test("numbers count those that are no longer kept; what says nothing is no dot", () => {
  const dots = dotsOf([exchange(5, 5), exchange(5, 5, { verdict: "invalid" }), exchange(5, 5)], 403);
  assert.deepEqual(dots.map(({ number }) => number), [401, 403]);
  assert.deepEqual(dotsOf([exchange(5, 5, { estimate: null })], 1), []);
});

test("one very slow exchange does not squeeze the others: it stands at the edge, pointing out", () => {
  const dots = dotsOf([...Array.from({ length: 20 }, (_, index) => exchange(5 + index / 10, 5)), exchange(2000, 5)], 21);
  const { toMs, halfMs } = extentOf(dots, 10, 5);
  assert.ok(toMs < 20 && halfMs >= 5, `${toMs}, ${halfMs}`);
  const beyond = wedgeLayout(FRAME, dots, ESTIMATE).places.filter((place) => place.beyond);
  assert.equal(beyond.length, 1);
  assert.ok(beyond[0].x <= FRAME.right && beyond[0].y >= FRAME.top);
  assert.equal(edgesPath(beyond, 4).split("M").length, 2);
});

test("the axis starts at zero where that leaves room, and never behind the apex", () => {
  assert.equal(extentOf(dotsOf([exchange(5, 5), exchange(40, 5)], 2), 10, 5).fromMs, 0);
  const { fromMs, toMs } = extentOf(dotsOf([exchange(100, 100), exchange(101, 100)], 2), 200, 100);
  assert.ok(fromMs > 100 && fromMs < 200 && toMs > 201);
  assert.equal(extentOf([], 1, Infinity).halfMs > 0, true);
});

test("the sentence says how many, how quick, and where the newest lies", () => {
  const dots = dotsOf([exchange(5, 5), exchange(25, 5), exchange(5, 25, { verdict: "dropped" }), exchange(5, 9)], 4);
  assert.equal(
    wedgeSentence(dots, ESTIMATE, 1),
    "4 exchanges: the quickest of the last two minutes took 10.0 ms, 3 had to wait somewhere. " +
      "The newest waited 4.00 ms, which may have shifted its offset by 2.00 ms. " +
      "It lies 2.00 ms below the estimate, which is right to ±5.00 ms. " +
      "1 slower one stands at the right edge. Crossed out: 1 dropped.",
  );
  assert.match(wedgeSentence(dotsOf([exchange(5, 5), exchange(5, 5)], 402), ESTIMATE, 0), /^The last 2 exchanges: /);
  assert.match(wedgeSentence([], null, 0), /^Each exchange will become a dot/);
  assert.match(wedgeSentence(dots.slice(0, 1), ESTIMATE, 0), /^1 exchange: .* and none had to wait\./);
});

test("a click takes the nearest dot within reach", () => {
  const places = [{ x: 10, y: 10, number: 1 }, { x: 20, y: 10, number: 2 }]; // prettier-ignore
  assert.equal(nearest(places, 17, 10, 12)?.number, 2);
  assert.equal(nearest(places, 200, 10, 12), null);
});

test("what came before a sleep is judged by what was known before it", () => {
  const before = [1000, 3000].map((atMs) => exchange(5, 5, { atMs }));
  const slept = { offsetMs: OFFSET_MS + 60_000 };
  const after = [1, 2].map((count) => exchange(5, 5, { ...slept, atMs: 3000 + 2000 * count, estimate: { ...slept, count } }));
  for (const { aboveMs } of dotsOf([...before, ...after], 4)) close(aboveMs, 0);
});

test("the estimate's name stands where fewer dots are, above if both sides are alike", () => {
  const [band, frame] = [{ top: 90, bottom: 110 }, { right: 400, emPx: 10 }];
  const side = (/** @type {{x: number, y: number}[]} */ ...places) => emptierSide(places, band, frame, 20);
  assert.equal(side(), 85);
  assert.equal(side({ x: 350, y: 80 }), 123);
  assert.equal(side({ x: 350, y: 80 }, { x: 350, y: 120 }), 85);
  assert.equal(side({ x: 200, y: 80 }), 85, "far to the left of it");
});
