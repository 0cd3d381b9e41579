// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { isReadyFor } from "../../static/js/playback/readiness.js";

const START = { reason: "start", currentTime: 12 };
const BUFFERING = { reason: "buffering", currentTime: 12 };
const PLAYER = { paused: true, seeking: false, readyState: 3, positionS: 12.02, bufferAheadS: 0.2, durationS: 90 };

test("a player that runs, seeks, is elsewhere or lacks pictures is not ready", () => {
  for (const lack of [{ paused: false }, { seeking: true }, { positionS: 12.3 }, { positionS: 3 }, { readyState: 2 }]) {
    assert.equal(isReadyFor(START, { ...PLAYER, ...lack }), false, JSON.stringify(lack));
  }
});

test("to start, the next pictures are enough", () => {
  assert.equal(isReadyFor(START, PLAYER), true);
});

test("who ran dry needs two seconds in hand", () => {
  assert.equal(isReadyFor(BUFFERING, { ...PLAYER, bufferAheadS: 1.9 }), false);
  assert.equal(isReadyFor(BUFFERING, { ...PLAYER, bufferAheadS: 2 }), true);
});

test("or the rest of the film, where that is shorter", () => {
  const nearEnd = { ...PLAYER, positionS: 89, bufferAheadS: 0.95 };
  assert.equal(isReadyFor({ ...BUFFERING, currentTime: 89 }, nearEnd), true);
  assert.equal(isReadyFor({ ...BUFFERING, currentTime: 89 }, { ...nearEnd, durationS: null }), false);
});
