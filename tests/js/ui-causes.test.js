// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { causeOf, correctionText, StuckWatch } from "../../static/js/ui/causes.js";

/** @import { Status } from "../../static/js/protocol/protocol.js" */

/** @param {Partial<Status> & {rateRefused?: boolean}} [fields] @returns {Status & {rateRefused?: boolean}} */
const status = (fields = {}) => ({
  driftMs: 3, boundMs: 1, rttMs: 4, rate: 1, bufferS: 9, startMs: 70, droppedFrames: 0, state: "synced", ...fields,
}); // prettier-ignore

/** @param {Parameters<typeof status>[0]} [fields] @param {{name?: string | null, roomRate?: number, stuckMs?: number}} [more] */
const words = (fields, { name = "Ben", ...more } = {}) => causeOf({ name, status: status(fields), roomRate: 1, ...more })?.words;

test("who is in step needs no cause", () => {
  assert.equal(words(), undefined);
  assert.equal(words({ rate: 1.002 }), undefined);
});

test("who has said nothing yet is still setting the clock", () => {
  assert.equal(causeOf({ name: "Ben", status: null, roomRate: 1 })?.words, "Ben’s clock is being set.");
});

test("each state has its cause", () => {
  assert.equal(words({ state: "hidden" }), "Ben’s tab is in the background.");
  assert.equal(words({ state: "blocked" }), "Ben’s browser waits for a click before it plays.");
  assert.equal(words({ state: "local" }), "Ben watches on their own.");
  assert.equal(words({ state: "buffering", bufferS: 0.42 }), "Ben’s film is loading: 0.4 s in hand.");
});

test("our own causes speak to us", () => {
  const own = { name: null };
  assert.equal(words({ state: "blocked" }, own), "Your browser waits for a click before it plays.");
  assert.equal(words({ state: "local" }, own), "You watch on your own.");
  assert.equal(words({ state: "adjusting", rate: 1.03 }, own), "You play 3 % faster to catch up.");
});

test("a wide bound is the network's where the round trip explains it, else the clock's", () => {
  assert.equal(words({ boundMs: 80, rttMs: 150 }), "Ben’s network is slow: ±80 ms.");
  assert.equal(words({ boundMs: 80, rttMs: 20 }), "Ben’s clock is not sure yet: ±80 ms.");
  assert.equal(words({ boundMs: 42, rttMs: 80 }), undefined);
});

test("a correction is told with its size and direction", () => {
  assert.equal(words({ state: "adjusting", rate: 1.08, driftMs: 200 }), "Ben plays 8 % faster to catch up.");
  assert.equal(words({ state: "adjusting", rate: 1.485, driftMs: -60 }, { roomRate: 1.5 }), "Ben plays 1 % slower to let the others catch up.");
  assert.equal(words({ state: "adjusting", driftMs: 200 }), "Ben is finding the others.");
  assert.equal(words({ state: "seeking", driftMs: 2000 }), "Ben jumps to where the others are.");
});

test("a browser that says that it refuses speed changes is believed, while it is off", () => {
  assert.equal(words({ state: "adjusting", driftMs: 60, rateRefused: true }), "Ben’s browser refuses speed changes.");
  assert.equal(words({ rateRefused: true }), undefined);
});

test("a drift that stands at the room's own speed for seconds is a refusal, too", () => {
  const far = { state: /** @type {const} */ ("adjusting"), driftMs: 60 };
  assert.equal(words(far, { stuckMs: 3999 }), "Ben is finding the others.");
  assert.equal(words(far, { stuckMs: 4000 }), "Ben’s browser refuses speed changes.");
});

test("the watch counts only unbroken standing at exactly the room's speed", () => {
  const watch = new StuckWatch();
  const viewers = (/** @type {Partial<Status>} */ fields) => [{ id: "b", status: status({ state: "adjusting", driftMs: 60, ...fields }) }];
  watch.note(viewers({}), 1, 1000);
  watch.note(viewers({}), 1, 6000);
  assert.equal(watch.stuckMs("b", 6000), 5000);
  for (const moving of [{ rate: 1.01 }, { driftMs: -19 }, { state: /** @type {const} */ ("seeking") }]) {
    watch.note(viewers({}), 1, 1000);
    watch.note(viewers(moving), 1, 5000);
    watch.note(viewers({}), 1, 6000);
    assert.equal(watch.stuckMs("b", 6000), 0, JSON.stringify(moving));
  }
  watch.note([], 1, 7000);
  assert.equal(watch.stuckMs("b", 9000), 0);
});

test("the instrument says what is done about our own drift", () => {
  assert.equal(correctionText(status(), 1), "none");
  assert.equal(correctionText(status({ rate: 1.003 }), 1), "0.3 % faster");
  assert.equal(correctionText(status({ rate: 1.99 }), 2), "0.5 % slower");
  assert.equal(correctionText(status({ state: "seeking" }), 1), "jumps");
  assert.equal(correctionText(status({ state: "buffering" }), 1), "waits");
});
