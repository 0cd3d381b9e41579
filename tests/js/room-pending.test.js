// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventOf, partyWorld, snapshotOf, videoOf } from "./room-fakes.js";

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

// -- Foreseen -------------------------------------------------------------------------------

test("one's own control is foreseen at once as the room will decide it", () => {
  const { party, clock } = playing();
  party.pause();
  const { positionS, atMs, playing: moves } = party.playhead() ?? assert.fail();
  assert.deepEqual({ positionS, atMs, moves }, { positionS: 9.9, atMs: clock.now(), moves: false });
  assert.equal(party.state.video?.isPlaying, true);
  assert.equal(party.state.pendingControls, 1);
});

test("a lagging viewer's own position is not foreseen, as the room won't take it", () => {
  const { party } = playing();
  party.setPositionSource(() => 3);
  party.pause();
  assert.equal(party.playhead()?.positionS, 10);
});

test("without a locked clock the player is foreseen to stay where it is", () => {
  const { party, clock } = playing();
  clock.locked = false;
  party.setPositionSource(() => 3);
  party.pause();
  assert.equal(party.playhead()?.positionS, 3);
  assert.equal(party.playhead()?.playing, false);
});

test("the answer ends the wait without any jump when the room agrees", () => {
  const { party, newest, clock, time, toldOf } = playing();
  const timers = time.pending;
  const ref = party.pause();
  const foreseen = party.playhead();
  newest().receive(answerTo(ref, { seq: 6, isPlaying: false, currentTime: 9.9, serverTimestamp: clock.now() }));
  assert.deepEqual(party.playhead(), foreseen);
  assert.equal(party.state.pendingControls, 0);
  assert.deepEqual(toldOf("settled"), [{ ref, outcome: "answered" }]);
  assert.equal(toldOf("action")[0].own, true);
  assert.equal(time.pending, timers);
});

test("while we wait, others' controls are counted but not followed", () => {
  const { party, newest } = playing();
  const ref = party.seek(60);
  newest().receive(eventOf({ seq: 6, isPlaying: true, currentTime: 30, by: "bo" }));
  assert.equal(party.playhead()?.positionS, 60);
  assert.equal(party.state.video?.currentTime, 30);
  newest().receive({ type: "error", code: "stale", message: "Old.", ref });
  assert.equal(party.playhead()?.positionS, 30);
});

test("ordered events of other kinds make no control look outdated", () => {
  const { party, newest } = playing();
  newest().receive({ type: "chat:message", epoch: "e1", seq: 6, by: "bo", text: "hi" });
  party.pause();
  assert.equal(newest().sent.at(-1).baseSeq, 6);
  assert.equal(party.playhead()?.positionS, 9.9);
});

test("the next control is based on what was applied meanwhile", () => {
  const { party, newest } = playing();
  party.seek(60);
  newest().receive(eventOf({ seq: 6, isPlaying: true, currentTime: 30, by: "bo" }));
  party.pause();
  assert.equal(newest().sent.at(-1).baseSeq, 6);
});

test("an answer is recognised before its old seq is dropped", () => {
  const { party, newest } = playing();
  const ref = party.pause();
  newest().receive(eventOf({ seq: 6, isPlaying: true, currentTime: 30, by: "bo" }));
  newest().receive(answerTo(ref, { seq: 5, isPlaying: false, currentTime: 9.9 }));
  assert.equal(party.state.pendingControls, 0);
  assert.equal(party.playhead()?.positionS, 30);
});

test("somebody else's event with our ref is no answer", () => {
  const { party, newest } = playing();
  const ref = party.pause();
  newest().receive(eventOf({ seq: 6, isPlaying: true, by: "bo", ref: ref ?? "" }));
  assert.equal(party.state.pendingControls, 1);
});

test("an answer behind a gap is not followed by a jump back", () => {
  const { party, newest, toldOf } = playing();
  const ref = party.seek(60);
  newest().receive(answerTo(ref, { seq: 7, isPlaying: true, currentTime: 60 }));
  assert.equal(party.playhead()?.positionS, 60);
  newest().receive(snapshotOf(videoOf({ seq: 7, isPlaying: true, currentTime: 60 })));
  assert.equal(party.playhead()?.positionS, 60);
  assert.equal(party.state.pendingControls, 0);
  assert.deepEqual(toldOf("refusal"), []);
});

test("an answer of a history that was lost ends with the snapshot of the new one", () => {
  const { party, newest } = playing();
  const ref = party.seek(60);
  newest().receive(answerTo(ref, { seq: 7, isPlaying: true, currentTime: 60 }));
  newest().receive(snapshotOf(videoOf({ epoch: "e2", seq: 1, currentTime: 30 })));
  assert.equal(party.state.pendingControls, 0);
  assert.equal(party.playhead()?.positionS, 30);
});

test("an answered control whose snapshot never comes ends without complaint", () => {
  const { party, newest, time, toldOf } = playing();
  const ref = party.seek(60);
  newest().receive(answerTo(ref, { seq: 7, isPlaying: true, currentTime: 60 }));
  time.advance(2000);
  assert.equal(party.state.pendingControls, 0);
  assert.deepEqual(toldOf("refusal"), []);
  assert.deepEqual(toldOf("settled"), [{ ref, outcome: "answered" }]);
});

// -- Several at once ------------------------------------------------------------------------

test("controls given in a row are foreseen on top of each other", () => {
  const { party } = playing();
  party.seek(60);
  party.setRate(2);
  party.pause();
  const { positionS, rate, playing: moves } = party.playhead() ?? assert.fail();
  assert.deepEqual({ positionS, rate, moves }, { positionS: 60, rate: 2, moves: false });
  assert.equal(party.state.pendingControls, 3);
});

test("the last one's answer ends the foresight, older ones' don't", () => {
  const { party, newest } = playing();
  const first = party.seek(60);
  const second = party.seek(20);
  newest().receive(answerTo(first, { seq: 6, isPlaying: true, currentTime: 60 }));
  assert.equal(party.playhead()?.positionS, 20);
  newest().receive(answerTo(second, { seq: 7, isPlaying: true, currentTime: 20.5 }));
  assert.equal(party.playhead()?.positionS, 20.5);
});

test("when the last is answered, an older unanswered one is not gone back to", () => {
  const { party, newest, time, toldOf } = playing();
  party.seek(60);
  const second = party.seek(20);
  newest().receive(answerTo(second, { seq: 6, isPlaying: true, currentTime: 20 }));
  assert.equal(party.playhead()?.positionS, 20);
  time.advance(2000);
  assert.equal(toldOf("refusal")[0].code, "timeout");
  assert.equal(party.playhead()?.positionS, 20);
});

test("an older one's refusal foresees the later one anew", () => {
  const { party, newest } = playing();
  const seek = party.seek(60);
  party.setRate(2);
  newest().receive({ type: "error", code: "stale", message: "Old.", ref: seek });
  assert.equal(party.playhead()?.positionS, 10);
  assert.equal(party.playhead()?.rate, 2);
});

test("the last one's refusal leaves the older one foreseen", () => {
  const { party, newest } = playing();
  party.seek(60);
  const rate = party.setRate(2);
  newest().receive({ type: "error", code: "invalid_field", message: "No.", ref: rate });
  assert.equal(party.playhead()?.positionS, 60);
  assert.equal(party.playhead()?.rate, 1);
});
