// @ts-check
/** PROTOCOL's "Controls, decided once", by the vectors that the server's tests run, too. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { predict } from "../../static/js/playback/controls.js";

const { cases } = JSON.parse(readFileSync(new URL("../vectors/controls.json", import.meta.url), "utf8"));

for (const { name, state, intent, nowMs, expect } of cases) {
  test(name, () => {
    const before = structuredClone(state);
    const decision = predict(state, intent, nowMs);
    assert.deepEqual(state, before, "the state given is not changed");
    assert.deepEqual(decision.refusal, expect.refusal ?? null);
    if (expect.refusal) assert.equal(decision.state, null);
    for (const [field, wanted] of Object.entries(expect.state ?? {})) assertSame(decision.state[field], wanted, field);
  });
}

test("a bare VideoState of the wire is enough for a prediction", () => {
  const videoState = { isPlaying: true, currentTime: 10, serverTimestamp: 1000, rate: 1, duration: 90, ended: false };
  const { state } = predict(videoState, { type: "video:pause", at: 3000, currentTime: 12.125 }, 3000);
  assert.equal(state?.currentTime, 12.125);
  assert.equal(state?.isPlaying, false);
});

test("play while the room waits stands on, since only the room knows when it goes on", () => {
  const standing = { isPlaying: false, currentTime: 10, serverTimestamp: 1000, rate: 1, duration: 90, ended: false };
  const { state } = predict({ ...standing, waiting: true }, { type: "video:play", at: 3000, currentTime: 10 }, 3000);
  assert.equal(state?.isPlaying, false);
  assert.equal(state?.waiting, true);
});

/** @param {unknown} actual @param {unknown} wanted @param {string} field */
function assertSame(actual, wanted, field) {
  if (typeof wanted !== "number") assert.equal(actual, wanted, field);
  else assert.ok(Math.abs(Number(actual) - wanted) < 1e-6, `${field}: ${actual} instead of ${wanted}`);
}
