// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { AutoHide } from "../../static/js/ui/autohide.js";
import { mountAnnouncer } from "../../static/js/ui/announcer.js";
import { plotPaths } from "../../static/js/ui/drift-plot.js";
import { median, sentence, sideWords } from "../../static/js/ui/duo.js";
import { fromPercent, pictureRect, toPercent } from "../../static/js/ui/geometry.js";
import { commandFor, placeOf } from "../../static/js/ui/keys.js";
import { inverse, LastStates } from "../../static/js/ui/moment.js";
import { Nudge } from "../../static/js/ui/nudge.js";
import { reportable } from "../../static/js/ui/viewer.js";
import { FakeTime } from "./ui-fakes.js";

/** @import { VideoState } from "../../static/js/protocol/protocol.js" */
/** @import { Place } from "../../static/js/ui/keys.js" */

const ELSEWHERE = /** @type {Place} */ ({ kind: "elsewhere" });

/** @param {string} key */
const press = (key, more = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...more });

/** @returns {VideoState} */
const video = (more = {}) => ({
  isPlaying: true, currentTime: 10, serverTimestamp: 1000, rate: 1, duration: 90, source: null,
  ended: false, epoch: "e", seq: 1, by: null, ...more,
}); // prettier-ignore

test("keys in a field belong to the field", () => {
  for (const key of [" ", "k", "ArrowLeft", "?"]) assert.equal(commandFor(press(key), { kind: "field" }), null);
});

test("Space on a focused button is left to the button, K is not", () => {
  assert.equal(commandFor(press(" "), { kind: "button" }), null);
  assert.equal(commandFor(press("k"), { kind: "button" }), "toggle");
});

test("browser shortcuts are left alone", () => {
  for (const held of ["ctrlKey", "altKey", "metaKey"]) assert.equal(commandFor(press("f", { [held]: true }), ELSEWHERE), null);
});

test("holding a key repeats jumps, and nothing that switches", () => {
  assert.equal(commandFor(press("ArrowRight", { repeat: true }), ELSEWHERE), "forward5");
  for (const key of [" ", "m", "f", "?"]) assert.equal(commandFor(press(key, { repeat: true }), ELSEWHERE), null);
});

test("capital letters and names of the prototype do what they should", () => {
  assert.equal(commandFor(press("K"), ELSEWHERE), "toggle");
  assert.equal(commandFor(press("constructor"), ELSEWHERE), null);
});

test("the volume keeps its arrows, the position slider gives them to the jumps", () => {
  assert.equal(commandFor(press("ArrowLeft"), { kind: "slider", ownArrows: true }), null);
  assert.equal(commandFor(press("ArrowLeft"), { kind: "slider", ownArrows: false }), "back5");
});

test("a target that is no element is elsewhere", () => {
  assert.deepEqual(placeOf(null), ELSEWHERE);
  assert.deepEqual(placeOf(new EventTarget()), ELSEWHERE);
});

test("the picture is found inside its black bars", () => {
  const box = { left: 10, top: 20, width: 1000, height: 1000 };
  assert.deepEqual(pictureRect(box, 1600, 900), { left: 10, top: 238.75, width: 1000, height: 562.5 });
  assert.deepEqual(pictureRect(box, 500, 1000), { left: 260, top: 20, width: 500, height: 1000 });
  assert.equal(pictureRect({ ...box, height: 0 }, 16, 9).width, 0);
});

test("a hand on a black bar points at nothing", () => {
  const picture = pictureRect({ left: 0, top: 0, width: 1600, height: 1000 }, 1600, 900);
  assert.equal(toPercent(picture, 800, 20), null);
  assert.deepEqual(toPercent(picture, 800, 500), { x: 50, y: 50 });
  assert.deepEqual(fromPercent(picture, 50, 50), { left: 800, top: 500 });
  assert.equal(toPercent({ ...picture, width: 0 }, 1, 1), null);
});

test("a held arrow becomes few seeks that add up", () => {
  const time = new FakeTime();
  /** @type {number[]} */
  const sought = [];
  const nudge = new Nudge({ ...time, where: () => ({ positionS: 10, durationS: 90 }), seek: (toS) => sought.push(toS) });
  for (let i = 0; i < 9; i += 1) {
    nudge.press(5);
    time.pass(33);
  }
  time.pass(500);
  assert.ok(sought.length <= 4, `${sought.length} seeks`);
  assert.equal(sought[0], 15);
  assert.equal(sought.at(-1), 55);
});

test("jumps stay within the film and start anew after a rest", () => {
  const time = new FakeTime();
  /** @type {number[]} */
  const sought = [];
  const nudge = new Nudge({ ...time, where: () => ({ positionS: 3, durationS: 90 }), seek: (toS) => sought.push(toS) });
  nudge.press(-10);
  time.pass(1000);
  nudge.press(5);
  time.pass(1000);
  nudge.press(500);
  assert.deepEqual(sought, [0, 8, 90]);
});

