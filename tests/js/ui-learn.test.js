// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { boundParts, boundSentence, drawBound } from "../../static/js/ui/learn/bound.js";
import { chapterAt } from "../../static/js/ui/learn/contents.js";
import { driftSentence, drawDrift, gainMs } from "../../static/js/ui/learn/drift.js";
import { SPLIT_STAMPS, drawExchange, drawSplit, offsetBySplit, splitSentence } from "../../static/js/ui/learn/exchange.js";
import { drawFilter, filterSentence, ownSentence } from "../../static/js/ui/learn/filter.js";
import { axisBelow, frame, labelOver, ticks } from "../../static/js/ui/learn/marks.js";
import { drawMarzullo, intersection, marzulloSentence } from "../../static/js/ui/learn/marzullo.js";
import { drawPlayhead, filmS, playheadSentence } from "../../static/js/ui/learn/playhead.js";
import { readings, simulatedProbes, typicalErrors } from "../../static/js/ui/learn/probes.js";
import { drawSlew, slewS, slewSentence } from "../../static/js/ui/learn/slew.js";
import { drawStrata } from "../../static/js/ui/learn/strata.js";
import { agedMs, drawTilt, tiltSentence } from "../../static/js/ui/learn/tilt.js";
import { tied } from "../../static/js/ui/learn/words.js";
import { offsetAndDelay } from "../../static/js/clock/exchange-log.js";
import { scale } from "../../static/js/ui/plot-axis.js";

/** @import { Drawing } from "../../static/js/ui/learn/marks.js" */

const PHONE = Object.freeze({ width: 302, em: 13 });
const DESKTOP = Object.freeze({ width: 425, em: 13 });
const LARGE_TEXT = Object.freeze({ width: 302, em: 302 / 17 });
const BURST = simulatedProbes({ jitterMs: 30, queue: "both" });
const TYPICAL = Object.freeze({ mean: 3, minimum: 1.5, strip: 0.7 });
const ESTIMATE = Object.freeze({ boundMs: 9.4, delayMs: 18, resolutionMs: 0.005 });

/** Every figure at the ends and in the middle of its sliders. @type {Record<string, (box: {width: number, em: number}) => Drawing[]>} */
const FIGURES = {
  drift: (box) => [-100, -1, 0, 20, 100].map((ppm) => drawDrift({ ppm }, box)),
  exchange: (box) => [drawExchange({ stamps: SPLIT_STAMPS, own: true }, box)],
  split: (box) => [0, 1, 20, 39, 40].map((thereMs) => drawSplit({ thereMs }, box)),
  filter: (box) => [TYPICAL, null].map((typical) => drawFilter({ samples: BURST, typical, jitterMs: 30 }, box)),
  tilt: (box) => [0, 50, 100].flatMap((ppm) => [0, 45, 120].map((ageS) => drawTilt({ ppm, ageS }, box))),
  slew: (box) => [-80, -50, 0, 30, 51].map((errorMs) => drawSlew({ errorMs }, box)),
  strata: (box) => [drawStrata(box)],
  marzullo: (box) => [-60, 0, 60].map((offsetMs) => drawMarzullo({ offsetMs }, box)),
  playhead: (box) => [-30, 0, 30].map((errorS) => drawPlayhead({ errorS }, box)),
  bound: (box) => [true, false].map((own) => drawBound({ estimate: ESTIMATE, own }, box)),
};

test("one part per million is 86.4 ms a day, and a hundred are 8.64 s", () => {
  assert.ok(Math.abs(gainMs(1, 86_400) - 86.4) < 1e-9);
  assert.ok(Math.abs(gainMs(100, 86_400) - 8640) < 1e-9);
  assert.equal(
    driftSentence(-100),
    "A clock that runs 100 ppm slow is 360 ms behind after an hour, 8.64 s after a day and 60.5 s after a week.",
  );
  assert.match(driftSentence(0), /Nobody has built one yet/);
});

test("no line ends between a figure and its unit", () => {
  assert.equal(tied("30 ms ahead for 6 s, 80 % of 20 ppm"), "30\u00a0ms ahead for 6\u00a0s, 80\u00a0% of 20\u00a0ppm");
  assert.equal(tied("after 3 seconds, 2 steps"), "after 3 seconds, 2 steps");
});

test("however the delay is split, the offset stays within half of it and the stamps say the same", () => {
  const { offsetMs, delayMs } = offsetAndDelay(SPLIT_STAMPS);
  assert.deepEqual([offsetMs, delayMs], [500, 40]);
  for (const thereMs of [0, 10, 20, 30, 40]) {
    const wrongMs = offsetBySplit(SPLIT_STAMPS, thereMs) - offsetMs;
    assert.equal(wrongMs, delayMs / 2 - thereMs);
    assert.ok(Math.abs(wrongMs) <= delayMs / 2);
  }
  assert.match(splitSentence(30, 10, 490, 500), /The formula is 10 ms wrong\./);
  assert.match(splitSentence(20, 20, 500, 500), /the formula is right/);
});

