// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { plotPaths, plotSentence } from "../../static/js/ui/drift-plot.js";
import { mountOwnSettings, offsetSentence, rememberedOffset } from "../../static/js/ui/own-settings.js";
import { dotName, skewSentence, spreadMs, strip } from "../../static/js/ui/skew.js";
import { viewersOf } from "../../static/js/ui/viewers.js";

/** @import { Status } from "../../static/js/protocol/protocol.js" */

/** @param {Partial<Status>} [fields] @returns {Status} */
const status = (fields = {}) => ({
  driftMs: 0, boundMs: 1, rttMs: 4, rate: 1, bufferS: 9, startMs: 70, droppedFrames: 0, state: "synced", ...fields,
}); // prettier-ignore

/** @param {string} name @param {number | null} driftMs null: nothing heard @param {Partial<Status>} [fields] */
const viewer = (name, driftMs, fields) => ({
  id: name, name, color: "#123456", own: name === "Me", status: driftMs === null ? null : status({ driftMs, ...fields }),
}); // prettier-ignore

test("one film, or none, is compared with nothing", () => {
  assert.equal(spreadMs([viewer("Me", 3)]), null);
  assert.equal(skewSentence([viewer("Me", 3)]), "Nobody else to compare with yet.");
  assert.equal(skewSentence([viewer("Me", 3), viewer("Ben", null)]), "No two films to compare just now.");
});

test("the spread is the distance of the first and the last, rounded up", () => {
  const room = [viewer("Me", 1.2), viewer("Ben", -2), viewer("Ada", 0)];
  assert.equal(spreadMs(room), 3.2);
  assert.equal(skewSentence(room), "Everyone within 4 ms.");
  assert.equal(skewSentence([viewer("Me", 0), viewer("Ben", 0.1)]), "Everyone within 1 ms.");
  assert.equal(skewSentence([viewer("Me", 0), viewer("Ben", 1500)]), "Everyone within 1.5 s.");
});

test("who is not measured is counted beside, not hidden", () => {
  const room = [viewer("Me", 1), viewer("Ben", 900, { state: "hidden" }), viewer("Ada", -1)];
  assert.equal(skewSentence(room), "2 viewers within 2 ms, 1 not in step.");
});

test("a large room is told by its percentiles", () => {
  assert.equal(skewSentence([], { p50: 2.1, p95: 11.4, worst: [] }), "Half are within 3 ms of the room, 95 of 100 within 12 ms.");
});

test("each stands at its drift, ahead to the left, on an axis that holds them all", () => {
  const { halfMs, dots } = strip([viewer("Me", 0), viewer("Ben", 20), viewer("Ada", -25)]);
  assert.equal(halfMs, 25);
  assert.deepEqual(dots.map(({ viewer: { name }, at }) => [name, at]), [["Me", 0.5], ["Ben", 0.9], ["Ada", 0]]);
});

test("who stands in one place is stacked, within bounds", () => {
  const { dots } = strip(Array.from({ length: 9 }, (_, index) => viewer(`v${index}`, index / 100)));
  assert.deepEqual(dots.map(({ level }) => level), [0, 1, 2, 3, 4, 4, 4, 4, 4]);
  assert.deepEqual(strip([viewer("a", -5), viewer("b", 5)]).dots.map(({ level }) => level), [0, 0]);
});

test("a drift beyond every axis stands at its edge", () => {
  assert.deepEqual(strip([viewer("Ben", 60_000)]).dots.map(({ at }) => at), [1]);
});

test("a dot says who it is and where", () => {
  assert.equal(dotName(viewer("Ben", 3.4)), "Ben, 3 ms behind");
  assert.equal(dotName(viewer("Me", -12)), "You, 12 ms ahead");
  assert.equal(dotName(viewer("Ada", 0.2)), "Ada, exactly in step");
});

const USERS = ["ada", "me", "ben"].map((id) => ({
  id, person: id, name: id, color: "#123456", city: null, flag: null, timezone: null, role: /** @type {const} */ ("guest"), connectedAt: 0, instance: "one",
})); // prettier-ignore

test("we come first, with our own figures of this instant", () => {
  const [ada, me] = [status({ driftMs: 7 }), status({ driftMs: 1 })];
  const state = { users: USERS, self: USERS[1] ?? null, statuses: { ada, me: status({ driftMs: 99 }) }, statusSummary: null };
  const viewers = viewersOf(state, me);
  assert.deepEqual(viewers.map(({ name, own, status: known }) => [name, own, known?.driftMs ?? null]), [
    ["me", true, 1], ["ada", false, 7], ["ben", false, null],
  ]); // prettier-ignore
  assert.equal(viewersOf(state, null)[0]?.status, null);
});

