// @ts-check
/** The room waits: where the film stands meanwhile, who answers that they are ready, and what ends it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_NAMED } from "../../static/js/protocol/protocol.js";
import { eventOf, partyWorld, snapshotOf, videoOf, waitingOf } from "./room-fakes.js";

/** Ada in a room that plays. */
function entered() {
  const world = partyWorld();
  world.enter({ isPlaying: true, currentTime: 10 });
  const stand = (ready = true) => world.party.reportReady(() => ready);
  const readies = () => world.newest().sentOf("video:ready").map(({ seq }) => seq);
  return { ...world, stand, readies };
}

test("who is not named does not answer", () => {
  const { newest, stand, readies } = entered();
  stand();
  newest().receive(waitingOf({ userIds: ["bo"] }));
  stand();
  assert.deepEqual(readies(), []);
});

test("where not everybody could be named, everybody answers", () => {
  const { newest, stand, readies } = entered();
  newest().receive(waitingOf({ userIds: Array.from({ length: MAX_NAMED }, (_, index) => `u${index}`) }));
  stand();
  assert.deepEqual(readies(), [6]);
});

test("who is named answers once, as soon as the film is ready", () => {
  const { newest, stand, readies } = entered();
  newest().receive(waitingOf({ userIds: ["ada", "bo"] }));
  stand(false);
  assert.deepEqual(readies(), []);
  stand();
  stand();
  assert.deepEqual(readies(), [6]);
});

test("who is named again answers again", () => {
  const { newest, stand, readies } = entered();
  newest().receive(waitingOf({ userIds: ["ada", "bo"] }));
  stand();
  newest().receive(waitingOf({ userIds: ["ada"], seq: 7 }));
  stand();
  stand();
  assert.deepEqual(readies(), [6, 7]);
});

test("an answer that may have been lost with the connection is given again on the next", () => {
  const { party, newest, time, stand, readies, clock } = entered();
  newest().receive(waitingOf({ userIds: ["ada"] }));
  stand();
  newest().end(1006);
  stand();
  time.advance(400);
  newest().open();
  newest().receive({ ...snapshotOf(videoOf({ seq: 6, serverTimestamp: clock.now() })), waiting: waitingOf({ userIds: ["ada"] }) });
  assert.equal(party.state.waiting?.seq, 6);
  stand();
  assert.deepEqual(readies(), [6]);
});

test("while the room waits the film stands where it says, whatever it did before", () => {
  const { party, newest } = entered();
  newest().receive(waitingOf());
  const { playing, positionS, atMs } = party.playhead() ?? {};
  assert.deepEqual({ playing, positionS, atMs }, { playing: false, positionS: 12, atMs: 1_060_000 });
  assert.deepEqual(party.state.waiting?.userIds, ["bo"]);
  assert.equal(party.state.video?.seq, 5);
});

test("the next state ends the wait", () => {
  const { party, newest } = entered();
  newest().receive(waitingOf());
  newest().receive(eventOf({ seq: 7, isPlaying: true, currentTime: 12, serverTimestamp: 1_063_000 }));
  assert.equal(party.state.waiting, null);
  assert.equal(party.playhead()?.atMs, 1_063_000);
});

test("a snapshot without a wait ends it, too", () => {
  const { party, newest } = entered();
  newest().receive(waitingOf());
  newest().receive(snapshotOf(videoOf({ seq: 9 })));
  assert.equal(party.state.waiting, null);
});

test("a wait among the missed events is taken over", () => {
  const { party, newest, time } = entered();
  newest().end(1006);
  time.advance(400);
  newest().open();
  const { videoState, ...rest } = snapshotOf(videoOf({ seq: 6 }));
  newest().receive({ ...rest, events: [waitingOf()] });
  assert.equal(party.state.waiting?.reason, "start");
  assert.equal(party.playhead()?.playing, false);
});

