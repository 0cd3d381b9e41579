// @ts-check
/** The rival laws of `make bench-skew` at each of their thresholds: a rival made worse than it is would flatter us. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Follower as Jellyfin } from "../../bench/skew/laws/jellyfin.js";
import { Follower as Original } from "../../bench/skew/laws/original.js";
import { SYNC_CONFIG } from "./playback-fakes.js";

/** @import { Action, Input } from "../../static/js/playback/follower.js" */

const PLAYING = Object.freeze({ positionS: 10, atMs: 0, rate: 1, playing: true, durationS: 90, ended: false });
const PAUSED = Object.freeze({ ...PLAYING, positionS: 20, playing: false });
const MOVING = Object.freeze({ paused: false, seeking: false, readyState: 4, ended: false, rate: 1, durationS: 90, buffered: [{ startS: 0, endS: 90 }] });
const STANDING = Object.freeze({ ...MOVING, paused: true });
const LOCKED = Object.freeze({ locked: true, boundMs: 1 });

/** At 10 s of the media clock the playhead is at 20 s. @param {number} behindMs @param {Partial<Input>} [changes] @returns {Input} */
const input = (behindMs, changes = {}) => {
  const nowMs = changes.nowMs ?? 10_000;
  const playhead = changes.playhead ?? PLAYING;
  const passedS = playhead.playing ? Math.max(nowMs - playhead.atMs, 0) / 1000 : 0;
  const measuredPositionS = playhead.positionS + playhead.rate * passedS - behindMs / 1000;
  return { nowMs, localMs: nowMs, playhead, measuredPositionS, player: MOVING, clock: LOCKED, ...changes };
};
const original = () => new Original({ config: SYNC_CONFIG });
const jellyfin = () => new Jellyfin({ config: SYNC_CONFIG });

/** @param {Action} action */
const rateOf = (action) => (action.kind === "rate" ? action.rate : null);
/** @param {Action} action */
const placeOf = (action) => (action.kind === "seek" || action.kind === "pause" ? action.positionS : null);
/** @param {number | null} value @param {number} wanted */
const isNear = (value, wanted) => assert.ok(value !== null && Math.abs(value - wanted) < 1e-6, `${value}, not ${wanted}`);

for (const [name, build] of /** @type {const} */ ([["original", original], ["Jellyfin", jellyfin]])) {
  test(`${name}: a paused room stops everybody at its exact position, once`, () => {
    const law = build();
    const stop = law.step(input(-80, { playhead: PAUSED })).action;
    assert.equal(stop.kind, "pause");
    isNear(placeOf(stop), 20);
    assert.equal(law.step(input(0, { playhead: PAUSED, player: STANDING })).action.kind, "none");
  });

  test(`${name}: a start to come waits for its instant`, () => {
    const law = build();
    const playhead = { ...PLAYING, atMs: 11_000 };
    assert.equal(law.step(input(0, { playhead, player: STANDING })).action.kind, "none");
    const soon = law.step(input(0, { playhead, player: STANDING, nowMs: 10_850 })).action;
    assert.ok(soon.kind === "play" && Math.abs(soon.delayMs - 150) < 1e-6);
  });

  test(`${name}: nothing is asked while the browser refuses, loads, seeks, or is at the film's end`, () => {
    assert.equal(build().step(input(900, { player: { ...STANDING, readyState: 0 } })).state, "buffering");
    assert.equal(build().step(input(900, { player: { ...MOVING, readyState: 2 } })).action.kind, "none");
    assert.equal(build().step(input(900, { player: { ...MOVING, seeking: true } })).action.kind, "none");
    assert.equal(build().step(input(900, { player: STANDING, blocked: true })).state, "blocked");
    assert.equal(build().step(input(900, { nowMs: 79_800 })).action.kind, "none");
  });

  test(`${name}: somebody's seek is followed at once, to where the film is`, () => {
    const law = build();
    law.step(input(0));
    isNear(placeOf(law.step(input(300, { playhead: { ...PLAYING, positionS: 10.3 } })).action), 20.3);
  });

  test(`${name}: drift is positive when behind`, () => {
    assert.ok(Math.abs(build().step(input(30)).driftMs - 30) < 1e-6);
  });

  test(`${name}: at another rate of the room it corrects around that one`, () => {
    const playhead = { ...PLAYING, rate: 1.5 };
    const { action } = build().step(input(0, { playhead }));
    isNear(rateOf(action), 1.5);
  });
}

test("original: within 50 ms nothing is done", () => {
  assert.equal(original().step(input(49)).action.kind, "none");
  assert.equal(original().step(input(-49)).action.kind, "none");
});

test("original: beyond 50 ms the rate changes by 5 %, by as much as it is late up to 8 %", () => {
  isNear(rateOf(original().step(input(50.1)).action), 1.0501);
  isNear(rateOf(original().step(input(-51)).action), 0.949);
  isNear(rateOf(original().step(input(70)).action), 1.07);
  isNear(rateOf(original().step(input(400)).action), 1.08);
  isNear(rateOf(original().step(input(-1400)).action), 0.92);
});

