// @ts-check
/** When the prober probes. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { gapMs, Prober } from "../../static/js/clock/prober.js";
import { FakeTime } from "./room-fakes.js";

/** @import { Sample } from "../../static/js/clock/estimator.js" */

function build({ open = true } = {}) {
  const time = new FakeTime();
  /** @type {number[]} */
  const sent = [];
  /** @type {Sample[]} */
  const samples = [];
  const link = { open };
  const prober = new Prober({
    ...time,
    send: ({ clientTimestamp }) => {
      if (link.open) sent.push(clientTimestamp);
      return link.open;
    },
    onSample: (sample) => samples.push(sample),
  });
  /** @param {number} clientTimestamp */
  const answer = (clientTimestamp, t4Ms = time.now()) =>
    prober.onResponse({ clientTimestamp, serverReceiveTime: 5, serverSendTime: 6, generation: 3, errorMs: 0.5 }, t4Ms);
  const answerAll = () => sent.forEach((clientTimestamp) => answer(clientTimestamp));
  return { time, sent, samples, prober, answer, answerAll, link };
}

/** Lets time pass while every probe is answered. @param {ReturnType<typeof build>} world @param {number} ms */
function pass(world, ms) {
  for (let i = 0; i < ms; i += 10) {
    world.time.advance(10);
    world.answerAll();
  }
}

test("an answer to nothing is ignored", () => {
  const { samples, answer } = build();
  answer(123);
  assert.equal(samples.length, 0);
});

test("an answer counts once", () => {
  const { samples, prober, sent, answer } = build();
  prober.start();
  answer(sent[0] ?? 0);
  answer(sent[0] ?? 0);
  assert.equal(samples.length, 1);
});

test("an answer after three seconds is ignored", () => {
  const { samples, prober, sent, answer, time } = build();
  prober.start();
  answer(sent[0] ?? 0, time.now() + 3001);
  assert.equal(samples.length, 0);
});

test("an answer after stop is ignored", () => {
  const { samples, prober, sent, answer } = build();
  prober.start();
  prober.stop();
  answer(sent[0] ?? 0);
  assert.equal(samples.length, 0);
});

test("a burst while stopped does nothing", () => {
  const { prober, sent, time } = build();
  prober.burst("visible");
  time.advance(1000);
  assert.equal(sent.length, 0);
});

test("a sample carries the four instants", () => {
  const { samples, prober, sent, answer, time } = build();
  prober.start();
  time.nowMs += 7;
  answer(sent[0] ?? 0);
  assert.deepEqual(samples, [{ t1Ms: 1_000_000, t2Ms: 5, t3Ms: 6, t4Ms: 1_000_007, generation: 3, errorMs: 0.5 }]);
});

test("the start is twelve probes 50 ms apart, one a second for a minute, then one every two seconds", () => {
  const world = build();
  world.prober.start();
  pass(world, 560);
  assert.equal(world.sent.length, 12);
  assert.equal((world.sent[1] ?? 0) - (world.sent[0] ?? 0), 50);
  pass(world, 6000);
  assert.equal(world.sent.length, 18);
  pass(world, 64_000);
  const before = world.sent.length;
  pass(world, 20_000);
  assert.equal(world.sent.length - before, 10);
});

test("undisturbed it keeps the schedule that gapMs tells", () => {
  const world = build();
  world.prober.start();
  pass(world, 90_000);
  const gaps = world.sent.slice(1).map((t1Ms, i) => t1Ms - (world.sent[i] ?? 0));
  assert.deepEqual(gaps, gaps.map((_, i) => gapMs(i + 1)));
});

test("an answer to a question of before a sleep is ignored", () => {
  const { samples, prober, sent, answer, time } = build();
  prober.start();
  time.advance(10);
  prober.burst("sleep");
  answer(sent[0] ?? 0);
  assert.equal(samples.length, 0);
});

test("an answer to a forged question is ignored, however near", () => {
  const { samples, prober, sent, answer } = build();
  prober.start();
  answer((sent[0] ?? 0) + 0.0005);
  answer(NaN);
  assert.equal(samples.length, 0);
});

test("answers out of order are matched each with its own question", () => {
  const { samples, prober, sent, answer, time } = build();
  prober.start();
  time.advance(100);
  for (const t1Ms of [...sent].reverse()) answer(t1Ms);
  assert.deepEqual(samples.map(({ t1Ms }) => t1Ms), [...sent].reverse());
});

test("after a reconnect six probes are enough", () => {
  const world = build();
  world.prober.start();
  pass(world, 5000);
  world.prober.stop();
  const before = world.sent.length;
  world.prober.start();
  pass(world, 1000);
  assert.equal(world.sent.length - before, 6);
});

test("a suspicion brings six probes at once", () => {
  const world = build();
  world.prober.start();
  pass(world, 4000);
  const before = world.sent.length;
  world.prober.burst("suspicion");
  pass(world, 500);
  assert.equal(world.sent.length - before, 6);
});

test("suspicion upon suspicion does not empty the server's bucket", () => {
  const world = build();
  world.prober.start();
  pass(world, 4000);
  const before = world.sent.length;
  for (let i = 0; i < 10; i += 1) {
    world.prober.burst("suspicion");
    pass(world, 100);
  }
  assert.ok(world.sent.length - before <= 8);
});

test("after sleep the window is filled afresh", () => {
  const world = build();
  world.prober.start();
  pass(world, 4000);
  const before = world.sent.length;
  world.prober.burst("sleep");
  pass(world, 700);
  assert.equal(world.sent.length - before, 12);
});

test("at most eight probes are unanswered, and lost ones make room after three seconds", () => {
  const { prober, sent, time } = build();
  prober.start();
  time.advance(2000);
  assert.equal(sent.length, 8);
  time.advance(4000);
  assert.ok(sent.length > 8);
});

test("probes that could not be sent are not waited for", () => {
  const world = build({ open: false });
  world.prober.start();
  world.time.advance(2000);
  world.link.open = true;
  pass(world, 4100);
  assert.ok(world.sent.length >= 2);
  assert.equal(world.samples.length, world.sent.length);
});
