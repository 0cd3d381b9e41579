// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, BO, partyWorld, userOf } from "./room-fakes.js";

const STATUS = /** @type {const} */ ({
  driftMs: 1, boundMs: 1, rttMs: 1, rate: 1, bufferS: 1, startMs: 1, droppedFrames: 0, state: "synced",
});

function entered(video = {}) {
  const world = partyWorld();
  world.enter(video);
  return world;
}

// -- People ---------------------------------------------------------------------------------

test("a digest that differs asks for the list, at most once per 5 s", () => {
  const { party, newest, time } = entered();
  const digest = { type: "users:digest", count: 3, hash: 1 };
  newest().receive(digest);
  newest().receive(digest);
  assert.equal(newest().sentOf("users:list").length, 1);
  time.advance(5000);
  newest().receive(digest);
  assert.equal(newest().sentOf("users:list").length, 2);
  newest().receive({ type: "users:list", users: [ADA, BO, userOf("cy")], count: 3 });
  assert.equal(party.state.userCount, 3);
});

test("coming and going is told once each", () => {
  const { newest, toldOf, party } = entered();
  newest().receive({ type: "user:joined", ...userOf("cy") });
  newest().receive({ type: "user:joined", ...userOf("cy") });
  newest().receive({ type: "user:left", userId: "cy" });
  newest().receive({ type: "user:left", userId: "cy" });
  assert.equal(toldOf("user-joined").length, 1);
  assert.equal(toldOf("user-left").length, 1);
  assert.equal(party.state.users.length, 2);
});

test("statuses come as a whole, or as a summary", () => {
  const { party, newest } = entered();
  newest().receive({ type: "members:status", statuses: { ada: STATUS } });
  assert.deepEqual(party.state.statuses, { ada: STATUS });
  newest().receive({ type: "members:status", summary: { p50: 1, p95: 2, worst: [] } });
  assert.equal(party.state.statusSummary?.p95, 2);
});

test("a degraded server is shown until it is over", () => {
  const { party, newest } = entered();
  newest().receive({ type: "server:degraded", reason: "store", since: 5 });
  assert.deepEqual(party.state.degraded, { reason: "store", since: 5 });
  newest().receive({ type: "server:degraded", reason: null, since: 9 });
  assert.equal(party.state.degraded, null);
});

// -- Pointing and reacting ------------------------------------------------------------------

test("without the room a reaction is refused at once, a cursor silently", () => {
  const { party, newest, toldOf } = entered();
  newest().end(1006);
  party.moveCursor(1, 1);
  party.react("🔥", 50, 50);
  party.rename("A", "#000000");
  party.reportStatus(STATUS);
  assert.deepEqual(toldOf("refusal").map(({ code }) => code), ["offline", "offline"]);
});

test("too many reactions are told gently", () => {
  const { newest, toldOf } = entered();
  newest().receive({ type: "error:ratelimit", action: "reaction", retryIn: 180 });
  assert.deepEqual(toldOf("ratelimit"), [{ action: "reaction", retryInMs: 180 }]);
  assert.deepEqual(toldOf("refusal"), []);
});

test("a cursor is sent at most every 50 ms, within the picture, the last place always", () => {
  const { party, newest, time } = entered();
  party.moveCursor(-3, 12.3456);
  party.moveCursor(50, 50);
  party.moveCursor(60, 101);
  assert.equal(newest().sentOf("cursor:move").length, 1);
  time.advance(50);
  assert.deepEqual(newest().sentOf("cursor:move"), [
    { type: "cursor:move", x: 0, y: 12.35 },
    { type: "cursor:move", x: 60, y: 100 },
  ]);
});

test("a cursor that left does not come back with an old place", () => {
  const { party, newest, time } = entered();
  party.leaveCursor();
  assert.equal(newest().sentOf("cursor:leave").length, 0);
  party.moveCursor(1, 1);
  party.moveCursor(2, 2);
  party.leaveCursor();
  party.leaveCursor();
  time.advance(1000);
  assert.equal(newest().sentOf("cursor:leave").length, 1);
  assert.equal(newest().sentOf("cursor:move").length, 1);
});

test("one's own cursor is not shown, one's own reaction is", () => {
  const { newest, toldOf } = entered();
  const at = { x: 1, y: 1, timestamp: 1 };
  newest().receive({ type: "cursors:batch", cursors: [{ userId: "ada", ...at }] });
  newest().receive({ type: "cursors:batch", cursors: [{ userId: "ada", ...at }, { userId: "bo", ...at }] });
  newest().receive({ type: "reactions:batch", reactions: [{ userId: "ada" }] });
  assert.deepEqual(toldOf("cursors"), [[{ userId: "bo", ...at }]]);
  assert.equal(toldOf("reactions").length, 1);
});

test("a reaction carries the moment of the film that its sender sees", () => {
  const { party, newest } = entered({ currentTime: 7 });
  party.react("🔥", 10, 20);
  party.setPositionSource(() => 7.2);
  party.react("🔥", 10, 20);
  assert.deepEqual(newest().sentOf("reaction:send").map(({ videoTime }) => videoTime), [7, 7.2]);
});

test("more than five reactions in a second stay here, and it is told how long they rest", () => {
  const { party, newest, time, toldOf } = entered();
  for (let i = 0; i < 7; i += 1) party.react("🔥", 10, 20);
  assert.equal(newest().sentOf("reaction:send").length, 5);
  assert.deepEqual(toldOf("ratelimit"), Array(2).fill({ action: "reaction", retryInMs: 200 }));
  time.advance(200);
  party.react("🔥", 10, 20);
  assert.equal(newest().sentOf("reaction:send").length, 6);
});

test("a status is reported at most once a second", () => {
  const { party, newest, time } = entered();
  for (let tenth = 0; tenth < 30; tenth += 1) {
    party.reportStatus({ ...STATUS, driftMs: tenth });
    time.advance(100);
  }
  assert.deepEqual(newest().sentOf("member:status").map(({ driftMs }) => driftMs), [0, 9, 19, 29]);
});
