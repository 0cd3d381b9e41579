// @ts-check
/** The control law, one decision at a time. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Follower } from "../../static/js/playback/follower.js";
import { SYNC_CONFIG } from "./playback-fakes.js";

/** @import { Input } from "../../static/js/playback/follower.js" */

const PLAYING = Object.freeze({ positionS: 10, atMs: 0, rate: 1, playing: true, durationS: 90, ended: false });
const PAUSED = Object.freeze({ ...PLAYING, playing: false });
const MOVING = Object.freeze({ paused: false, seeking: false, readyState: 4, ended: false, rate: 1, durationS: 90, buffered: [{ startS: 0, endS: 90 }] });
const STANDING = Object.freeze({ ...MOVING, paused: true });
const LOCKED = Object.freeze({ locked: true, boundMs: 1 });

const build = () => new Follower({ config: SYNC_CONFIG });

/** At 10 s of the media clock the playhead is at 20 s. @param {Partial<Input>} [changes] @returns {Input} */
const input = (changes = {}) => ({ nowMs: 10_000, localMs: 10_000, playhead: PLAYING, measuredPositionS: 20, player: MOVING, clock: LOCKED, ...changes });

test("without metadata nothing is asked of the player", () => {
  const { action, state } = build().step(input({ player: { ...STANDING, readyState: 0 } }));
  assert.equal(action.kind, "none");
  assert.equal(state, "buffering");
});

test("a seeking player is not disturbed", () => {
  const { action, state } = build().step(input({ measuredPositionS: 19.7, player: { ...MOVING, seeking: true } }));
  assert.equal(action.kind, "none");
  assert.equal(state, "seeking");
});

test("a starving player is not corrected", () => {
  const { action, state } = build().step(input({ measuredPositionS: 15, player: { ...MOVING, readyState: 2 } }));
  assert.equal(action.kind, "none");
  assert.equal(state, "buffering");
});

test("nothing is corrected in the last half second", () => {
  const { action } = build().step(input({ nowMs: 79_600, measuredPositionS: 88 }));
  assert.equal(action.kind, "none");
});

test("a blocked player is not started again and again", () => {
  const { action, state } = build().step(input({ player: STANDING, blocked: true }));
  assert.equal(action.kind, "none");
  assert.equal(state, "blocked");
});

test("in the quiet after an own action nothing is corrected", () => {
  assert.equal(build().step(input({ measuredPositionS: 19.8, quiet: true })).action.kind, "none");
  assert.equal(build().step(input({ measuredPositionS: 10, quiet: true })).action.kind, "none");
});

test("an unlocked clock trims nothing, and seeks only beyond its bound and 250 ms", () => {
  const clock = { locked: false, boundMs: 100 };
  assert.equal(build().step(input({ measuredPositionS: 19.66, clock })).action.kind, "none");
  assert.equal(build().step(input({ measuredPositionS: 19.64, clock })).action.kind, "seek");
});

test("a clock that knows nothing neither seeks nor starts until patience is over", () => {
  const clock = { locked: false, boundMs: Infinity };
  const follower = build();
  assert.equal(follower.step(input({ measuredPositionS: 0, clock })).action.kind, "none");
  assert.equal(follower.step(input({ measuredPositionS: 0, clock, player: STANDING })).action.kind, "none");
  assert.equal(follower.step(input({ measuredPositionS: 0, clock, player: STANDING, localMs: 12_100 })).action.kind, "play");
});

test("viewers who opted out of trims are never trimmed", () => {
  const optedOut = () => new Follower({ config: SYNC_CONFIG, allowRate: false });
  assert.equal(optedOut().step(input({ measuredPositionS: 19.8 })).action.kind, "none");
  assert.equal(optedOut().step(input({ measuredPositionS: 19.7 })).action.kind, "seek");
});

test("a synced player is left alone", () => {
  const { action, state, driftMs } = build().step(input({ measuredPositionS: 19.999 }));
  assert.equal(action.kind, "none");
  assert.equal(state, "synced");
  assert.ok(Math.abs(driftMs - 1) < 1e-6);
});

