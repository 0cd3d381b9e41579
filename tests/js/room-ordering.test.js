// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Ordering } from "../../static/js/room/ordering.js";
import { SnapshotRequest } from "../../static/js/room/snapshot-request.js";
import { FakeTime } from "./room-fakes.js";

/** @param {number} seq @param {string} [epoch] */
const event = (seq, epoch = "e1") => ({ type: "video:state", epoch, seq });

/** @param {number} seq */
function orderingAt(seq, epoch = "e1") {
  const ordering = new Ordering();
  ordering.replace({ epoch, seq });
  return ordering;
}

/** @param {{seq: number}[]} events */
const seqs = (events) => events.map(({ seq }) => seq);

test("an event already applied is dropped", () => {
  const ordering = orderingAt(5);
  assert.deepEqual(ordering.offer(event(5)), []);
  assert.deepEqual(ordering.offer(event(4)), []);
  assert.equal(ordering.behind, false);
});

test("nothing is applied before the first snapshot", () => {
  const ordering = new Ordering();
  assert.deepEqual(ordering.offer(event(1)), []);
  assert.equal(ordering.position, null);
  assert.equal(ordering.behind, false);
});

test("an event after a gap waits, and a snapshot is needed", () => {
  const ordering = orderingAt(5);
  assert.deepEqual(ordering.offer(event(7)), []);
  assert.equal(ordering.behind, true);
  assert.deepEqual(ordering.position, { epoch: "e1", seq: 5 });
});

test("an event of another epoch waits, and a snapshot is needed", () => {
  const ordering = orderingAt(5);
  assert.deepEqual(ordering.offer(event(6, "e2")), []);
  assert.equal(ordering.behind, true);
});

test("the next event is applied", () => {
  const ordering = orderingAt(5);
  assert.deepEqual(seqs(ordering.offer(event(6))), [6]);
  assert.deepEqual(ordering.position, { epoch: "e1", seq: 6 });
});

test("a late event closes the gap and brings those that waited", () => {
  const ordering = orderingAt(5);
  ordering.offer(event(8));
  ordering.offer(event(7));
  assert.deepEqual(seqs(ordering.offer(event(6))), [6, 7, 8]);
  assert.equal(ordering.behind, false);
});

test("a snapshot replaces epoch and seq", () => {
  const ordering = orderingAt(5);
  ordering.offer(event(2, "e2"));
  assert.deepEqual(ordering.replace({ epoch: "e2", seq: 2 }), []);
  assert.deepEqual(ordering.position, { epoch: "e2", seq: 2 });
  assert.equal(ordering.behind, false);
});

test("events newer than a snapshot are laid over it, applied before or not", () => {
  const ordering = orderingAt(5);
  ordering.offer(event(6));
  ordering.offer(event(8));
  assert.deepEqual(seqs(ordering.replace({ epoch: "e1", seq: 5 })), [6]);
  assert.equal(ordering.behind, true);
  assert.deepEqual(seqs(ordering.replace({ epoch: "e1", seq: 7 })), [8]);
  assert.equal(ordering.behind, false);
});

test("a room that was rewound while we were away is believed", () => {
  const ordering = orderingAt(5);
  ordering.offer(event(6));
  ordering.forgetEvents();
  assert.deepEqual(ordering.replace({ epoch: "e1", seq: 5 }), []);
  assert.deepEqual(ordering.position, { epoch: "e1", seq: 5 });
});

test("repeats of old events do not push out those that wait", () => {
  const ordering = orderingAt(5);
  ordering.offer(event(7));
  for (let time = 0; time < 1000; time += 1) ordering.offer(event(5));
  assert.deepEqual(seqs(ordering.offer(event(6))), [6, 7]);
});

test("a flood of events after a gap is kept within bounds", () => {
  const ordering = orderingAt(5);
  for (let seq = 7; seq < 5000; seq += 1) ordering.offer(event(seq));
  assert.deepEqual(seqs(ordering.replace({ epoch: "e1", seq: 4997 })), [4998, 4999]);
});

/** @param {() => boolean} isNeeded */
function requestWorld(isNeeded = () => true) {
  const time = new FakeTime();
  /** @type {number[]} */
  const askedAtMs = [];
  const ask = () => void askedAtMs.push(time.nowMs);
  const { now, setTimeout, clearTimeout } = time;
  const request = new SnapshotRequest({ now, setTimeout, clearTimeout, ask, isNeeded });
  return { time, askedAtMs, request };
}

test("a snapshot is not asked for twice while one is on its way", () => {
  const { time, askedAtMs, request } = requestWorld();
  request.want();
  time.advance(1999);
  request.want();
  assert.equal(askedAtMs.length, 1);
});

test("a snapshot that did not come within 2 s is asked for again", () => {
  const { time, askedAtMs, request } = requestWorld();
  request.want();
  time.advance(4000);
  assert.equal(askedAtMs.length, 3);
});

test("snapshots are asked for at most twice a second", () => {
  const { time, askedAtMs, request } = requestWorld();
  for (let tick = 0; tick < 40; tick += 1) {
    request.want();
    request.settle();
    request.want();
    time.advance(50);
  }
  assert.ok(askedAtMs.length <= 5, `${askedAtMs.length} in 2 s`);
});

test("a snapshot that is no longer needed is not asked for again", () => {
  let needed = true;
  const { time, askedAtMs, request } = requestWorld(() => needed);
  request.want();
  needed = false;
  time.advance(10_000);
  assert.equal(askedAtMs.length, 1);
});
