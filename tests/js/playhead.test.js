// @ts-check
/** The playhead, by the vectors that the server's tests run, too. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { clampToFilm, fromVideoState, jumpS, positionAt, reachesAtMs } from "../../static/js/playback/playhead.js";

const { cases } = JSON.parse(readFileSync(new URL("../vectors/playhead.json", import.meta.url), "utf8"));

for (const { name, state, nowMs, expect } of cases) {
  test(name, () => {
    const positionS = positionAt(fromVideoState(state), nowMs);
    assert.ok(Math.abs(positionS - expect.positionS) < 1e-6, `${positionS} instead of ${expect.positionS}`);
  });
}

const playing = { positionS: 10, atMs: 1000, rate: 2, playing: true, durationS: 90, ended: false };

test("a film of unknown length has no end", () => {
  const { durationS, ended } = fromVideoState({ isPlaying: false, currentTime: 1, serverTimestamp: 0, rate: 1 });
  assert.equal(durationS, null);
  assert.equal(ended, false);
});

test("the instant at which a position is reached is the inverse of the position", () => {
  assert.equal(reachesAtMs(playing, 14), 3000);
  assert.equal(positionAt(playing, reachesAtMs(playing, 14)), 14);
});

test("a continuous change of rate is no jump, a seek is", () => {
  assert.equal(jumpS(playing, { ...playing, positionS: 14, atMs: 3000, rate: 1 }, 3000), 0);
  assert.equal(jumpS(playing, { ...playing, positionS: 50, atMs: 3000 }, 3000), 36);
});

test("positions are kept within the film", () => {
  assert.equal(clampToFilm(-1, 90), 0);
  assert.equal(clampToFilm(91, 90), 90);
  assert.equal(clampToFilm(91, null), 91);
});
