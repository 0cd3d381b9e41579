// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventOf, partyWorld } from "./room-fakes.js";

/** @import { VideoState } from "../../static/js/protocol/protocol.js" */

/** Ada in a room that plays at 10 s, her player 0.1 s behind it. @param {Partial<VideoState>} [video] */
function playing(video = {}) {
  const world = partyWorld();
  world.enter({ isPlaying: true, currentTime: 10, ...video });
  world.party.setPositionSource(() => 9.9);
  return world;
}

/** The room's answer to a control of Ada's. @param {string | null} ref @param {Partial<VideoState>} fields */
const answerTo = (ref, fields) => eventOf({ by: "ada", ref: ref ?? "", ...fields });

// -- Refused --------------------------------------------------------------------------------

test("before joining and while reconnecting controls are refused, not queued", () => {
  const { party, newest, time, toldOf, enter, admit } = partyWorld();
  assert.equal(party.play(), null);
  enter();
  newest().end(1006);
  assert.equal(party.pause(), null);
  assert.equal(party.seek(3), null);
  assert.deepEqual(toldOf("refusal").map(({ code }) => code), ["offline", "offline", "offline"]);
  assert.equal(party.state.pendingControls, 0);
  time.advance(400);
  newest().open();
  admit();
  assert.deepEqual(newest().sent.map(({ type }) => type), ["room:join"]);
});

test("a seek to no number is a fault of the page, and nothing is sent", () => {
  const { party, newest } = playing();
  assert.throws(() => party.seek(NaN), RangeError);
  assert.throws(() => party.setRate(Infinity), RangeError);
  assert.equal(newest().sent.length, 1);
});

test("a refused control is followed by the room's own state", () => {
  const { party, newest, toldOf } = playing();
  const ref = party.seek(60);
  assert.equal(party.playhead()?.positionS, 60);
  newest().receive({ type: "error", code: "forbidden", message: "Only hosts may.", ref });
  assert.equal(party.playhead()?.positionS, 10);
  assert.equal(party.state.pendingControls, 0);
  assert.deepEqual(toldOf("settled"), [{ ref, outcome: "refused" }]);
  assert.deepEqual(toldOf("refusal"), [
    { code: "forbidden", message: "Only hosts may.", ref, field: undefined },
  ]);
});

test("a control given too fast is refused like any other", () => {
  const { party, newest, toldOf } = playing();
  const ref = party.pause();
  newest().receive({ type: "error:ratelimit", action: "videoControl", retryIn: 90, ref });
  assert.equal(party.playhead()?.playing, true);
  assert.equal(toldOf("refusal")[0].code, "ratelimit");
  assert.equal(toldOf("refusal")[0].retryInMs, 90);
  assert.deepEqual(toldOf("ratelimit"), []);
});

test("without an answer for 2 s the room is followed, and the viewer is told", () => {
  const { party, time, toldOf } = playing();
  const ref = party.pause();
  time.advance(1999);
  assert.equal(party.playhead()?.playing, false);
  time.advance(1);
  assert.equal(party.playhead()?.playing, true);
  assert.equal(toldOf("refusal")[0].code, "timeout");
  assert.deepEqual(toldOf("settled"), [{ ref, outcome: "timeout" }]);
});

test("an answer after the time-out is followed as any event", () => {
  const { party, newest, time } = playing();
  const ref = party.pause();
  time.advance(2000);
  newest().receive(answerTo(ref, { seq: 6, isPlaying: false, currentTime: 9.9 }));
  assert.equal(party.playhead()?.playing, false);
  assert.equal(party.playhead()?.positionS, 9.9);
});

test("an unknown ref refuses nothing of ours", () => {
  const { party, newest, toldOf } = playing();
  party.pause();
  newest().receive({ type: "error", code: "stale", message: "Old.", ref: "somebody-else" });
  assert.equal(party.state.pendingControls, 1);
  assert.equal(toldOf("refusal").length, 1);
});

// -- Said -----------------------------------------------------------------------------------

test("a control says where, when and upon what it was given", () => {
  const { party, newest, clock, toldOf } = playing();
  const ref = party.pause();
  assert.deepEqual(newest().sent.at(-1), {
    type: "video:pause", ref, baseSeq: 5, at: clock.now(), currentTime: 9.9,
  });
  assert.deepEqual(toldOf("control"), [{ kind: "pause", ref }]);
});

test("while the clock is not locked neither instant nor position is said", () => {
  const { party, newest, clock } = playing();
  clock.locked = false;
  const ref = party.pause();
  assert.deepEqual(newest().sent.at(-1), { type: "video:pause", ref, baseSeq: 5 });
});

test("a player that does not know its position says none", () => {
  const { party, newest } = playing();
  party.setPositionSource(() => NaN);
  party.play();
  assert.equal("currentTime" in newest().sent.at(-1), false);
});

test("a seek stays within the film", () => {
  const { party, newest } = playing();
  party.seek(-5);
  party.seek(1e9);
  assert.deepEqual(newest().sentOf("video:seek").map(({ time }) => time), [0, 90]);
});

test("a source is proposed without the fields that only the server gives", () => {
  const { party, newest } = playing();
  const ref = party.setSource({ id: "s1", kind: "file", url: "/media/a.webm", title: "", duration: null, poster: null });
  assert.deepEqual(newest().sent.at(-1), {
    type: "video:source", ref, source: { kind: "file", url: "/media/a.webm" },
  });
  assert.equal(party.playhead()?.positionS, 10);
});

test("a start together is asked for with its lead, and until it begins the film stands", () => {
  const { party, newest, clock } = playing({ isPlaying: false });
  party.play({ leadMs: 1500 });
  assert.equal(newest().sent.at(-1).leadMs, 1500);
  assert.equal(party.playhead()?.playing, false);
  assert.equal(party.playhead()?.atMs, clock.now());
});

// -- Across a loss --------------------------------------------------------------------------

test("controls on their way when the connection fell are repeated with the same ref", () => {
  const { party, newest, time, admit, toldOf } = playing();
  const ref = party.pause();
  const said = newest().sent.at(-1);
  newest().end(1006);
  time.advance(300);
  newest().open();
  admit({ isPlaying: true, seq: 5 });
  assert.deepEqual(newest().sent.at(-1), said);
  newest().receive(answerTo(ref, { seq: 6, isPlaying: false }));
  assert.deepEqual(toldOf("settled"), [{ ref, outcome: "answered" }]);
});

test("a snapshot that consists of our control answers it", () => {
  const { party, newest, time, admit, toldOf } = playing();
  const ref = party.pause();
  newest().end(1006);
  time.advance(300);
  newest().open();
  admit({ seq: 6, isPlaying: false, by: "ada", ref: ref ?? "" });
  assert.deepEqual(toldOf("settled"), [{ ref, outcome: "answered" }]);
  assert.equal(newest().sent.length, 1);
});

test("leaving forgets what was on its way", () => {
  const { party, time, toldOf } = playing();
  party.pause();
  party.leave();
  time.advance(5000);
  assert.deepEqual(toldOf("refusal"), []);
  assert.equal(party.state.pendingControls, 0);
});
