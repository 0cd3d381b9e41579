// @ts-check
/** The rate that closes a drift. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Trim } from "../../static/js/playback/trim.js";
import { SYNC_CONFIG } from "./playback-fakes.js";

/** @import { Engine, Rate } from "../../static/js/playback/trim.js" */

const TICK_MS = 100;

/** A player that does exactly what it is told, unless `does` says otherwise. */
class Rig {
  localMs = 0;
  gotRate = 1;
  /** @type {Rate} */
  last = { rate: 1, preservesPitch: false };
  writes = 0;

  /** @param {{engine?: Engine, config?: {MAX_SPEEDUP: number, MAX_SLOWDOWN: number}, velocity?: number, hidden?: boolean, live?: boolean, boundMs?: number, does?: (rate: number) => number}} [how] */
  constructor({ engine = "chromium", config = SYNC_CONFIG, velocity = 1, hidden = false, live = false, boundMs = 1, does = (rate) => rate } = {}) {
    this.trim = new Trim(config, engine);
    this.velocity = velocity;
    this.hidden = hidden;
    this.live = live;
    this.boundMs = boundMs;
    this.does = does;
    this.gotRate = velocity;
  }

  /** One tick at a given drift. @param {number} driftMs @returns {Rate} */
  tick(driftMs) {
    const { velocity, hidden, live, gotRate, localMs, boundMs } = this;
    const rate = this.trim.rate({ driftS: driftMs / 1000, velocity, localMs, hidden, live, gotRate, boundMs });
    if (Math.abs(rate.rate - this.last.rate) > 5e-6) this.writes += 1;
    this.last = rate;
    this.gotRate = this.does(rate.rate);
    this.localMs += TICK_MS;
    return rate;
  }

  /** Ticks at a constant drift until a correction is on. @param {number} driftMs */
  seen(driftMs) {
    this.tick(driftMs);
    this.tick(driftMs);
    return this.tick(driftMs);
  }

  /** The loop closed: the drift follows the rates. @param {number} driftMs @param {number} seconds @param {{filmDoes?: (rate: number) => number, skewPpm?: number}} [how] */
  close(driftMs, seconds, { filmDoes = (rate) => rate, skewPpm = 0 } = {}) {
    let driftNowMs = driftMs;
    for (let i = 0; i < seconds * 10; i += 1) {
      this.tick(driftNowMs);
      driftNowMs -= (filmDoes(this.gotRate) * (1 + skewPpm * 1e-6) - this.velocity) * TICK_MS;
    }
    return driftNowMs;
  }
}

/** @param {Rate} rate @param {number} trim @param {number} [velocity] */
const isTrimmed = (rate, trim, velocity = 1) => assert.ok(Math.abs(rate.rate / velocity - 1 - trim) < 1e-9, String(rate.rate));

test("within the dead zone nothing is trimmed", () => {
  const rig = new Rig();
  for (let i = 0; i < 100; i += 1) assert.deepEqual(rig.tick(1.9), { rate: 1, preservesPitch: false });
});

test("one odd reading, or two, or three that disagree, move nothing", () => {
  const rig = new Rig();
  for (const driftMs of [30, 0, 30, 30, 0, 30, -30, 30, 0]) isTrimmed(rig.tick(driftMs), 0);
});

test("the tiers are 8, 3, 1 and 0.3 percent, and no correction is shorter than 0.7 s", () => {
  for (const [driftMs, most] of /** @type {[number, number][]} */ ([[400, 0.08], [39, 0.03], [14, 0.01], [4.9, 0.003], [2.1, 0.003], [6, 0.006 / 0.7]])) {
    isTrimmed(new Rig().seen(driftMs), most);
    isTrimmed(new Rig().seen(-driftMs), -most);
  }
});

for (const driftMs of [3, 12, 30, 120, 400]) {
  test(`${driftMs} ms behind or ahead are closed with at most six writes, and never overshot by more than a tick`, () => {
    for (const sign of [1, -1]) {
      const rig = new Rig();
      const leftMs = rig.close(sign * driftMs, 15);
      assert.ok(Math.abs(leftMs) <= 2, `${leftMs} ms left`);
      assert.ok(rig.writes <= 6, `${rig.writes} writes`);
    }
  });
}

test("pitch is preserved for what would be heard, and not for small trims, which must be exact", () => {
  assert.equal(new Rig().seen(400).preservesPitch, true);
  assert.equal(new Rig().seen(30).preservesPitch, false);
  assert.equal(new Rig({ velocity: 1.5 }).seen(30).preservesPitch, true);
});

/** Closes 200 ms on a player that loses film whenever stretching begins or ends. @param {Rig} rig @param {number} lossMs @returns {number} what was left when stretching ended, in ms */
function stretch(rig, lossMs) {
  let driftMs = 200;
  let leftMs = 0;
  for (let i = 0; i < 80; i += 1) {
    const stretched = rig.last.preservesPitch;
    rig.tick(driftMs);
    if (rig.last.preservesPitch !== stretched) driftMs += lossMs;
    if (stretched && !rig.last.preservesPitch) leftMs = driftMs;
    driftMs -= (rig.gotRate - 1) * TICK_MS;
  }
  assert.ok(Math.abs(driftMs) < 3, String(driftMs));
  return leftMs;
}

