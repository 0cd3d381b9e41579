// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { offsetAndDelay } from "../../static/js/clock/exchange-log.js";
import { ExchangeChoice } from "../../static/js/ui/exchange-choice.js";
import { asClocksSay, between, frameFor, layOut, messageAt, onOneClock, progress, secondsPerMs } from "../../static/js/ui/exchange-geometry.js";
import { placeWords } from "../../static/js/ui/exchange-player.js";
import { ExchangeRun } from "../../static/js/ui/exchange-run.js";
import { explain, shareFor, sumOf } from "../../static/js/ui/exchange-sum.js";
import {
  aheadWords, estimateSentence, exchangeSentence, lengthText, paceWords, supposition, term, timeOfDay, verdictSentence, verdictWords,
} from "../../static/js/ui/exchange-words.js"; // prettier-ignore
import { spread, ticks } from "../../static/js/ui/plot-axis.js";
import { FakeTime, fakeLoop } from "./ui-fakes.js";

/** @import { Exchange } from "../../static/js/clock/time-sync.js" */

const EPOCH_MS = 1_764_168_000_000;
/** There 30 ms, held 2 ms, back 10 ms; the server's clock is 500 ms ahead. */
const SAMPLE = { t1Ms: EPOCH_MS, t2Ms: EPOCH_MS + 530, t3Ms: EPOCH_MS + 532, t4Ms: EPOCH_MS + 42, generation: 1, errorMs: 0 };
const SUM = sumOf(SAMPLE);
const close = (/** @type {number} */ a, /** @type {number} */ b, within = 1e-6) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

/** @returns {Exchange} */
const exchange = (more = {}) => ({
  sample: SAMPLE,
  verdict: "accepted",
  estimate: { offsetMs: 500, boundMs: 12, skewPpm: 0, delayMs: 40, locked: true, count: 9, generation: 1 },
  ...more,
});

/** A log that keeps `kept`. */
function logOf(kept = 400) {
  return {
    /** @type {Exchange[]} */
    all: [],
    count: 0,
    add(amount = 1) {
      for (let i = 0; i < amount; i += 1) this.all.push(exchange());
      this.all.splice(0, Math.max(this.all.length - kept, 0));
      this.count += amount;
    },
  };
}

test("the sum is RFC 5905's, and what is shown adds up to the last digit", () => {
  const odd = sumOf({ t1Ms: EPOCH_MS + 0.1234567, t2Ms: EPOCH_MS + 3.4567891, t3Ms: EPOCH_MS + 3.5000009, t4Ms: EPOCH_MS + 1.0010004 });
  for (const [sum, sample] of /** @type {const} */ ([[SUM, SAMPLE], [odd, odd]])) {
    const { offsetMs, delayMs } = offsetAndDelay(sample);
    close(sum.offsetMs, offsetMs, 1e-3);
    close(sum.delayMs, delayMs, 1e-3);
    assert.equal(term(sum.delayMs), term(sum.roundMs - sum.heldMs));
    assert.equal(term(sum.offsetMs, 4), term((sum.upperMs + sum.lowerMs) / 2, 4));
    assert.equal(term(sum.upperMs - sum.lowerMs), term(sum.delayMs));
  }
  assert.deepEqual([SUM.delayMs, SUM.offsetMs, SUM.upperMs, SUM.lowerMs], [40, 510, 530, 490]);
});

test("the truth is among the explanations: the way there 20 ms longer", () => {
  const share = shareFor(SUM, 500);
  const truth = explain(SUM, share);
  close(truth.thereMs, 30);
  close(truth.backMs, 10);
  close(truth.longerMs, 20);
  close(truth.offsetMs, 500);
});