test("an exchange shows its own arithmetic", () => {
  const { shown, now } = drawExchange({ stamps: { t1Ms: 5000, t2Ms: 5003.5, t3Ms: 5003.75, t4Ms: 5001.25 }, own: true }, DESKTOP);
  assert.equal(shown?.delta, "1.250 − 0.250 = 1.000 ms");
  assert.equal(shown?.theta, "(3.500 + 2.500) / 2 = 3.000 ms");
  assert.deepEqual([shown?.t1, shown?.t4], ["0.000 ms", "1.250 ms"]);
  assert.match(now, /your clock is 3\.00 ms behind the server’s, so θ is \+3\.00 ms\./);
  const ahead = drawExchange({ stamps: { t1Ms: 0, t2Ms: -2, t3Ms: -2, t4Ms: 1 }, own: true }, DESKTOP);
  assert.match(ahead.now, /2\.50 ms ahead of the server’s, so θ is −2\.50 ms\./);
  assert.equal(ahead.shown?.theta, "(−2.000 − 3.000) / 2 = −2.500 ms");
});

test("the same seed gives the same probes, and waiting only ever adds", () => {
  assert.deepEqual(simulatedProbes({ jitterMs: 30, queue: "both" }), BURST);
  for (const sample of BURST) assert.ok(offsetAndDelay(sample).delayMs >= 40 - 1e-9);
});

test("no probe lies outside the wedge", () => {
  for (const queue of /** @type {const} */ (["both", "there"])) {
    for (const sample of simulatedProbes({ jitterMs: 60, queue })) {
      const { offsetMs, delayMs } = offsetAndDelay(sample);
      assert.ok(Math.abs(offsetMs) <= (delayMs - 40) / 2 + 1e-9);
    }
  }
});

test("with queues both ways the minimum beats the mean, and the strip the minimum", () => {
  const { mean, minimum, strip } = typicalErrors({ jitterMs: 30, queue: "both" });
  assert.ok(minimum < mean * 0.7 && strip < minimum * 0.7, `${mean} ${minimum} ${strip}`);
});

test("with a queue on one way the mean is dragged aside by about half of the wait", () => {
  const { mean, minimum, strip } = typicalErrors({ jitterMs: 30, queue: "there" });
  assert.ok(Math.abs(mean - 15) < 2, String(mean));
  assert.ok(minimum < 1.5 && strip < 1.5);
});

test("the burst that is shown is neither lucky nor unlucky", () => {
  for (const queue of /** @type {const} */ (["both", "there"])) {
    for (const jitterMs of [5, 30, 60]) {
      const shown = readings(simulatedProbes({ jitterMs, queue }));
      const typical = typicalErrors({ jitterMs, queue });
      for (const name of /** @type {const} */ (["mean", "minimum", "strip"])) {
        const share = Math.abs(shown[name]) / typical[name];
        assert.ok(share > 0.5 && share < 2, `${queue} ${jitterMs} ms ${name}: ${share}`);
      }
    }
  }
});

test("the sentence under the probes names three errors, or admits that nobody knows", () => {
  assert.match(filterSentence({ mean: -3.46, minimum: 1.3, strip: 0.52 }, TYPICAL), /mean is 3\.46 ms wrong, the quickest probe 1\.30 ms, the strip 0\.52 ms/);
  assert.match(filterSentence({ mean: 0, minimum: 0, strip: 0 }, { mean: 0, minimum: 0, strip: 0 }), /all three are right/);
  assert.match(ownSentence({ mean: 7, minimum: 5.5, strip: 5 }, 42), /42 probes: their mean lies 2\.00 ms .* the quickest of them 0\.50 ms/);
});

test("a probe two minutes old is 6 ms wrong at 50 ppm", () => {
  assert.equal(agedMs(50, 120), 6);
  assert.match(tiltSentence(50, 120), /Held flat, its offset is 6\.00 ms wrong by now/);
  assert.match(tiltSentence(0, 120), /an old probe is as good as a new one/);
  assert.match(tiltSentence(50, 0), /nothing has had time to go wrong/);
});

test("up to 50 ms are slewed in ten seconds, more is a step", () => {
  assert.deepEqual([30, -30, 50, 51, -80, 0].map(slewS), [6, 6, 10, null, null, 0]);
  assert.match(slewSentence(30), /30 ms ahead: the clock runs at 0\.995 of its pace for 6 s/);
  assert.match(slewSentence(-30), /30 ms behind: the clock runs at 1\.005 of its pace for 6 s/);
  assert.match(slewSentence(51), /steps at once/);
});

test("the intersection leaves out who cannot be right", () => {
  const sources = [
    { name: "A", offsetMs: 2, boundMs: 12 },
    { name: "B", offsetMs: 8, boundMs: 14 },
    { name: "C", offsetMs: 45, boundMs: 10 },
  ];
  assert.deepEqual(intersection(sources), { lowMs: -6, highMs: 14, names: ["A", "B"] });
  assert.match(marzulloSentence(sources, intersection(sources)), /A and B agree: the offset lies between −6 and 14 ms\. C cannot be right and is not/);
  const [first] = sources;
  assert.deepEqual(first && intersection([first]), { lowMs: -10, highMs: 14, names: ["A"] });
});

