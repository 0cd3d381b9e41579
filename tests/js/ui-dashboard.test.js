// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { measuredFigure } from "../../static/js/ui/format.js";
import { hereNotice } from "../../static/js/ui/here-panel.js";
import { plotSentence, spanWords } from "../../static/js/ui/offset-panel.js";
import { offsetPlot } from "../../static/js/ui/offset-plot.js";
import { HISTORY, rttHistory } from "../../static/js/ui/rtt-history.js";
import { axisText, quantile, roundAbove } from "../../static/js/ui/scale.js";
import { agoWords, lookedSentence, qualityOf, qualitySentence } from "../../static/js/ui/sync-panel.js";
import { hiddenSides } from "../../static/js/ui/tabs.js";

/** @import { Exchange } from "../../static/js/clock/time-sync.js" */

/**
 * An exchange with a server that is offsetMs ahead, over a path of two equal legs.
 * @param {number} atMs T4
 * @param {number} offsetMs
 * @param {number} delayMs
 * @param {Exchange["verdict"]} [verdict]
 * @returns {Exchange}
 */
function exchange(atMs, offsetMs, delayMs, verdict = "accepted") {
  const t1Ms = atMs - delayMs;
  const serverMs = t1Ms + delayMs / 2 + offsetMs;
  const sample = { t1Ms, t2Ms: serverMs, t3Ms: serverMs, t4Ms: atMs, generation: 1, errorMs: 0 };
  const estimate = { offsetMs, boundMs: delayMs / 2, skewPpm: 0, delayMs, locked: true, count: 9, generation: 1 };
  return { sample, verdict, estimate };
}