test("naming those who are late is a second naming, another wait is not", () => {
  const { party, newest } = entered();
  newest().receive(waitingOf({ userIds: ["ada", "bo"] }));
  assert.equal(party.state.waiting?.again, false);
  newest().receive(waitingOf({ seq: 7 }));
  assert.equal(party.state.waiting?.again, true);
  newest().receive(waitingOf({ seq: 8, currentTime: 40, deadline: 1_090_000 }));
  assert.equal(party.state.waiting?.again, false);
  newest().receive(eventOf({ seq: 9, isPlaying: true }));
  newest().receive(waitingOf({ seq: 10, reason: "buffering" }));
  assert.equal(party.state.waiting?.again, false);
});

test("a start together is answered by the wait that it opens", () => {
  const { party, newest, toldOf } = entered();
  const ref = party.startTogether();
  assert.equal(newest().sentOf("video:play")[0].leadMs, 3000);
  assert.equal(party.state.pendingControls, 1);
  newest().receive(waitingOf({ ref }));
  assert.deepEqual(toldOf("settled"), [{ ref, outcome: "answered" }]);
});

test("to go on without those who are late is for the room to decide: the film stands until it has", () => {
  const { party, newest } = entered();
  newest().receive(waitingOf());
  party.play();
  assert.equal(party.playhead()?.playing, false);
  assert.equal(newest().sentOf("video:play")[0].baseSeq, 6);
});

test("a cancelled wait leaves the film where it stood", () => {
  const { party, newest } = entered();
  newest().receive(waitingOf());
  party.pause();
  assert.equal(party.playhead()?.positionS, 12);
  assert.equal(party.playhead()?.playing, false);
});

test("when the room goes on by itself nobody did anything; who ended the wait is told", () => {
  const { newest, toldOf } = entered();
  newest().receive(waitingOf());
  newest().receive(eventOf({ seq: 7, isPlaying: true, currentTime: 12, by: null }));
  assert.deepEqual(toldOf("action"), []);
  newest().receive(waitingOf({ seq: 8 }));
  newest().receive(eventOf({ seq: 9, isPlaying: true, currentTime: 12, by: "bo" }));
  newest().receive(waitingOf({ seq: 10 }));
  newest().receive(eventOf({ seq: 11, isPlaying: false, currentTime: 12, by: "bo" }));
  newest().receive(waitingOf({ seq: 12 }));
  newest().receive(eventOf({ seq: 13, isPlaying: true, currentTime: 40, by: "bo", rate: 1.5 }));
  assert.deepEqual(toldOf("action").map(({ kind }) => kind), ["play", "pause", "play"]);
});

test("whether the room waits for everyone is asked of the room, and shown once it has decided", () => {
  const { party, newest } = entered();
  party.changeSettings({ waitForAll: true });
  const [asked] = newest().sentOf("room:settings");
  assert.equal(asked.waitForAll, true);
  assert.ok(asked.ref);
  assert.equal(party.state.room?.settings.waitForAll, false);
  newest().receive({ type: "room:settings", title: "Demo", waitForAll: true, epoch: "e1", seq: 6, by: "ada", ref: asked.ref });
  assert.equal(party.state.settings?.waitForAll, true);
  assert.equal(party.state.room?.settings, party.state.settings);
  assert.equal(party.state.room?.title, "Demo");
});

test("who set the room otherwise is told, whether others or oneself", () => {
  const { party, newest, toldOf } = entered();
  const self = party.state.self?.id;
  newest().receive({ type: "room:settings", onEnd: "stop", waitForAll: true, epoch: "e1", seq: 6, by: "nobody-here" });
  newest().receive({ type: "room:settings", onEnd: "stop", waitForAll: false, epoch: "e1", seq: 7, by: self });
  const told = toldOf("settings");
  assert.deepEqual(told.map(({ own, settings }) => [own, settings.waitForAll]), [[false, true], [true, false]]);
  assert.equal(told[0].by, null);
});

test("without a connection the setting stays, and the viewer is told", () => {
  const { party, newest, toldOf } = entered();
  newest().end(1006);
  party.changeSettings({ waitForAll: true });
  assert.deepEqual(toldOf("refusal").map(({ code }) => code), ["offline"]);
});
