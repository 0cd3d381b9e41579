// @ts-check
/** The wired clock against a server in fake time. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Probing } from "../../static/js/clock/probing.js";
import { burstAfter, TimeSync } from "../../static/js/clock/time-sync.js";
import { FakeTime } from "./room-fakes.js";

function build() {
  const time = new FakeTime();
  const server = { offsetMs: 7000, generation: 1, wallAheadMs: 0, open: true, delayMs: 6 };
  let sent = 0;
  const timeSync = new TimeSync({ now: time.now, burst: (reason) => probing.burst(reason) });
  const probing = new Probing({
    ...time,
    wallNow: () => time.now() + server.wallAheadMs,
    send: ({ clientTimestamp }) => {
      sent += 1;
      const { offsetMs, generation, open, delayMs } = server;
      time.setTimeout(() => {
        const serverMs = clientTimestamp + delayMs / 2 + offsetMs;
        const response = { clientTimestamp, serverReceiveTime: serverMs, serverSendTime: serverMs, generation, errorMs: 0.2 };
        if (open) probing.onResponse(response, time.now());
      }, delayMs);
    },
    onSample: (sample) => timeSync.take(sample),
    onSleep: () => timeSync.slept(),
  });
  probing.start();
  return { time, server, timeSync, probing, clock: timeSync.clock, sent: () => sent };
}

/** @param {ReturnType<typeof build>} world */
function errorMs({ clock, time, server }) {
  return Math.abs(clock.now() - time.now() - server.offsetMs);
}

test("within a second it is locked", () => {
  const world = build();
  world.time.advance(1000);
  assert.equal(world.clock.locked, true);
  assert.ok(errorMs(world) < 0.2);
});

test("a stopped clock runs on and probes no more", () => {
  const world = build();
  world.time.advance(1000);
  world.probing.stop();
  const before = world.sent();
  world.time.advance(10_000);
  assert.equal(world.sent(), before);
  assert.ok(errorMs(world) < 1);
  assert.equal(world.time.pending, 0);
});

test("a step of 40 ms is followed within four seconds", () => {
  const world = build();
  world.time.advance(30_000);
  world.server.offsetMs += 40;
  world.time.advance(4000);
  assert.ok(errorMs(world) < 5, String(errorMs(world)));
});

test("after sleep no old probe survives and the clock is right within a second", () => {
  const world = build();
  world.time.advance(30_000);
  world.server.offsetMs += 120_000;
  world.server.wallAheadMs += 120_000;
  world.time.advance(2000);
  assert.equal(world.clock.locked, true);
  assert.ok(errorMs(world) < 1);
});

test("a new generation is adopted with a burst", () => {
  const world = build();
  world.time.advance(30_000);
  world.server.offsetMs -= 500;
  world.server.generation = 2;
  world.time.advance(3000);
  assert.equal(world.clock.locked, true);
  assert.ok(errorMs(world) < 1);
});

test("a doubt asks for some more probes, a new beginning for many, everything else for none", () => {
  assert.deepEqual((/** @type {const} */ (["quarantined", "undercut"])).map(burstAfter), ["suspicion", "suspicion"]);
  assert.deepEqual((/** @type {const} */ (["stepped", "renewed"])).map(burstAfter), ["renewed", "renewed"]);
  assert.deepEqual((/** @type {const} */ (["accepted", "invalid", "outdated", "dropped"])).map(burstAfter), [null, null, null, null]);
});

test("a path that became shorter is looked at again at once", () => {
  const world = build();
  world.time.advance(60_000);
  world.server.delayMs = 1;
  const before = world.sent();
  world.time.advance(2500);
  assert.ok(world.sent() - before >= 6, String(world.sent() - before));
  assert.ok(errorMs(world) < 1);
});

test("a page that became visible looks again at once", () => {
  const world = build();
  world.time.advance(30_000);
  const before = world.sent();
  world.timeSync.becameVisible();
  world.time.advance(400);
  assert.equal(world.sent() - before, 6);
});

test("the civil offset comes with server:time", () => {
  const { timeSync, clock } = build();
  timeSync.onServerTime({ civilOffsetMs: 42 });
  assert.equal(clock.civilOffsetMs, 42);
});