test("original: a correction goes on until 20 ms, at 5 % at least", () => {
  const law = original();
  law.step(input(60));
  isNear(rateOf(law.step(input(21)).action), 1.05);
  isNear(rateOf(law.step(input(19, { player: { ...MOVING, rate: 1.05 } })).action), 1);
  assert.equal(law.step(input(21)).action.kind, "none");
});

test("original: beyond 1.5 s it seeks, without allowing for what that costs", () => {
  assert.equal(rateOf(original().step(input(1499)).action), 1.08);
  isNear(placeOf(original().step(input(1501)).action), 20);
  isNear(placeOf(original().step(input(-1501)).action), 20);
});

test("original: a late start goes there first only beyond 1.5 s", () => {
  assert.equal(original().step(input(1400, { player: STANDING })).action.kind, "play");
  isNear(placeOf(original().step(input(1600, { player: STANDING })).action), 20);
});

test("original: for 500 ms after the viewer's own action nothing is corrected", () => {
  assert.equal(original().step(input(300, { quiet: true })).action.kind, "none");
});

test("original: its thresholds are the configuration's", () => {
  const law = new Original({ config: { ...SYNC_CONFIG, DRIFT_THRESHOLD_ADJUST: 0.2, MAX_SPEEDUP: 1.02 } });
  assert.equal(law.step(input(150)).action.kind, "none");
  isNear(rateOf(law.step(input(250)).action), 1.02);
});

test("original: who opted out of changes of rate is only sought", () => {
  const law = new Original({ config: SYNC_CONFIG, allowRate: false });
  assert.equal(law.step(input(1000)).action.kind, "none");
  assert.equal(law.step(input(1600)).action.kind, "seek");
});

test("Jellyfin: below 60 ms nothing is done", () => {
  assert.equal(jellyfin().step(input(59)).action.kind, "none");
  assert.equal(jellyfin().step(input(-59)).action.kind, "none");
});

test("Jellyfin: from 60 ms on one pulse of a second closes the difference", () => {
  const law = jellyfin();
  isNear(rateOf(law.step(input(60.001)).action), 1.060001);
  const inPulse = { ...MOVING, rate: 1.06 };
  assert.equal(law.step(input(30, { nowMs: 10_500, player: inPulse })).action.kind, "none");
  isNear(rateOf(law.step(input(0, { nowMs: 11_000, player: inPulse })).action), 1);
});

test("Jellyfin: ahead it slows down, to a fifth at least, and takes longer instead", () => {
  isNear(rateOf(jellyfin().step(input(-150)).action), 0.85);
  const law = jellyfin();
  isNear(rateOf(law.step(input(-1200)).action), 0.2);
  assert.equal(law.step(input(-200, { nowMs: 11_400, player: { ...MOVING, rate: 0.2 } })).action.kind, "none");
  isNear(rateOf(law.step(input(0, { nowMs: 11_500, player: { ...MOVING, rate: 0.2 } })).action), 1);
});

test("Jellyfin: SpeedToSync reaches up to 3 s, from there on it skips", () => {
  isNear(rateOf(jellyfin().step(input(2999)).action), 3.999);
  isNear(placeOf(jellyfin().step(input(3000)).action), 20);
});

test("Jellyfin: without changes of rate it skips from 400 ms on", () => {
  const build = () => new Jellyfin({ config: SYNC_CONFIG, allowRate: false });
  assert.equal(build().step(input(399)).action.kind, "none");
  isNear(placeOf(build().step(input(400.001)).action), 20);
});

test("Jellyfin: it looks at most every 1.5 s, and not for 1.5 s after a skip", () => {
  const law = jellyfin();
  law.step(input(0));
  assert.equal(law.step(input(500, { nowMs: 11_400 })).action.kind, "none");
  assert.equal(law.step(input(3500, { nowMs: 11_500 })).action.kind, "seek");
  assert.equal(law.step(input(500, { nowMs: 12_900 })).action.kind, "none");
  assert.equal(law.step(input(500, { nowMs: 13_000 })).action.kind, "rate");
});

test("Jellyfin: a start that comes too late plays at once, then seeks to where the film is", () => {
  const law = jellyfin();
  const start = law.step(input(800, { player: STANDING })).action;
  assert.ok(start.kind === "play" && start.delayMs === 0);
  isNear(placeOf(law.step(input(800, { nowMs: 10_100 })).action), 20.1);
});

test("Jellyfin: before a start to come only who is ahead by more than 400 ms is moved", () => {
  const playhead = { ...PLAYING, atMs: 11_000 };
  assert.equal(jellyfin().step(input(900, { playhead, player: STANDING })).action.kind, "none");
  isNear(placeOf(jellyfin().step(input(-401, { playhead, player: STANDING })).action), 10);
});