/** The points of a path of lines. @param {string} path */
const points = (path) => [...path.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

const REFERENCE = { offsetMs: 100, skewPpm: 0, boundMs: 1 };
const PLOTTED = { count: 30, refused: 0, spanMs: 60_000, leastMs: 0.62, mostMs: 15.4 };

test("quality goes by the round trip, and the bound is told beside it", () => {
  assert.deepEqual([0.8, 49.9, 50, 100, 199.9, 200].map((rttMs) => qualityOf(rttMs, "joined").word), [
    "Excellent", "Excellent", "Good", "Fair", "Fair", "Poor",
  ]); // prettier-ignore
  assert.equal(qualityOf(null, "connecting").word, "Setting");
  assert.equal(qualityOf(0.8, "reconnecting").word, "Running on");
  assert.match(qualitySentence({ boundMs: 0.511, rttMs: 0.72, locked: true }, "joined"), /0\.72 ms there and back.*within ±0\.52 ms/);
  assert.match(qualitySentence({ boundMs: 3, rttMs: 0.72, locked: true }, "reconnecting"), /^No server to ask/);
  assert.equal(qualitySentence({ boundMs: Infinity, rttMs: null, locked: false }, "joined"), "Waiting for the first answer.");
});

test("who looks again hears what came of it", () => {
  assert.match(lookedSentence(0, 1, 1), /^No answer came/);
  assert.equal(lookedSentence(6, 0.61, 0.4), "6 answers. The bound is ±0.40 ms, it was ±0.61 ms.");
  assert.equal(lookedSentence(1, Infinity, 0.4), "1 answer. The bound is ±0.40 ms.");
});

test("the age of the last exchange is told in whole units", () => {
  assert.deepEqual([null, -3, 900, 2900, 119_000, 190_000].map(agoWords), [
    "none yet", "just now", "just now", "2 s ago", "119 s ago", "3 min ago",
  ]); // prettier-ignore
});

test("axes end on round figures, and one slow answer does not flatten them", () => {
  assert.deepEqual([0, 0.1, 0.11, 0.5, 3, 5, 7, 10, 48].map(roundAbove), [0.1, 0.1, 0.2, 0.5, 5, 5, 10, 10, 50]);
  assert.equal(quantile([], 0.75), 0);
  assert.equal(quantile([1, 1, 1, 900], 0.5), 1);
  assert.deepEqual([0.5, 20].map(axisText), ["0.5 ms", "20 ms"]);
  assert.deepEqual([0.617, 21.72, 480.4].map(measuredFigure), ["0.62", "21.7", "480"]);
});

test("thirty bars at most, the newest at the right, the longest as high as its scale", () => {
  const many = Array.from({ length: 40 }, (_, index) => exchange(index * 2000, 0, index === 39 ? 5 : 1));
  const { accepted, refused, scaleMs, words } = rttHistory(many);
  const bars = accepted.split("Z").filter(Boolean);
  assert.equal(bars.length, HISTORY.bars);
  assert.equal(scaleMs, 5);
  assert.match(String(bars.at(-1)), /^M29\.16 100v-100\.0/);
  assert.match(String(bars[0]), /^M0\.16 100v-20\.0/);
  assert.equal(refused, "");
  assert.equal(words, "Round trips of the last 30 exchanges: 1.00 to 5.00 ms, the latest 5.00 ms.");
});

test("what the estimator did not believe is drawn apart, and no exchange is words enough", () => {
  const { accepted, refused } = rttHistory([exchange(0, 0, 1), exchange(2000, 0, 1, "quarantined")]);
  assert.deepEqual([accepted, refused].map((path) => path.split("Z").length - 1), [1, 1]);
  assert.equal(rttHistory([]).words, "No exchange yet.");
});

test("a bar reaches from T3 − T4 to T2 − T1 around the clock's own line", () => {
  const { bars, offsetScaleMs, count, leastMs } = offsetPlot([exchange(10_000, 100, 2)], 10_000, REFERENCE);
  assert.equal(offsetScaleMs, 2);
  assert.equal(bars, "M1000.0 25.00V75.00");
  assert.deepEqual([count, leastMs], [1, 2]);
});

test("a drifting clock's old bars are carried along with its skew", () => {
  const drifting = [exchange(0, 100, 2), exchange(10_000, 100.8, 2)];
  const { bars } = offsetPlot(drifting, 10_000, { offsetMs: 100.8, skewPpm: 80, boundMs: 1 });
  assert.deepEqual(bars.match(/[\d.]+V[\d.]+/g), ["25.00V75.00", "25.00V75.00"]);
});

test("time runs from left to right, and what is too old has left", () => {
  const old = exchange(0, 100, 2);
  const { bars, dots, spanMs } = offsetPlot([old, exchange(270_000, 100, 2)], 300_000, REFERENCE);
  assert.equal(spanMs, 240_000);
  assert.match(bars, /^M875\.0 /);
  assert.match(dots, /^M875\.0 [\d.]+h0$/);
});

test("a young plot shows less time, so that it is not empty", () => {
  const spans = [0, 14_000, 16_000, 100_000].map((ageMs) => offsetPlot([exchange(0, 100, 2)], ageMs, REFERENCE).spanMs);
  assert.deepEqual(spans, [15_000, 15_000, 30_000, 120_000]);
  assert.deepEqual(spans.map(spanWords), ["15 s", "15 s", "30 s", "2 min"]);
});

test("the band ends at now with the bound of now, which grows while the server is away", () => {
  const { band } = offsetPlot([exchange(0, 100, 2)], 10_000, { ...REFERENCE, boundMs: 1.5 });
  const [first, now, below] = points(band);
  assert.deepEqual([first, now, below], [[333.3, 25], [1000, 12.5], [1000, 87.5]]);
});

test("a far outlier is cut at the frame, and one that was set aside is drawn apart", () => {
  const usual = Array.from({ length: 8 }, (_, index) => exchange(index * 1000, 100, 2));
  const { bars, refusedBars, refused, mostMs } = offsetPlot([...usual, exchange(9000, 100, 900, "dropped")], 10_000, REFERENCE);
  assert.equal(bars.split("M").length - 1, 8);
  assert.match(refusedBars, / 0\.00V100\.00$/);
  assert.deepEqual([refused, mostMs], [1, 900]);
});

test("an empty plot draws nothing and says so", () => {
  const plot = offsetPlot([], 0, { offsetMs: 0, skewPpm: 0, boundMs: Infinity });
  assert.deepEqual([plot.bars, plot.band, plot.line, plot.dots, plot.count], ["", "", "", "", 0]);
  assert.match(plotSentence(plot, Infinity, "joined"), /^No answer yet/);
});

test("the sentence tells what the plot shows now", () => {
  assert.match(plotSentence(PLOTTED, 0.5, "joined"), /all 30 of the last 60 s agree is within ±0\.50 ms.*0\.62 to 15\.4 ms\.$/);
  assert.match(plotSentence({ ...PLOTTED, refused: 1 }, 0.5, "joined"), /1 exchange did not fit and was set aside\.$/);
  assert.match(plotSentence(PLOTTED, 3.2, "reconnecting"), /no new bars.*±3\.20 ms/);
});

test("a list that is cut, old or not there yet says so", () => {
  const users = /** @type {any[]} */ (new Array(50).fill({}));
  assert.equal(hereNotice({ phase: "joined", users, userCount: 4100 }), "Too many to list: 50 of 4100 are shown.");
  assert.equal(hereNotice({ phase: "joined", users, userCount: 50 }), "");
  assert.match(hereNotice({ phase: "reconnecting", users, userCount: 50 }), /^Reconnecting/);
  assert.match(hereNotice({ phase: "connecting", users: [], userCount: 0 }), /^Looking/);
});

test("who never had an answer and loses the server reads no infinite figure", () => {
  for (const phase of ["reconnecting", "gone"]) assert.doesNotMatch(plotSentence({ ...PLOTTED, count: 0 }, Infinity, phase), /Infinity/);
});

test("a shorter way is no refusal: the exchange that shows it is drawn and counted with the others", () => {
  const quicker = [exchange(9000, 100, 10), exchange(9500, 100, 1, "undercut")];
  assert.equal(offsetPlot(quicker, 10_000, REFERENCE).refused, 0);
  assert.equal(rttHistory(quicker).refused, "");
});

test("a row of tabs tells on which sides it goes on", () => {
  assert.deepEqual(hiddenSides({ scrollLeft: 0, clientWidth: 400, scrollWidth: 400 }), { before: false, after: false });
  assert.deepEqual(hiddenSides({ scrollLeft: 0, clientWidth: 328, scrollWidth: 420 }), { before: false, after: true });
  assert.deepEqual(hiddenSides({ scrollLeft: 40, clientWidth: 328, scrollWidth: 420 }), { before: true, after: true });
  assert.deepEqual(hiddenSides({ scrollLeft: 91.5, clientWidth: 328, scrollWidth: 420 }), { before: true, after: false });
});