test("every explanation keeps the four timestamps, and none leaves the bounds", () => {
  for (let share = -3; share <= 3; share += 0.05) {
    const { thereMs, backMs, offsetMs } = explain(SUM, share);
    assert.ok(thereMs >= 0 && backMs >= 0);
    assert.ok(offsetMs >= SUM.lowerMs - 1e-9 && offsetMs <= SUM.upperMs + 1e-9, `${share}: ${offsetMs}`);
    close(SUM.t1Ms + thereMs + offsetMs, SUM.t2Ms, 1e-3);
    close(SUM.t3Ms - offsetMs + backMs, SUM.t4Ms, 1e-3);
  }
});

test("a delay that a coarse clock makes negative explains nothing impossible", () => {
  const { thereMs, backMs, offsetMs } = explain({ ...SUM, delayMs: -0.2 }, 1);
  assert.deepEqual([thereMs, backMs, offsetMs], [0, 0, SUM.offsetMs]);
});

test("on one clock the drawing is to scale, and a longer way has the flatter slope", () => {
  const frame = frameFor(1000, 13);
  const legs = onOneClock(SUM, explain(SUM, shareFor(SUM, 500)));
  const { stamps } = layOut(frame, legs);
  const perMs = (stamps.t4.x - stamps.t1.x) / 42;
  close(stamps.t1.x, frame.left, 1e-9);
  close(stamps.t4.x, frame.right, 1e-9);
  close((stamps.t2.x - stamps.t1.x) / perMs, 30);
  close((stamps.t3.x - stamps.t2.x) / perMs, 2);
  close((stamps.t4.x - stamps.t3.x) / perMs, 10);
  assert.ok(stamps.t2.y === stamps.t3.y && stamps.t1.y === stamps.t4.y && stamps.t1.y > stamps.t2.y);
});

test("as the two clocks say, the answer comes back before it was sent", () => {
  const { stamps } = layOut(frameFor(1000, 13), asClocksSay(SUM));
  const perMs = (stamps.t3.x - stamps.t1.x) / 532;
  close((stamps.t2.x - stamps.t1.x) / perMs, 530);
  close((stamps.t4.x - stamps.t3.x) / perMs, -490);
  assert.deepEqual(between(asClocksSay(SUM), onOneClock(SUM, explain(SUM, 0)), 0), asClocksSay(SUM));
});

test("the message is where it was: under way, at the server, and back", () => {
  const legs = onOneClock(SUM, explain(SUM, 0.5));
  const layout = layOut(frameFor(1000, 13), legs);
  const { stamps } = layout;
  const at = (/** @type {number} */ passedMs) => messageAt(layout, progress(legs, passedMs));
  assert.deepEqual(at(0), stamps.t1);
  close(at(15).y, (stamps.t1.y + stamps.t2.y) / 2);
  close(at(31).x, (stamps.t2.x + stamps.t3.x) / 2);
  close(at(37).y, (stamps.t3.y + stamps.t4.y) / 2);
  close(at(99).x, stamps.t4.x);
  assert.deepEqual(progress(legs, 31), { there: 1, held: 0.5, back: 0 });
  assert.deepEqual(progress(onOneClock(SUM, explain(SUM, 1)), 41), { there: 1, held: 0.5, back: 0 });
  assert.deepEqual(progress(onOneClock(SUM, explain(SUM, -1)), 0), { there: 1, held: 0, back: 0 });
});

test("slow motion lasts some four seconds, whatever the way", () => {
  for (const roundMs of [0.3, 0.62, 1, 7.7, 42, 333, 2900]) {
    const totalS = secondsPerMs(roundMs) * roundMs;
    assert.ok(totalS > 3 && totalS < 5.3, `${roundMs} ms take ${totalS} s`);
  }
  assert.equal(secondsPerMs(0.8), 5);
  assert.equal(paceWords(1.5), "Slow motion: 1 ms takes 1.5 s, 1,500 times slower.");
});

test("labels give way to each other and stay in the frame", () => {
  for (const wanted of [[10, 12], [300, 301], [590, 600], [0, 600], [100, 400]]) {
    const [a, b] = spread(wanted, 80, 0, 600);
    assert.ok(b - a >= 80 - 1e-9 && a >= 40 - 1e-9 && b <= 560 + 1e-9, `${wanted}: ${a}, ${b}`);
  }
  assert.deepEqual(spread([100, 400], 80, 0, 600), [100, 400]);
});