/** What it wants once a drift has been seen often enough. @param {Follower} follower @param {Partial<Input>} changes */
function seen(follower, changes) {
  for (const passedMs of [0, 100]) {
    const { action } = follower.step(later(changes, passedMs));
    if (action.kind === "rate") return action;
  }
  return follower.step(later(changes, 200)).action;
}

/** The same some time on, the film having moved as its playhead. @param {Partial<Input>} changes @param {number} passedMs */
function later(changes, passedMs) {
  const then = input(changes);
  const measuredPositionS = then.measuredPositionS + (then.playhead.rate * passedMs) / 1000;
  return { ...then, nowMs: then.nowMs + passedMs, localMs: then.localMs + passedMs, measuredPositionS };
}

test("behind is sped up and ahead is slowed down", () => {
  const behind = seen(build(), { measuredPositionS: 19.97 });
  const ahead = seen(build(), { measuredPositionS: 20.03 });
  assert.ok(behind.kind === "rate" && behind.rate > 1);
  assert.ok(ahead.kind === "rate" && ahead.rate < 1);
});

test("the rate is not written again when it is what it should be", () => {
  const follower = build();
  const action = seen(follower, { measuredPositionS: 19.97 });
  assert.ok(action.kind === "rate");
  const next = follower.step(later({ measuredPositionS: 19.97, player: { ...MOVING, rate: action.rate } }, 300));
  assert.equal(next.action.kind, "none");
});

test("a player that makes something else of a rate is not asked for it again at every tick", () => {
  const follower = build();
  const rounded = { ...MOVING, rate: 1 };
  follower.step(input({ playhead: { ...PLAYING, rate: 1.3 }, measuredPositionS: 23, player: rounded }));
  const again = follower.step(input({ playhead: { ...PLAYING, rate: 1.3 }, measuredPositionS: 23, player: rounded, localMs: 10_100 }));
  assert.equal(again.action.kind, "none");
});

test("viewers may opt out of trims at any time, and the one that is on ends", () => {
  const follower = build();
  const action = seen(follower, { measuredPositionS: 19.97 });
  assert.ok(action.kind === "rate");
  follower.allowRate = false;
  const next = follower.step(input({ measuredPositionS: 19.97, localMs: 10_300, player: { ...MOVING, rate: action.rate } }));
  assert.ok(next.action.kind === "rate" && next.action.rate === 1);
});

test("without trims, what stays off is put right by standing ahead once", () => {
  const follower = new Follower({ config: SYNC_CONFIG, allowRate: false });
  assert.equal(follower.step(input({ measuredPositionS: 19.9 })).action.kind, "none");
  const { action } = follower.step(later({ measuredPositionS: 19.9 }, 5100));
  assert.ok(action.kind === "pause" && action.positionS > 25.3);
});

test("a film that something else has moved is watched for a while before it is corrected", () => {
  const follower = build();
  follower.step(input());
  // It is put back by 250 ms, and that costs it some more: only the whole is corrected, by one seek.
  const wanted = [0.25, 0.35, 0.42, 0.42, 0.42, 0.42, 0.42].map(
    (driftS, tick) => follower.step(later({ measuredPositionS: 20 - driftS }, 100 * (tick + 1))).action.kind,
  );
  assert.deepEqual(wanted, ["none", "none", "none", "none", "none", "seek", "none"]);
});

test("a live film is trimmed little and sought only far off", () => {
  const live = { ...PLAYING, durationS: null, live: true };
  const player = { ...MOVING, durationS: null };
  assert.equal(build().step(input({ playhead: live, player, measuredPositionS: 18.5 })).action.kind, "none");
  assert.equal(build().step(input({ playhead: live, player, measuredPositionS: 17.9 })).action.kind, "seek");
  const action = seen(build(), { playhead: live, player, measuredPositionS: 19 });
  assert.ok(action.kind === "rate" && Math.abs(action.rate - 1.05) < 1e-9);
});

