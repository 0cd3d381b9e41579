// @ts-check
/** The loop closed: a player with latencies follows a playhead in fake time. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { positionAt } from "../../static/js/playback/playhead.js";
import { Steering } from "../../static/js/playback/steering.js";
import { FakePlayer, SYNC_CONFIG } from "./playback-fakes.js";
import { FakeTime } from "./room-fakes.js";

/** @import { Playhead } from "../../static/js/playback/playhead.js" */

const CLOCK_AHEAD_MS = 500_000;

/** @param {{startMs?: number, seekMs?: number}} [latencies] */
function build(latencies) {
  const time = new FakeTime();
  const player = new FakePlayer(time, latencies);
  const clock = { now: () => time.now() + CLOCK_AHEAD_MS, locked: true, boundMs: 1, rttMs: 4 };
  const page = { hidden: false };
  /** @type {{playhead: Playhead | null}} */
  const room = { playhead: null };
  const steering = new Steering({ ...time, player, clock, playhead: () => room.playhead, config: SYNC_CONFIG, isHidden: () => page.hidden });
  steering.start();
  /** @param {Partial<Playhead>} [changes] */
  const decide = (changes = {}) => {
    room.playhead = { positionS: 10, atMs: clock.now(), rate: 1, playing: true, durationS: 90, ended: false, ...changes };
    steering.kick();
  };
  let picture = -1;
  /** Promises of the player need a turn of the loop. @param {number} ms */
  const pass = async (ms) => {
    for (let i = 0; i < ms; i += 10) {
      time.advance(10);
      const shown = Math.floor(player.positionS * 30);
      if (shown !== picture) player.frame?.(shown / 30, time.now());
      picture = shown;
      await Promise.resolve();
    }
  };
  const driftMs = () => (positionAt(/** @type {Playhead} */ (room.playhead), clock.now()) - player.positionS) * 1000;
  const last = () => player.orders.at(-1)?.[0];
  return { time, player, clock, page, room, steering, decide, pass, driftMs, last };
}

test("without a playhead the player is left alone", async () => {
  const { player, pass } = build();
  await pass(500);
  assert.deepEqual(player.orders, []);
});

test("a player that is not followed is left alone and says local", async () => {
  const { player, steering, decide, pass } = build();
  steering.following = false;
  decide();
  await pass(500);
  assert.deepEqual(player.orders, []);
  assert.equal(steering.status().state, "local");
});

test("a stopped steering does nothing more", async () => {
  const { player, time, steering, decide, pass } = build();
  steering.stop();
  decide();
  await pass(500);
  assert.deepEqual(player.orders, []);
  assert.equal(time.pending, 0);
});

test("a refused autoplay is tried once and says blocked, until a gesture", async () => {
  const { player, steering, decide, pass } = build();
  player.blocked = true;
  decide();
  await pass(2000);
  assert.equal(player.orders.filter(([kind]) => kind === "play").length, 1);
  assert.equal(steering.status().state, "blocked");
  player.blocked = false;
  await steering.unblock();
  assert.equal(player.paused, false);
  assert.equal(steering.blocked, false);
});

for (const startMs of [20, 80, 180]) {
  test(`a late joiner with a start latency of ${startMs} ms is within 50 ms after one second and within 5 ms after four`, async () => {
    const { decide, clock, pass, driftMs } = build({ startMs });
    decide({ atMs: clock.now() - 20_000 });
    await pass(1500);
    assert.ok(Math.abs(driftMs()) < 50, String(driftMs()));
    await pass(3500);
    assert.ok(Math.abs(driftMs()) < 5, String(driftMs()));
  });
}

for (const seekMs of [60, 150, 400]) {
  test(`a seek that costs ${seekMs} ms is within 50 ms after three seconds`, async () => {
    const { decide, pass, driftMs } = build({ seekMs });
    decide();
    await pass(3000);
    decide({ positionS: 60 });
    await pass(3000);
    assert.ok(Math.abs(driftMs()) < 50, String(driftMs()));
  });
}

test("the second seek of a drifted player lands better than the first", async () => {
  const { player, decide, pass, driftMs } = build({ seekMs: 300 });
  const residuals = [];
  decide();
  await pass(3000);
  for (const byS of [2, -2]) {
    player.disturb(byS);
    await pass(800);
    residuals.push(Math.abs(driftMs()));
    await pass(5000);
  }
  assert.ok((residuals[1] ?? 0) < (residuals[0] ?? 0) / 1.5, String(residuals));
});