test("axes count in round steps", () => {
  assert.deepEqual(ticks(0, 42, 5), { values: [0, 10, 20, 30, 40], digits: 0 });
  assert.deepEqual(ticks(-0.5, 0.5, 5).values.map((value) => value.toFixed(1)), ["-0.4", "-0.2", "0.0", "0.2", "0.4"]);
  assert.deepEqual(ticks(0, 0, 5).values, []);
});

test("the newest is followed until somebody stays, steps or picks", () => {
  const log = logOf();
  const choice = new ExchangeChoice(log);
  assert.equal(choice.advance(), false);
  assert.equal(choice.hasPrevious || choice.hasNext, false);
  log.add(3);
  assert.equal(choice.advance(), true);
  assert.equal(choice.shown?.number, 3);
  choice.previous();
  log.add();
  assert.equal(choice.advance(), false);
  assert.equal(choice.shown?.number, 2);
  assert.ok(choice.hasPrevious && choice.hasNext);
  assert.equal(choice.next() && choice.next(), true);
  assert.equal(choice.next(), false);
  choice.follow();
  log.add();
  assert.equal(choice.advance(), true);
  assert.equal(choice.shown?.number, 5);
  choice.pick(1);
  assert.equal(choice.previous(), false);
  assert.equal(placeWords(choice.shown, 5, false), "Exchange 1 of 5");
  assert.equal(placeWords(choice.shown, 1, true), "Exchange 1 of 1, following the newest");
  assert.equal(placeWords(null, 0, true), "No exchange yet");
});

test("an exchange that is looked at stays, though the log has forgotten it", () => {
  const log = logOf(10);
  const choice = new ExchangeChoice(log);
  log.add(1);
  choice.advance();
  choice.stay();
  log.add(30);
  assert.equal(choice.shown?.number, 1);
  assert.equal(choice.hasPrevious, false);
  choice.next();
  assert.equal(choice.shown?.number, 22);
});

/** @param {boolean} still */
function runOf(still) {
  const time = new FakeTime();
  const log = logOf();
  const choice = new ExchangeChoice(log);
  const { loop, frame } = fakeLoop(time);
  let moves = 0;
  const run = new ExchangeRun({
    choice, loop, calm: () => still, roundMs: () => 4, changed: () => {}, moved: () => (moves += 1), ...time,
  }); // prettier-ignore
  const hear = () => {
    log.add();
    run.heard();
  };
  return { time, choice, run, frame, hear, moves: () => moves };
}

test("a run is not cut short by what arrives meanwhile; then the newest follows", () => {
  const { time, choice, run, frame, hear } = runOf(false);
  hear();
  hear();
  frame();
  time.pass(2000);
  frame();
  close(run.passedMs ?? NaN, 2);
  assert.equal(choice.shown?.number, 1);
  time.pass(2100);
  frame();
  assert.equal(run.passedMs, null);
  time.pass(1200);
  assert.equal(choice.shown?.number, 2);
});

test("asked-for exchanges are shown at once", () => {
  const { choice, run, hear } = runOf(false);
  hear();
  run.beEager();
  hear();
  hear();
  assert.equal(choice.shown?.number, 2);
});

test("with reduced motion nothing travels, and each exchange stands a while", () => {
  const { time, choice, run, frame, hear, moves } = runOf(true);
  hear();
  frame();
  time.pass(2000);
  hear();
  assert.equal(run.passedMs, null);
  assert.equal(moves(), 0);
  assert.equal(choice.shown?.number, 1);
  time.pass(3000);
  assert.equal(choice.shown?.number, 2);
});