test("of a large room only we and the worst are listed", () => {
  const state = { users: USERS, self: USERS[1] ?? null, statuses: {}, statusSummary: { p50: 1, p95: 9, worst: ["ben"] } };
  assert.deepEqual(viewersOf(state, status()).map(({ name }) => name), ["me", "ben"]);
});

/** @param {number} atMs @param {object} [fields] */
const point = (atMs, fields = {}) => ({ atMs, driftMs: 2, boundMs: 1, ...fields });

test("the line breaks where nothing was measured", () => {
  const { line } = plotPaths([0, 250, 500, 9000, 9250].map((atMs) => point(atMs)), 10_000);
  assert.equal(line.split("M").length - 1, 2);
});

test("jumps and speed changes are marked where they happened, faster upwards", () => {
  const points = [point(0), point(250, { trim: 0.08 }), point(500, { trim: -0.005 }), point(750, { jumped: true })];
  const { speeds, jumps } = plotPaths(points, 60_000);
  assert.match(speeds, /^M37\.1 114v-8\.0M38\.3 114v2\.0$/);
  assert.equal(jumps, "M39.4 8v88");
});

test("the plot says what it shows", () => {
  assert.equal(plotSentence([], 0), "Nothing measured in the last minute.");
  assert.equal(plotSentence([point(0)], 1000), "In the last minute never more than 2 ms off; nothing had to be corrected.");
  const busy = [point(0), point(250, { trim: 0.01 }), point(500, { jumped: true, driftMs: -1600 }), point(750)];
  assert.equal(plotSentence(busy, 1000), "In the last minute never more than 1.6 s off; 1 jump, its speed changed 25 % of the time.");
});

test("a remembered offset is believed only within its bounds", () => {
  assert.deepEqual([null, "120", "-80.4", "9999", "much"].map(rememberedOffset), [0, 120, -80, 500, 0]);
});

test("an offset is told by what it does", () => {
  assert.equal(offsetSentence(0), "Your film runs with the room’s.");
  assert.match(offsetSentence(120), /^Your film runs 120 ms ahead/);
  assert.equal(offsetSentence(-40), "Your film runs 40 ms behind the room’s.");
});

/** An input, a button or a line of text, as far as the settings need one. */
class FakeField extends EventTarget {
  value = "0";
  checked = true;
  disabled = false;
  textContent = "";

  get valueAsNumber() {
    return Number(this.value);
  }

  setAttribute() {}
  focus() {}
}

/** @param {Record<string, string>} [stored] */
function ownSettings(stored = {}) {
  const fields = /** @type {Record<string, FakeField>} */ ({});
  Object.assign(globalThis, { HTMLElement: FakeField, HTMLInputElement: FakeField, HTMLButtonElement: FakeField });
  const root = { querySelector: (/** @type {string} */ selector) => (fields[selector] ??= new FakeField()) };
  const kept = new Map(Object.entries(stored));
  const storage = {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
  };
  const steering = { offsetMs: 0, allowRate: true, kicks: 0, kick: () => (steering.kicks += 1) };
  mountOwnSettings(/** @type {any} */ ({ root, steering, storage }));
  /** @param {string} id @param {Partial<FakeField>} to @param {string} type */
  const change = (id, to, type) => {
    const field = /** @type {FakeField} */ (fields[id]);
    Object.assign(field, to);
    field.dispatchEvent(new Event(type));
  };
  return { steering, kept, fields, change };
}

test("what was chosen on this device holds from the start", () => {
  const { steering, fields } = ownSettings({ "csw-offset-ms": "120", "csw-speed-changes": "off" });
  assert.equal(steering.offsetMs, 120);
  assert.equal(steering.allowRate, false);
  assert.equal(fields["#own-offset-figure"]?.textContent, "+120 ms");
});

test("an offset acts at once, is remembered, and is taken back with one press", () => {
  const { steering, kept, change } = ownSettings();
  change("#own-offset", { value: "-60" }, "input");
  assert.deepEqual([steering.offsetMs, steering.kicks, kept.get("csw-offset-ms")], [-60, 1, "-60"]);
  change("#own-offset-reset", {}, "click");
  assert.deepEqual([steering.offsetMs, kept.get("csw-offset-ms")], [0, "0"]);
});

test("speed changes are given up and taken again, and that is remembered", () => {
  const { steering, kept, change } = ownSettings();
  change("#own-speed", { checked: false }, "change");
  assert.deepEqual([steering.allowRate, kept.get("csw-speed-changes")], [false, "off"]);
  change("#own-speed", { checked: true }, "change");
  assert.deepEqual([steering.allowRate, kept.get("csw-speed-changes")], [true, "on"]);
});