test("the seed's thresholds are obeyed as they are set", () => {
  const config = { ...SYNC_CONFIG, DRIFT_THRESHOLD_SEEK: 0.2, DRIFT_THRESHOLD_ADJUST: 0.03, MAX_SPEEDUP: 1.02, MAX_SLOWDOWN: 0.99 };
  const custom = () => new Follower({ config });
  assert.equal(custom().step(input({ measuredPositionS: 19.75 })).action.kind, "seek");
  assert.equal(build().step(input({ measuredPositionS: 19.75 })).action.kind, "none");
  for (const [follower, state] of /** @type {const} */ ([[custom(), "adjusting"], [build(), "synced"]])) {
    follower.step(input());
    assert.equal(follower.step(input({ measuredPositionS: 19.965 })).state, state);
  }
  const faster = seen(custom(), { measuredPositionS: 19.8 });
  const slower = seen(custom(), { measuredPositionS: 20.2 });
  assert.ok(faster.kind === "rate" && Math.abs(faster.rate - 1.02) < 1e-9);
  assert.ok(slower.kind === "rate" && Math.abs(slower.rate - 0.99) < 1e-9);
});

test("a rate that somebody else changed is put right", () => {
  const { action } = build().step(input({ player: { ...MOVING, rate: 2 } }));
  assert.ok(action.kind === "rate" && action.rate === 1);
});

test("beyond a third of a second it seeks to where the film will be when it moves again", () => {
  const { action, state } = build().step(input({ measuredPositionS: 19 }));
  assert.ok(action.kind === "seek" && Math.abs(action.positionS - 20.1) < 1e-9);
  assert.equal(state, "seeking");
});

test("a seek into what is not loaded stands and waits there", () => {
  const { action } = build().step(input({ measuredPositionS: 5, player: { ...MOVING, buffered: [{ startS: 0, endS: 8 }] } }));
  assert.ok(action.kind === "pause" && action.positionS > 20.2);
});

test("somebody's seek is followed at once, in the quiet and even for a fifth of a second", () => {
  const follower = build();
  follower.step(input());
  const { action } = follower.step(input({ playhead: { ...PLAYING, positionS: 10.2 }, quiet: true }));
  assert.ok(action.kind === "pause" && action.positionS > 20.4);
});

test("in a hidden page, whose timers are late, somebody's seek is followed without standing", () => {
  const follower = build();
  follower.step(input());
  assert.equal(follower.step(input({ playhead: { ...PLAYING, positionS: 50 }, hidden: true })).action.kind, "seek");
});

test("a start that came late although it was prepared is left to the rate", () => {
  const follower = build();
  const { action } = follower.step(input({ measuredPositionS: 0, player: STANDING }));
  assert.ok(action.kind === "seek");
  const lateMs = 10_000 + (action.positionS - 20) * 1000 + 50;
  assert.equal(follower.step(input({ nowMs: lateMs, localMs: lateMs, measuredPositionS: action.positionS, player: STANDING })).action.kind, "play");
});

test("a start that came much too late goes ahead again, and further", () => {
  const follower = build();
  const first = follower.step(input({ measuredPositionS: 0, player: STANDING })).action;
  assert.ok(first.kind === "seek");
  const second = follower.step(input({ nowMs: 11_000, localMs: 11_000, measuredPositionS: first.positionS, player: STANDING })).action;
  assert.ok(second.kind === "seek" && second.positionS - 21 > first.positionS - 20 + 0.5);
});

test("a rate change of the room is obeyed in the quiet, too", () => {
  const follower = build();
  follower.step(input());
  const { action } = follower.step(input({ playhead: { ...PLAYING, positionS: 20, atMs: 10_000, rate: 1.5 }, quiet: true }));
  assert.deepEqual(action, { kind: "rate", rate: 1.5, preservesPitch: true });
});

test("a pause stops the player exactly at the room's position, once", () => {
  const follower = build();
  assert.deepEqual(follower.step(input({ playhead: PAUSED, measuredPositionS: 10.04 })).action, { kind: "pause", positionS: 10 });
  const seeking = follower.step(input({ playhead: PAUSED, measuredPositionS: 10, player: { ...STANDING, seeking: true } }));
  assert.equal(seeking.action.kind, "none");
  assert.equal(seeking.state, "seeking");
  const standing = follower.step(input({ playhead: PAUSED, measuredPositionS: 10, player: STANDING }));
  assert.equal(standing.action.kind, "none");
  assert.equal(standing.state, "synced");
});

test("a player that stood somewhere else by itself is sought exactly, however near", () => {
  const { action } = build().step(input({ playhead: PAUSED, measuredPositionS: 10.001, player: STANDING }));
  assert.deepEqual(action, { kind: "seek", positionS: 10 });
});