test("sentences say what is seen, by the estimate, by supposition, and read literally", () => {
  const shown = /** @type {const} */ ({ number: 7, sum: SUM, explanation: explain(SUM, 0.5), view: "one", reason: "estimate", fits: true });
  assert.equal(
    exchangeSentence(shown),
    "Exchange 7: by the estimate, your question took 30.0 ms to the server, which held it for 2.00 ms, and the answer took 10.0 ms back.",
  );
  assert.match(exchangeSentence({ ...shown, reason: "supposed" }), /^Exchange 7: as you suppose, /);
  assert.match(exchangeSentence({ ...shown, fits: false }), /^Exchange 7 contradicts the estimate: even if the way back took no time, /);
  assert.equal(
    exchangeSentence({ ...shown, view: "clocks" }),
    "Exchange 7, read literally: the way there took 530.0 ms and the way back −490.0 ms. The answer would have come before it was sent: the two clocks disagree.",
  );
  assert.match(exchangeSentence({ ...shown, view: "clocks", sum: sumOf({ t1Ms: 0, t2Ms: -90, t3Ms: -88, t4Ms: 42 }) }), /The question would have come before/);
  assert.match(exchangeSentence({ ...shown, view: "clocks", sum: sumOf({ t1Ms: 0, t2Ms: 20, t3Ms: 22, t4Ms: 42 }) }), /Nothing impossible/);
});

test("a supposition names the longer way and whose clock is then ahead", () => {
  assert.equal(supposition(explain(SUM, 0.5)), "The way there longer by 20.0 ms: then the server’s clock is 500.0 ms ahead of yours.");
  assert.equal(supposition(explain(SUM, -1)), "The way back longer by 40.0 ms: then the server’s clock is 530.0 ms ahead of yours.");
  assert.equal(supposition(explain(SUM, 0)), "Both ways equally long: then the server’s clock is 510.0 ms ahead of yours.");
  assert.equal(aheadWords(-1.234), "the server’s clock is 1.23 ms behind yours");
  assert.equal(aheadWords(0.0001), "the server’s clock and yours agree");
});

test("an estimate says whose clock runs slow: the media clock gains on a slow one", () => {
  const { estimate } = exchange();
  assert.ok(estimate);
  assert.match(estimateSentence({ ...estimate, skewPpm: 12.34 }), /your clock runs 12\.3 millionths slow\.$/);
  assert.match(estimateSentence({ ...estimate, skewPpm: -3 }), /your clock runs 3\.0 millionths fast\.$/);
  assert.match(estimateSentence({ ...estimate, count: 1 }), /^This one alone says: .* ±12\.0 ms\.$/);
});

test("lengths and times of day are read to the last digit", () => {
  assert.deepEqual([0, -0.0002, 0.0312, 3.456, -26.84, -30_042].map(lengthText), ["0 ms", "0 ms", "0.031 ms", "3.46 ms", "−26.8 ms", "−30.04 s"]);
  const { clock, millis, micros } = timeOfDay(EPOCH_MS + 7.042, "UTC");
  assert.deepEqual([clock, millis, micros], ["14:40:00.", "007", "042"]);
  assert.equal(timeOfDay(EPOCH_MS - 0.001, "UTC").clock, "14:39:59.");
  assert.equal(term(-0.0001), "0.000");
});

test("every verdict has a word of its own, and only believed ones count as used", () => {
  const all = /** @type {const} */ (["accepted", "dropped", "quarantined", "stepped", "renewed", "outdated", "invalid"]);
  assert.equal(new Set(all.map((verdict) => verdictWords(verdict).word)).size, all.length);
  assert.equal(new Set(all.map((verdict) => verdictSentence(verdict, null))).size, all.length);
  const { estimate } = exchange();
  assert.match(verdictSentence("accepted", estimate && { ...estimate, count: 1 }), /^It is the first/);
  assert.match(verdictSentence("accepted", estimate), /^It agrees with the others/);
  assert.deepEqual(all.filter((verdict) => verdictWords(verdict).used), ["accepted", "stepped", "renewed"]);
});