test("after a pause the film stands exactly at the room's position", async () => {
  const { player, decide, pass } = build();
  decide();
  await pass(3000);
  decide({ playing: false, positionS: 12.987 });
  await pass(300);
  assert.equal(player.paused, true);
  assert.equal(player.positionS, 12.987);
});

test("a pause during the wait for a start cancels it", async () => {
  const { player, clock, decide, pass } = build();
  decide({ atMs: clock.now() + 400 });
  await pass(250);
  decide({ playing: false });
  await pass(1000);
  assert.equal(player.paused, true);
  assert.equal(player.orders.some(([kind]) => kind === "play"), false);
});

test("a start together starts within 10 ms of its instant", async () => {
  const { clock, decide, pass, driftMs } = build({ startMs: 80 });
  decide({ atMs: clock.now() + 1000 });
  await pass(1300);
  assert.ok(Math.abs(driftMs()) < 10, String(driftMs()));
});

test("a jump of 250 ms is closed within five seconds without a seek", async () => {
  const { player, decide, pass, driftMs } = build();
  decide();
  await pass(5000);
  player.orders.length = 0;
  player.disturb(-0.25);
  await pass(5000);
  assert.ok(Math.abs(driftMs()) < 20, String(driftMs()));
  assert.equal(player.orders.some(([kind]) => kind === "seek"), false);
});

test("once settled the rate rests at the room's", async () => {
  const { player, decide, pass } = build();
  decide();
  await pass(12_000);
  player.orders.length = 0;
  await pass(5000);
  assert.deepEqual(player.orders, []);
  assert.equal(player.rate, 1);
});

test("at rate 1.5 it settles, too", async () => {
  const { player, decide, pass, driftMs } = build();
  decide({ rate: 1.5 });
  await pass(5000);
  assert.ok(Math.abs(driftMs()) < 13, String(driftMs()));
  assert.equal(player.preservesPitch, true);
});

test("the viewer's own play is obeyed at once and corrected only after the quiet", async () => {
  const { player, steering, room, clock, pass } = build();
  room.playhead = { positionS: 0, atMs: clock.now(), rate: 1, playing: true, durationS: 90, ended: false };
  steering.cooldown();
  assert.equal(player.orders.at(-1)?.[0], "play");
  await pass(480);
  assert.equal(player.rate, 1);
  await pass(400);
  assert.ok(player.rate > 1);
});

test("a personal offset shifts this viewer's film only, not the position of its intents", async () => {
  const { steering, clock, room, decide, pass, player } = build();
  steering.offsetMs = 200;
  decide();
  await pass(8000);
  const roomS = positionAt(/** @type {Playhead} */ (room.playhead), clock.now());
  assert.ok(Math.abs(player.positionS - roomS - 0.2) < 0.01);
  assert.ok(Math.abs(steering.intentPositionS() - roomS) < 0.04);
});

test("the position of an intent is the middle of the picture on the screen", async () => {
  const { steering, player, decide, pass } = build();
  decide();
  await pass(3000);
  const frames = steering.intentPositionS() * 30;
  assert.ok(Math.abs(frames - Math.floor(frames) - 0.5) < 0.01, String(frames));
  assert.ok(Math.abs(steering.intentPositionS() - player.positionS) < 0.034);
});

test("a hidden page is asked once a second", async () => {
  const { player, page, decide, pass } = build();
  decide();
  await pass(8000);
  page.hidden = true;
  await pass(200);
  player.orders.length = 0;
  player.disturb(-0.2);
  await pass(3000);
  assert.ok(player.orders.length <= 4);
  assert.ok(player.rate <= 1.0101);
});

test("another film starts from nothing learned about the position", async () => {
  const { player, steering, decide, pass } = build();
  decide({ playing: false, positionS: 10 });
  await pass(300);
  player.orders.length = 0;
  steering.sourceChanged();
  assert.deepEqual(player.orders, [["seek", 10]]);
});

test("the status carries what member:status asks for", async () => {
  const { steering, decide, pass } = build();
  decide();
  await pass(6000);
  const { driftMs, boundMs, rttMs, rate, bufferS, startMs, droppedFrames, state } = steering.status();
  assert.ok(Math.abs(driftMs) < 5);
  assert.deepEqual({ boundMs, rttMs, rate, bufferS, droppedFrames, state }, { boundMs: 1, rttMs: 4, rate: 1, bufferS: 60, droppedFrames: 0, state: "synced" });
  assert.ok(startMs > 50 && startMs < 110);
});