test("a clock that is 30 s wrong is 30 s of film wrong, and never before the film", () => {
  assert.deepEqual([filmS(0), filmS(30), filmS(-30)], [105, 135, 75]);
  assert.equal(filmS(-30, 10_000), 60, "a slow clock still waits for the start");
  assert.match(playheadSentence(-30), /Ben’s clock is 30 s slow.* he sees 1:15 while Ada sees 1:45: 30 s of film between them/);
  assert.match(playheadSentence(0), /both see 1:45/);
});

test("the parts of a bound add up to it, whatever the delay", () => {
  for (const delayMs of [0, 18, 40]) {
    const { pathMs, tickMs, restMs } = boundParts({ ...ESTIMATE, delayMs });
    assert.ok(Math.min(pathMs, tickMs, restMs) >= 0);
    assert.ok(Math.abs(pathMs + tickMs + restMs - ESTIMATE.boundMs) < 1e-9);
  }
  assert.match(boundSentence(ESTIMATE, true), /^Your clock here may be wrong by 9\.40 ms at most; 96 % of that is half/);
});

test("ticks are round, inside the range, and no more than asked for", () => {
  assert.deepEqual(ticks(0, 14, 8), [0, 2, 4, 6, 8, 10, 12, 14]);
  assert.deepEqual(ticks(-60, 60, 7), [-60, -40, -20, 0, 20, 40, 60]);
  for (const most of [2, 3, 5, 9]) assert.ok(ticks(0.3, 97, most).length <= most + 1);
  assert.equal(scale(0, 10, 100, 200)(5), 150);
});

test("axes say their unit, and a minus is a minus", () => {
  const place = frame(DESKTOP, { left: 3, right: 1, top: 2, bottom: 3, height: 18 });
  const marks = axisBelow(place, DESKTOP, scale(-10, 10, place.left, place.right), [-10, 0, 10], "offset, ms");
  assert.deepEqual(marks.map(({ words }) => words).filter(Boolean), ["−10", "0", "10", "offset, ms"]);
});

test("the reader is in the last chapter whose head has passed", () => {
  assert.equal(chapterAt([500, 900], 300), 0);
  assert.equal(chapterAt([-800, 299, 900], 300), 1);
  assert.equal(chapterAt([-1800, -900, 300], 300), 2);
});

for (const [name, draw] of Object.entries(FIGURES)) {
  test(`the figure ${name} stays a drawing at every size: finite, within its width, with a sentence`, () => {
    for (const box of [PHONE, DESKTOP, LARGE_TEXT]) {
      for (const { marks, height, now } of draw(box)) {
        assert.ok(height > 0 && now.endsWith("."));
        for (const { at, words, kind } of marks) {
          assert.doesNotMatch(Object.values(at).join(" "), /NaN|Infinity|undefined/);
          if (words === undefined) continue;
          const [from, to] = extent(at, words.length * (/tick|value/.test(kind) ? 0.6 : 0.52) * box.em);
          assert.ok(from > -box.em && to < box.width + box.em, `“${words}” from ${from} to ${to} of ${box.width}`);
        }
      }
    }
  });
}

test("what a page without JavaScript says is what its figures begin with", () => {
  const beginnings = {
    drift: drawDrift({ ppm: 20 }, DESKTOP),
    asymmetry: drawSplit({ thereMs: 30 }, DESKTOP),
    skew: drawTilt({ ppm: 50, ageS: 120 }, DESKTOP),
    slewing: drawSlew({ errorMs: 30 }, DESKTOP),
    ntp: drawMarzullo({ offsetMs: 45 }, DESKTOP),
    party: drawPlayhead({ errorS: 30 }, DESKTOP),
  };
  for (const [key, { now }] of Object.entries(beginnings)) {
    const page = readFileSync(new URL(`../../templates/sync/learn/_${key}.html`, import.meta.url), "utf-8");
    assert.equal(page.match(/data-testid="\w+-now">([^<]+)</)?.[1], tied(now));
  }
});

test("words over a point stay within their frame", () => {
  const place = { left: 10, right: 300 };
  for (const x of [0, 150, 400]) {
    const [from, to] = extent(labelOver("value", x, 0, "best probe", place, DESKTOP).at, 78);
    assert.ok(from >= 10 && to <= 300);
  }
});

/** Where words begin and end. @param {Readonly<Record<string, string>>} at @param {number} width @returns {[number, number]} */
function extent(at, width) {
  const x = Number(at.x);
  if (at["text-anchor"] === "middle") return [x - width / 2, x + width / 2];
  return at["text-anchor"] === "end" ? [x - width, x] : [x, x + width];
}
