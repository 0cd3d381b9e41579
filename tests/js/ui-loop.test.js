// @ts-check
/** The loop of a page: who is drawn when, and when nobody is. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeTime, fakeLoop } from "./ui-fakes.js";

const PANEL = /** @type {Element} */ (/** @type {unknown} */ ({ name: "panel" }));

function start() {
  const time = new FakeTime();
  const { loop, frames, frame, see, watched } = fakeLoop(time);
  /** @type {number[]} */
  const drawn = [];
  const draw = (/** @type {number} */ nowMs) => void drawn.push(nowMs);
  /** Frames at 60 Hz for as long as they are asked for. @param {number} forMs */
  const pass = (forMs) => {
    for (let left = Math.round(forMs * 0.06); left > 0; left -= 1) {
      time.pass(1000 / 60);
      if (frames.length > 0) frame();
    }
  };
  return { time, loop, frames, frame, see, watched, drawn, draw, pass };
}

test("the loop rests when nobody draws", () => {
  const { loop, frames, frame, drawn, draw } = start();
  loop.once(draw);
  loop.once(draw);
  assert.equal(frames.length, 1);
  frame();
  assert.equal(drawn.length, 1);
  assert.equal(frames.length, 0);
  const stop = loop.add(draw);
  frame();
  stop();
  frame();
  assert.equal(frames.length, 0);
  assert.equal(drawn.length, 2);
});

test("who asks for nothing else is drawn in each frame", () => {
  const { loop, drawn, draw, pass } = start();
  loop.add(draw);
  pass(1000);
  assert.equal(drawn.length, 60);
});

test("a slow drawing is drawn at its own pace, and no frame is asked for in between", () => {
  const { loop, frames, drawn, draw, pass } = start();
  loop.add(draw, { everyMs: 250 });
  pass(50);
  assert.equal(frames.length, 0);
  pass(1950);
  assert.equal(drawn.length, 8);
});

test("a pace may change with each drawing", () => {
  const { loop, drawn, draw, pass } = start();
  let everyMs = 100;
  loop.add(draw, { everyMs: () => everyMs });
  pass(1000);
  assert.equal(drawn.length, 10);
  everyMs = 500;
  pass(1100);
  assert.ok(drawn.length <= 13, String(drawn.length));
});

test("a slow drawing is not held back by another one that comes or goes", () => {
  const { time, loop, frame, drawn, draw, pass } = start();
  loop.add(draw, { everyMs: 1000 });
  pass(20);
  for (let i = 0; i < 9; i += 1) {
    time.pass(100);
    loop.once(() => {});
    frame();
  }
  pass(120);
  assert.equal(drawn.length, 2);
});

test("what is out of view is drawn every two seconds and costs no frame in between; in view it is drawn at once", () => {
  const { loop, frames, see, drawn, draw, pass } = start();
  loop.add(draw, { element: PANEL, everyMs: 100 });
  pass(100);
  assert.deepEqual([frames.length, drawn.length], [0, 1]);
  see(PANEL, true);
  pass(1000);
  assert.equal(drawn.length, 11);
  see(PANEL, false);
  pass(6000);
  assert.ok(drawn.length >= 14 && drawn.length <= 15, String(drawn.length));
  const before = drawn.length;
  see(PANEL, true);
  pass(20);
  assert.equal(drawn.length, before + 1);
});

test("what is drawn seldom is not drawn more often out of view", () => {
  const { loop, drawn, draw, pass } = start();
  loop.add(draw, { element: PANEL, everyMs: 5000 });
  pass(9000);
  assert.equal(drawn.length, 2);
});

test("what is taken away is neither drawn nor watched", () => {
  const { loop, see, watched, drawn, draw, pass } = start();
  const stop = loop.add(draw, { element: PANEL });
  see(PANEL, true);
  pass(50);
  const before = drawn.length;
  stop();
  pass(100);
  assert.equal(drawn.length, before);
  assert.equal(watched.size, 0);
});