test("a standing player that a browser put elsewhere is put right after a second, not at once", () => {
  const follower = build();
  follower.step(input({ playhead: PAUSED, player: STANDING }));
  assert.equal(follower.step(input({ playhead: PAUSED, player: STANDING, measuredPositionS: 12, localMs: 10_500 })).action.kind, "none");
  assert.equal(follower.step(input({ playhead: PAUSED, player: STANDING, measuredPositionS: 12, localMs: 11_100 })).action.kind, "seek");
});

test("a position past this player's own end is its end", () => {
  const { action } = build().step(input({ playhead: { ...PAUSED, positionS: 90 }, player: { ...STANDING, durationS: 89.5 } }));
  assert.deepEqual(action, { kind: "seek", positionS: 89.5 });
});

test("a late joiner goes ahead of the playhead, waits there and starts at the right instant", () => {
  const follower = build();
  const { action } = follower.step(input({ measuredPositionS: 0, player: STANDING }));
  assert.ok(action.kind === "seek" && action.positionS > 20.2 && action.positionS < 20.5);
  const ready = follower.step(input({ nowMs: 10_100, localMs: 10_100, measuredPositionS: action.positionS, player: STANDING }));
  assert.ok(ready.action.kind === "play");
  assert.ok(Math.abs(ready.action.delayMs - ((action.positionS - 20) * 1000 - 100 - 75)) < 1e-6);
});

test("a preparation that took less, or more, than it was given is given less, or more, the next time", () => {
  for (const [readyMs, sign] of /** @type {const} */ ([[20, -1], [330, 1]])) {
    const follower = build();
    /** How far ahead it goes, and the start a while later. @param {number} atMs */
    const lead = (atMs) => {
      const { action } = follower.step(input({ nowMs: atMs, localMs: atMs, measuredPositionS: 0, player: STANDING }));
      assert.ok(action.kind === "seek");
      const ready = { nowMs: atMs + readyMs, localMs: atMs + readyMs, measuredPositionS: action.positionS, player: STANDING };
      assert.equal(follower.step(input(ready)).action.kind, "play");
      return action.positionS - (10 + atMs / 1000);
    };
    const [first, second] = [lead(10_000), lead(20_000)];
    assert.ok(sign * (second - first) > 0.02, `${first} ${second}`);
  }
});

test("the viewer's own play moves at once", () => {
  const playhead = { ...PLAYING, positionS: 20, atMs: 10_000 };
  const { action } = build().step(input({ playhead, player: STANDING, quiet: true }));
  assert.deepEqual(action, { kind: "play", delayMs: 0, rate: 1 });
});

test("a start together is waited for at its position", () => {
  const playhead = { ...PLAYING, positionS: 20, atMs: 11_000 };
  const follower = build();
  assert.deepEqual(follower.step(input({ playhead, measuredPositionS: 3, player: STANDING })).action, { kind: "seek", positionS: 20 });
  assert.equal(follower.step(input({ playhead, player: STANDING })).action.kind, "none");
  const soon = follower.step(input({ playhead, player: STANDING, nowMs: 10_800, localMs: 10_800 })).action;
  assert.ok(soon.kind === "play" && Math.abs(soon.delayMs - 125) < 1e-6);
});

test("a start together stops a moving player first", () => {
  const { action } = build().step(input({ playhead: { ...PLAYING, positionS: 20, atMs: 11_000 } }));
  assert.deepEqual(action, { kind: "pause", positionS: 20 });
});

test("an ended player is not started in the last half second", () => {
  const { action } = build().step(input({ nowMs: 79_700, measuredPositionS: 90, player: { ...STANDING, ended: true } }));
  assert.equal(action.kind, "none");
});

test("the state turns to adjusting beyond 50 ms and back to synced below 20 ms", () => {
  const follower = build();
  const states = [0.01, 0.03, 0.06, 0.03, 0.01].map((behindS) => follower.step(input({ measuredPositionS: 20 - behindS })).state);
  assert.deepEqual(states, ["synced", "synced", "adjusting", "adjusting", "synced"]);
});

test("a hidden page says so", () => {
  assert.equal(build().step(input({ hidden: true })).state, "hidden");
});
