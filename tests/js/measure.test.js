// @ts-check
/** Where the player is. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { PositionMeter } from "../../static/js/playback/measure.js";
import { FakePlayer } from "./playback-fakes.js";
import { FakeTime } from "./room-fakes.js";

async function build() {
  const time = new FakeTime();
  const player = new FakePlayer(time, { startMs: 0 });
  const meter = new PositionMeter(player, time.now);
  meter.start();
  await player.play();
  return { time, player, meter };
}

test("no picture is known before one was shown", async () => {
  const { meter } = await build();
  assert.equal(meter.pictureS, null);
});

test("one odd reading of three moves nothing", async () => {
  const { time, player, meter } = await build();
  meter.read();
  time.advance(33);
  player.disturb(0.04);
  meter.read();
  player.disturb(-0.04);
  time.advance(33);
  assert.ok(Math.abs(meter.read().positionS - 0.066) < 1e-9);
});

test("nothing is carried over a film that stands", async () => {
  const { time, player, meter } = await build();
  meter.read();
  time.advance(100);
  meter.read();
  player.stand(1000);
  for (let i = 0; i < 3; i += 1) {
    time.advance(100);
    assert.ok(Math.abs(meter.read().positionS - 0.1) < 1e-9, String(i));
  }
});

test("readings are carried over a change of rate", async () => {
  const { time, player, meter } = await build();
  meter.read();
  time.advance(50);
  meter.read();
  player.setRate(2, true);
  meter.rateChanged(2);
  time.advance(50);
  assert.ok(Math.abs(meter.read().positionS - 0.15) < 1e-9);
});

test("after a reset only the new position counts", async () => {
  const { time, player, meter } = await build();
  for (let i = 0; i < 3; i += 1) meter.read();
  player.disturb(10);
  meter.reset();
  time.advance(10);
  assert.ok(Math.abs(meter.read().positionS - 10.01) < 1e-9);
});

test("a standing film is read as it stands", async () => {
  const { time, player, meter } = await build();
  for (let i = 0; i < 3; i += 1) {
    time.advance(33);
    meter.read();
  }
  player.pause();
  player.disturb(5);
  assert.ok(Math.abs(meter.read().positionS - 5.099) < 1e-9);
});

test("the middle of the picture shown is half a frame after its beginning, until it is old", async () => {
  const { time, player, meter } = await build();
  player.frame?.(1.0, time.now());
  time.advance(40);
  player.frame?.(1.04, time.now());
  assert.ok(Math.abs((meter.pictureS ?? 0) - 1.06) < 1e-9);
  time.advance(200);
  assert.equal(meter.pictureS, null);
});

test("a stopped meter no longer listens to pictures", async () => {
  const { player, meter } = await build();
  meter.stop();
  assert.equal(player.frame, null);
});

/**
 * A second of pictures that trail the player's clock.
 * @param {Awaited<ReturnType<typeof build>>} world @param {number} lagS
 */
function show({ time, player }, lagS, fps = 60) {
  for (let i = 0; i < fps; i += 1) {
    time.advance(1000 / fps);
    player.frame?.(player.positionS - lagS, time.now());
  }
}

test("a picture that trails the player's clock by whole frames is where the viewer is", async () => {
  const world = await build();
  show(world, 0.047);
  assert.ok(Math.abs(world.meter.pictureLagS - 3 / 60) < 1e-9);
  assert.ok(Math.abs(world.meter.read().positionS - (world.player.positionS - 3 / 60)) < 1e-9);
});

test("at twice the speed a picture that is a refresh late is twice as much film late", async () => {
  const world = await build();
  world.player.setRate(2, true);
  world.meter.rateChanged(2);
  show(world, 2 * 0.03);
  assert.ok(Math.abs(world.meter.pictureLagS - 2 * (2 / 60)) < 1e-9);
});

test("the phase between film and display is no lag", async () => {
  for (const lagS of [-0.005, 0.003, 0.012]) {
    const world = await build();
    show(world, lagS);
    assert.equal(world.meter.pictureLagS, 0);
  }
});

test("a lag that ends is forgotten", async () => {
  const world = await build();
  show(world, 0.047);
  show(world, 0.003);
  assert.equal(world.meter.pictureLagS, 0);
});

test("a standing film is read as it stands, however late its pictures were", async () => {
  const world = await build();
  show(world, 0.047);
  world.player.pause();
  assert.equal(world.meter.read().positionS, world.player.positionS);
});