test("a stretched correction ends where the end of stretching brings the film into place", () => {
  assert.ok(Math.abs(stretch(new Rig(), -5)) < 5);
});

test("what the end of stretching costs or gives back is learned", () => {
  const rig = new Rig();
  const leftMs = [1, 2, 3].map(() => stretch(rig, 50));
  assert.ok((leftMs[0] ?? 0) > 20, String(leftMs));
  assert.ok(Math.abs(leftMs[2] ?? Infinity) < 14, String(leftMs));
});

test("at another speed the trim is relative to it", () => {
  isTrimmed(new Rig({ velocity: 1.5 }).seen(400), 0.08, 1.5);
  isTrimmed(new Rig({ velocity: 0.25 }).seen(-400), -0.08, 0.25);
});

test("at rest a slight drift is trimmed at once by a sure clock, and by a restless one once it has lasted", () => {
  /** @param {number} boundMs */
  const rested = (boundMs) => {
    const rig = new Rig({ boundMs });
    rig.tick(0.5);
    return rig;
  };
  isTrimmed(rested(1).seen(3), 0.003);
  isTrimmed(rested(20).seen(6), 0.006 / 0.7);
  const restless = rested(20);
  for (let i = 0; i < 80; i += 1) isTrimmed(restless.tick(3), 0);
  isTrimmed(restless.tick(3), 0.003);
});

test("a slight drift that a correction left is not waited for", () => {
  isTrimmed(new Rig({ boundMs: 20 }).seen(3), 0.003);
});

test("a stretching player is not trimmed for its jitter", () => {
  isTrimmed(new Rig({ velocity: 1.5 }).seen(9), 0, 1.5);
});

test("the seed's limits hold, whatever was learned", () => {
  const config = { MAX_SPEEDUP: 1.05, MAX_SLOWDOWN: 0.98 };
  isTrimmed(new Rig({ config }).seen(400), 0.05);
  isTrimmed(new Rig({ config }).seen(-400), -0.02);
  const rig = new Rig();
  rig.close(0, 200, { skewPpm: -200 });
  assert.ok(rig.last.rate > 1.0001);
  isTrimmed(rig.seen(400), 0.08);
});

test("a hidden page is trimmed by no more than one percent, a live film by no more than five", () => {
  isTrimmed(new Rig({ hidden: true }).seen(400), 0.01);
  isTrimmed(new Rig({ live: true }).seen(400), 0.05);
});

test("a correction that is disturbed is planned anew", () => {
  const rig = new Rig();
  rig.seen(4);
  rig.tick(4);
  for (let i = 0; i < 3; i += 1) rig.tick(150);
  isTrimmed(rig.tick(150), 0.08);
});

test("an oscillator that is off is learned, so that rest lasts", () => {
  for (const skewPpm of [100, -200]) {
    const rig = new Rig();
    rig.close(0, 120, { skewPpm });
    rig.writes = 0;
    const leftMs = rig.close(0, 120, { skewPpm });
    assert.ok(rig.writes <= 4, `${rig.writes} writes in two minutes`);
    assert.ok(Math.abs(leftMs) < 2.2);
  }
});

test("what was learned outlives a seek", () => {
  const rig = new Rig();
  rig.close(0, 200, { skewPpm: 100 });
  rig.trim.reset();
  assert.ok(Math.abs(rig.trim.plain(1).rate - 0.9999) < 3e-5, String(rig.trim.plain(1).rate));
});

test("a player that rounds its rates is asked for a larger trim at once, and for its own time", () => {
  const rig = new Rig({ does: (rate) => Math.round(rate * 20) / 20 });
  const leftMs = rig.close(18, 12);
  assert.ok(Math.abs(leftMs) < 15, String(leftMs));
  assert.equal(rig.trim.isRefused(rig.localMs), false);
});

test("a player that refuses every rate is left alone after a moment, and asked again after a minute", () => {
  const rig = new Rig({ does: () => 1 });
  assert.equal(rig.close(200, 10), 200);
  assert.equal(rig.trim.isRefused(rig.localMs), true);
  assert.equal(rig.last.rate, 1);
  rig.writes = 0;
  rig.close(200, 45);
  assert.equal(rig.writes, 0);
  rig.close(200, 20);
  assert.ok(rig.writes >= 2);
});

test("a player that says yes and goes on as before is found out within ten seconds", () => {
  const rig = new Rig();
  rig.close(200, 10, { filmDoes: () => 1 });
  assert.equal(rig.trim.isRefused(rig.localMs), true);
});

test("Firefox is left alone within its noise", () => {
  isTrimmed(new Rig({ engine: "firefox" }).seen(14), 0);
  assert.ok(new Rig({ engine: "firefox" }).seen(16).rate > 1);
});

test("Safari gets one correction in ten seconds", () => {
  const rig = new Rig({ engine: "webkit" });
  isTrimmed(rig.seen(110), 0);
  assert.ok(rig.seen(130).rate > 1);
  rig.close(130, 4);
  rig.writes = 0;
  rig.close(130, 7, { filmDoes: () => 1 });
  assert.equal(rig.writes, 0);
  rig.close(130, 3, { filmDoes: () => 1 });
  assert.ok(rig.writes >= 1);
});