test("without a film there is nowhere to jump", () => {
  const time = new FakeTime();
  const nudge = new Nudge({ ...time, where: () => null, seek: () => assert.fail("sought") });
  assert.equal(nudge.press(5), null);
});

test("controls leave after 2.5 s of rest, and not while held", () => {
  const time = new FakeTime();
  let held = true;
  const hide = new AutoHide({ ...time, held: () => held, show: () => {} });
  hide.wake();
  time.pass(10_000);
  assert.equal(hide.visible, true);
  held = false;
  hide.wake();
  time.pass(2400);
  assert.equal(hide.visible, true);
  time.pass(200);
  assert.equal(hide.visible, false);
  hide.wake();
  assert.equal(hide.visible, true);
});

test("the live region says together what comes too fast, the newest of it", () => {
  const time = new FakeTime();
  const region = /** @type {HTMLElement} */ ({ textContent: "" });
  const { announce } = mountAnnouncer({ region, ...time });
  announce("one");
  time.pass(0);
  announce("two");
  announce("three");
  assert.equal(region.textContent, "one");
  time.pass(1600);
  assert.equal(region.textContent, "two three");
  for (const sentence of ["four", "five", "six", "five", "seven"]) announce(sentence);
  time.pass(1600);
  assert.equal(region.textContent, "six five seven");
});

test("the way back from a jump is where the film would have been", () => {
  /** @type {[string, unknown][]} */
  const asked = [];
  const party = {
    play: () => (asked.push(["play", null]), ""),
    pause: () => (asked.push(["pause", null]), ""),
    seek: (/** @type {number} */ toS) => (asked.push(["seek", toS]), ""),
    setRate: (/** @type {number} */ rate) => (asked.push(["rate", rate]), ""),
    setSource: (/** @type {unknown} */ source) => (asked.push(["source", source]), ""),
  };
  const positionAt = (/** @type {VideoState} */ state, /** @type {number} */ atMs) =>
    state.currentTime + (atMs - state.serverTimestamp) / 1000;
  const after = video({ seq: 2, currentTime: 70, serverTimestamp: 6000 });
  for (const kind of /** @type {const} */ (["seek", "pause", "play", "rate"])) inverse(party, kind, video(), after, positionAt)?.();
  assert.deepEqual(asked, [["seek", 15], ["play", null], ["pause", null], ["rate", 1]]); // prettier-ignore
  assert.equal(inverse(party, "source", video(), after, positionAt), null);
  assert.equal(inverse(party, "pause", video(), { ...after, ended: true }, positionAt), null);
});

test("only an older state of the same history is a way back", () => {
  const memory = new LastStates();
  assert.equal(memory.before(video()), null);
  memory.note(video({ seq: 4 }));
  memory.note(video({ seq: 5 }));
  memory.note(video({ seq: 5 }));
  assert.equal(memory.before(video({ seq: 5 }))?.seq, 4);
  assert.equal(memory.before(video({ seq: 6 }))?.seq, 5);
  assert.equal(memory.before(video({ seq: 6, epoch: "other" })), null);
});

test("a status with an infinite bound is not told, for the wire has no infinity", () => {
  const status = /** @type {const} */ ({
    driftMs: 1, boundMs: Infinity, rttMs: 0, rate: 1, bufferS: 3, startMs: -20, droppedFrames: 0, state: "synced", rateRefused: true,
  }); // prettier-ignore
  assert.equal(reportable(status), null);
  assert.equal(reportable({ ...status, boundMs: 2 })?.startMs, 0);
  assert.equal("rateRefused" in (reportable({ ...status, boundMs: 2 }) ?? {}), false);
});

test("the plot keeps a minute, chooses its scale, and needs two points", () => {
  assert.deepEqual(plotPaths([], 0), { line: "", band: "", speeds: "", jumps: "", scaleMs: 20 });
  const points = Array.from({ length: 91 }, (_, second) => ({ atMs: 1000 * second, driftMs: second === 60 ? -70 : 3, boundMs: 1 }));
  const { line, scaleMs } = plotPaths(points, 90_000);
  assert.equal(scaleMs, 100);
  assert.equal(line.split("L").length, 61);
  assert.ok(line.startsWith("M36.0 "));
  assert.ok(line.includes("312.0 "));
});

test("the first page tells the difference by pictures, and only when it can read them", () => {
  assert.equal(sentence(false, 10, 10), "Setting the clocks…");
  assert.equal(sentence(true, null, 10), "Starting the film…");
  assert.equal(sentence(true, 2740, 2740), "Read from both pictures: frame 1370.");
  assert.equal(sentence(true, 2740, 2744), "Read from the pictures: frames 1370 and 1372.");
  assert.equal(sideWords(250, 1.08), "behind, at 1.08×");
  assert.equal(sideWords(-0.2, 1), "off");
  assert.equal(median([]), null);
  assert.equal(median([5, -100, 3]), 3);
});
